"""How far a mean over items can be trusted: the items are drawn again (Efron's bootstrap, 1979)."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]

RESAMPLES = 2000
CONFIDENCE = 0.95


def resampled_means(values: Array, *, seed: int = 0, resamples: int = RESAMPLES) -> Array:
    """Means of values (item, …) over items drawn again with replacement: (…, resample), float64.

    Raises:
        ValueError: there are no items.
    """
    n = len(values)
    if not n:
        raise ValueError("there is no item to take a mean of")
    drawn = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=resamples)
    means: Array = np.tensordot(np.asarray(values, np.float64), drawn / n, axes=(0, 1))
    return means


def interval(draws: Array, confidence: float = CONFIDENCE) -> Array:
    """The middle share of some draws (…, draw): its low and high end, (2, …)."""
    tail = (1 - confidence) / 2
    ends: Array = np.quantile(draws, [tail, 1 - tail], axis=-1)
    return ends
