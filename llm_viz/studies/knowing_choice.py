"""Which windows part facts from copies: chosen on one half of the items, reported on the other."""

from __future__ import annotations

import numpy as np

from llm_viz.analyses.layer_windows import KINDS, Kind, Window
from llm_viz.studies.facts_and_copies import Group
from llm_viz.studies.knowing_results import GROUPS, Chosen, Half, Kept, KnowingCopying
from llm_viz.studies.knowing_statistics import gap_told
from llm_viz.studies.results import Array

WIDTHS = (1, 2, 3, 4, 6, 8)
OTHER: dict[Group, Group] = {"fact": "copy", "copy": "fact"}


def choose(study: KnowingCopying) -> tuple[Chosen, ...]:
    """For each kind, width and group, the window that most lowers it and spares the other.

    By the difference of the shares of items still right on the choosing half; among equals by the
    difference of the mean probabilities, then the lowest.
    """
    return tuple(
        chosen(study, kind, width, lowers)
        for kind in KINDS
        for width in WIDTHS
        for lowers in GROUPS
    )


def chosen(study: KnowingCopying, kind: Kind, width: int, lowers: Group) -> Chosen:
    """The chosen window of one kind and width, and what it does on the reporting half."""
    windows = [each for each in study.windows if (each.kind, each.width) == (kind, width)]
    at = [study.row(each) for each in windows]
    right = gaps(study, study.right[:, at], lowers, "choosing")
    probs = gaps(study, np.exp(study.log_probs[:, at]), lowers, "choosing")
    best = int(np.lexsort((-probs, -right))[0])
    window = windows[best]
    found = gaps(study, study.right[:, at], lowers, "reporting")
    others = np.arange(len(windows)) != best
    spared, lowered = (
        study.right[list(study.places(group, "reporting")), at[best]]
        for group in (OTHER[lowers], lowers)
    )
    return Chosen(
        window=window,
        lowers=lowers,
        chosen_on=_kept(study, window, "choosing"),
        kept=_kept(study, window, "reporting"),
        gap=gap_told(spared, lowered),
        others=_means(study, study.right[:, at][:, others]),
        others_prob=_means(study, np.exp(study.log_probs[:, at][:, others])),
        others_gap=round(float(found[others].mean()), 4),
        beaten=round(float((found[others] < found[best]).mean()), 4),
    )


def gaps(study: KnowingCopying, values: Array, lowers: Group, half: Half) -> Array:
    """(window,): the mean of the other group less that of ``lowers``; values are (item, window)."""
    spared, lowered = (
        values[list(study.places(group, half))].mean(axis=0) for group in (OTHER[lowers], lowers)
    )
    found: Array = spared - lowered
    return found


def _kept(study: KnowingCopying, window: Window, half: Half) -> dict[Group, Kept]:
    return {group: study.kept(window, group, half) for group in GROUPS}


def _means(study: KnowingCopying, values: Array) -> dict[Group, float]:
    """By group, the mean of values (item, window) on the reporting half."""
    return {
        group: round(float(values[list(study.places(group, "reporting"))].mean()), 4)
        for group in GROUPS
    }
