"""How a prediction stands to chosen answers, and means over items with their intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from llm_viz.analyses.resampling import interval, resampled_means
from llm_viz.sampling import log_softmax

Array = np.ndarray[Any, np.dtype[Any]]


class Mean(NamedTuple):
    """A mean over items and the ends of its 95 % interval."""

    value: float
    low: float
    high: float


def answer_scores(logits: Array, token_ids: Sequence[int]) -> Array:
    """(…, token, 2): the log-probability (nats) of each token, and its rank, 1 for the best.

    Args:
        logits: (…, d_vocab), the whole vocabulary.
        token_ids: the tokens.
    """
    at = list(token_ids)
    ranks = [1 + (logits > logits[..., i, None]).sum(axis=-1) for i in at]
    return np.stack([log_softmax(logits)[..., at], np.stack(ranks, axis=-1)], axis=-1)


def mean_over_items(values: Array) -> Mean:
    """The mean of one number an item, with a bootstrap over the items.

    Raises:
        ValueError: there are no items.
    """
    means = means_over_items(values)
    return Mean(*map(float, means))


def means_over_items(values: Array) -> Array:
    """(3, …) the means over items (item, …), their low and their high ends; see `mean_over_items`.

    Raises:
        ValueError: there are no items.
    """
    rows = np.asarray(values, np.float64)
    ends = interval(resampled_means(rows))  # or say that there are no items
    told: Array = np.concatenate([rows.mean(axis=0)[None], ends])
    return told


def mean_by_name(names: Sequence[str], values: Array, ending: str = "") -> dict[str, Mean]:
    """By name, the means of columns (item, name); of the names with this ending only."""
    means = means_over_items(values).T
    return {
        name: Mean(*map(float, mean))
        for name, mean in zip(names, means, strict=True)
        if name.endswith(ending)
    }
