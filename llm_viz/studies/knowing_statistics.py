"""Means over the items of the study `knowing_copying`, and how far they can be trusted.

Items are drawn again with replacement (bootstrap) for means and for differences of two groups. For
a share of items that are right it would say "0, for certain" where none of 40 is; so a share has
Wilson's interval instead ("Probable Inference", 1927), which is also what a page can work out.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import NormalDist
from typing import Any

import numpy as np

from llm_viz.analyses.resampling import CONFIDENCE, interval, resampled_means

Array = np.ndarray[Any, np.dtype[Any]]
Told = tuple[float, float, float]  # a value, and the low and high end of its interval
SEED = 0
Z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)


def told(values: Array) -> Told:
    """The mean over items (item,), and its interval."""
    return _rounded(values.mean(), resampled_means(values, seed=SEED))


def gap_told(more: Array, less: Array) -> Told:
    """The mean of one group of items less the mean of another, and its interval."""
    draws = resampled_means(more, seed=SEED) - resampled_means(less, seed=SEED + 1)
    return _rounded(more.mean() - less.mean(), draws)


def share_told(right: int, of: int) -> Told:
    """The share ``right / of`` and Wilson's interval of it.

    Raises:
        ValueError: there is nothing to count.
    """
    if not 0 <= right <= of or not of:
        raise ValueError(f"{right} of {of} is no share; expected 0 to some number of items")
    share, weight = right / of, Z**2 / of
    middle = (share + weight / 2) / (1 + weight)
    reach = Z * np.sqrt(share * (1 - share) / of + weight / (4 * of)) / (1 + weight)
    return round(share, 4), round(float(middle - reach), 4), round(float(middle + reach), 4)


def halves(strata: Sequence[object], seed: int = SEED) -> Array:
    """(n,) bool, a random half of the items, which holds as nearly as can be half of each stratum.

    Args:
        strata: what each item counts as; like ones stand side by side.
        seed: of the draw.
    """
    rng = np.random.default_rng(seed)
    order = np.arange(len(strata))
    for stratum in dict.fromkeys(strata):
        members = [i for i, each in enumerate(strata) if each == stratum]
        order[members] = rng.permutation(members)
    half = np.zeros(len(strata), bool)
    half[order[::2]] = True  # every second one, across strata: odd ones even each other out
    return half


def _rounded(value: float, draws: Array) -> Told:
    low, high = interval(draws)
    return round(float(value), 4), round(float(low), 4), round(float(high), 4)
