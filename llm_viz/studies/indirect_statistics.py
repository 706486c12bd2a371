"""Means over the prompts of the study `indirect_object`, and how far they can be trusted."""

from __future__ import annotations

from typing import Any

import numpy as np

from llm_viz.analyses.resampling import RESAMPLES, interval

Array = np.ndarray[Any, np.dtype[Any]]
SEED = 0


def with_interval(values: Array, n_templates: int) -> Array:
    """The mean over prompts and its 95 % interval: (3, …): the value, its low and its high end.

    A bootstrap in two stages: templates are drawn again with replacement, and in each its pairs of
    people. So the interval also says how far the result hangs on which templates were chosen, as
    far as so few can tell. Two prompts that differ in the order of their people stay together.

    Args:
        values: (prompt, …), template by template, two that differ in their order side by side.
        n_templates: how many templates there are, with as many prompts each.

    Raises:
        ValueError: the prompts cannot be shared out so.
    """
    rows = np.asarray(values, np.float64)
    draws = (_weights(len(rows), n_templates) @ rows.reshape(len(rows), -1)).T
    ends = interval(draws).reshape(2, *rows.shape[1:])
    told: Array = np.concatenate([rows.mean(axis=0)[None], ends])
    return told


def share_of(part: Array, whole: Array, n_templates: int) -> Array:
    """(3,): the mean of one value as a share of the mean of another, and its interval.

    Args:
        part, whole: (prompt,), drawn together; see `with_interval`.
        n_templates: likewise.
    """
    weights = _weights(len(part), n_templates)
    drawn = (weights @ part) / (weights @ whole)
    return np.array([part.mean() / whole.mean(), *interval(drawn)])


def _weights(n_prompts: int, n_templates: int) -> Array:
    """(resample, prompt) how much each prompt counts in each draw; a draw adds up to 1."""
    if not n_prompts or n_prompts % (2 * n_templates):
        raise ValueError(
            f"there are {n_prompts} prompts; expected as many pairs of them in each of "
            f"{n_templates} templates"
        )
    n_pairs = n_prompts // (2 * n_templates)
    rng = np.random.default_rng(SEED)
    template = rng.integers(n_templates, size=(RESAMPLES, n_templates, 1))
    pair = rng.integers(n_pairs, size=(RESAMPLES, n_templates, n_pairs))
    counts = np.zeros((RESAMPLES, n_templates, n_pairs))
    np.add.at(counts, (np.arange(RESAMPLES)[:, None, None], template, pair), 1)
    weights: Array = counts.reshape(RESAMPLES, -1).repeat(2, axis=1) / n_prompts
    return weights
