"""How far apart the senses of a word lie, depth by depth, and a plane in which to see it.

All of it starts from a word's vectors in sentences whose sense is known
(`llm_viz.analyses.occurrences`). Cosines are *centred*: the mean vector of each depth is taken out
first, because the vectors of a language model all lean one way, and by that alone any two of them
look alike (Ethayarajh, "How contextual are contextualized word representations?", 2019). Which mean
is a question of its own: with that of the word's own vectors (the default) the gap says how much of
what differs between its sentences is a matter of sense; with the mean over many words it says how
near the senses lie to each other among all those words.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from llm_viz.analyses.resampling import CONFIDENCE, RESAMPLES, interval

Array = np.ndarray[Any, np.dtype[Any]]

SAME = 1e-5  # vectors that differ by so small a share of their length are one, but for rounding


@dataclass(frozen=True, eq=False)
class SenseGap:
    """How much more alike a word's vectors are within a sense than between senses.

    Attributes:
        within, between: (depth,) mean cosine of two sentences of one sense, and of two senses.
        gap: (depth,) within less between: 0 where the sense plays no part; at most 2.
        low, high: (depth,) the interval of the gap, see `sense_gap`.
        nearest: (depth, sentence) which other sentence is nearest by cosine; a sentence's own place
            where all coincide and none is nearer than another.
    """

    within: Array
    between: Array
    gap: Array
    low: Array
    high: Array
    nearest: Array

    @property
    def best(self) -> int:
        """The depth at which the senses lie furthest apart."""
        return int(self.gap.argmax())


def sense_gap(
    vectors: Array,
    senses: Sequence[Hashable],
    centre: Array | None = None,
    *,
    resamples: int = RESAMPLES,
    confidence: float = CONFIDENCE,
    seed: int = 0,
) -> SenseGap:
    """Compare a word's vectors within and between its senses.

    The interval is a bootstrap over sentences: each sense's sentences are drawn again, as many and
    with replacement, and the gap is taken anew; the interval holds the middle share of these gaps.
    A sentence that was drawn twice is not compared with itself, which would only say that it is
    like itself. A draw that leaves no pair of one sense is left out.

    Args:
        vectors: (sentence, depth, d).
        senses: the sense of each sentence, any two or more.
        centre: (depth, d) that is taken out first; the mean of these vectors if left out.
        resamples: how many draws.
        confidence: share of the draws that the interval holds.
        seed: the same seed gives the same interval.

    Raises:
        ValueError: senses and vectors do not fit, there are fewer than two senses, or a sense has
            one sentence only.
    """
    marks = _checked_senses(vectors, senses)
    cosines = centred_cosines(vectors, centre)  # (depth, n, n)
    rows, columns = np.triu_indices(len(marks), 1)
    pairs = cosines[:, rows, columns]  # (depth, pair)
    same = marks[rows] == marks[columns]
    counts = _draws(marks, resamples, seed)  # (resample, sentence)
    weights = (counts[:, rows] * counts[:, columns]).astype(np.float64)
    weights = weights[weights[:, same].any(axis=1)]
    drawn = _means(pairs[:, same], weights[:, same]) - _means(pairs[:, ~same], weights[:, ~same])
    low, high = interval(drawn, confidence)
    within, between = pairs[:, same].mean(axis=1), pairs[:, ~same].mean(axis=1)
    return SenseGap(within, between, within - between, low, high, _nearest(cosines))


def centred_cosines(vectors: Array, centre: Array | None = None) -> Array:
    """The cosine of every two vectors at each depth, the centre taken out: (depth, n, n) float64.

    Where a vector is the centre itself, but for rounding, it points nowhere: its cosine is 1 with
    another that is the centre too, and 0 with all others.

    Args:
        vectors: (n, depth, d).
        centre: (depth, d); the mean of the vectors if left out.
    """
    rows = np.asarray(vectors, np.float64)
    left = rows - (rows.mean(axis=0) if centre is None else centre)
    lengths = np.linalg.norm(left, axis=-1, keepdims=True)
    nowhere = lengths <= SAME * np.linalg.norm(rows, axis=-1, keepdims=True)
    unit = np.where(nowhere, 0, left / np.where(nowhere, 1, lengths)).swapaxes(0, 1)
    none = nowhere[..., 0].T.astype(np.float64)  # (depth, n)
    cosines: Array = unit @ unit.swapaxes(1, 2) + none[:, :, None] * none[:, None, :]
    return cosines


@dataclass(frozen=True, eq=False)
class GroupGaps:
    """The mean gap of two groups of words, and their difference, with intervals.

    Attributes:
        first, second, difference: (depth, 3): the value, and the low and high end of its interval.
            The difference is the first group less the second.
    """

    first: Array
    second: Array
    difference: Array


def compare_groups(
    first: Array,
    second: Array,
    *,
    resamples: int = RESAMPLES,
    confidence: float = CONFIDENCE,
    seed: int = 0,
) -> GroupGaps:
    """Compare the gaps of two groups of words.

    The intervals are a bootstrap over words: each group's words are drawn again with replacement,
    so they say how far the result hangs on which words were chosen.

    Args:
        first, second: (word, depth): the gaps of each group's words.
        resamples, confidence, seed: as for `sense_gap`.

    Raises:
        ValueError: a group has fewer than two words, or the depths do not fit.
    """
    means, drawn = _group_means(first, second, resamples, seed)

    def told(value: Array, draws: Array) -> Array:
        return np.stack([value, *interval(draws.T, confidence)], axis=-1)

    return GroupGaps(
        told(means[0], drawn[0]),
        told(means[1], drawn[1]),
        told(means[0] - means[1], drawn[0] - drawn[1]),
    )


@dataclass(frozen=True)
class HalfWay:
    """At which depth the mean gap of each of two groups of words is half grown.

    Attributes:
        first, second: the depth, and the low and high end of its interval.
        earlier: share of the draws in which the first group gets there first; a tie counts half.
    """

    first: tuple[float, float, float]
    second: tuple[float, float, float]
    earlier: float


def half_way(
    first: Array,
    second: Array,
    *,
    resamples: int = RESAMPLES,
    confidence: float = CONFIDENCE,
    seed: int = 0,
) -> HalfWay:
    """Which of two groups' mean gaps grows first: where each reaches half of its own maximum.

    Half of its own, so that a group whose gap is large everywhere is not first for that alone. The
    depth is the first one at which the mean gap is that large, not a place between two. The
    intervals are the bootstrap over words of `compare_groups`. A draw whose mean gap is nowhere
    above 0 never gets there: it counts as one depth past the last.

    Args:
        first, second: (word, depth): the gaps of each group's words.
        resamples, confidence, seed: as for `sense_gap`.

    Raises:
        ValueError: a group has fewer than two words, the depths do not fit, or a group's mean gap
            is nowhere above 0.
    """
    means, drawn = _group_means(first, second, resamples, seed)
    for name, mean in zip(("first", "second"), means, strict=True):
        if mean.max() <= 0:
            raise ValueError(
                f"the {name} group's mean gap is nowhere above 0 (at most {mean.max():.3g}), so "
                "there is no depth at which it is half grown"
            )
    one, other = (_half_depth(draws) for draws in drawn)

    def told(mean: Array, draws: Array) -> tuple[float, float, float]:
        low, high = interval(draws, confidence)
        return float(_half_depth(mean[None])[0]), float(low), float(high)

    earlier = float((one < other).mean() + (one == other).mean() / 2)
    return HalfWay(told(means[0], one), told(means[1], other), earlier)


def _half_depth(gaps: Array) -> Array:
    """(n,) for gaps (n, depth): the first depth with half of the largest, or one past the last."""
    largest = gaps.max(axis=1, keepdims=True)
    depths: Array = np.where(largest[:, 0] > 0, (gaps >= largest / 2).argmax(axis=1), gaps.shape[1])
    return depths


def _group_means(
    first: Array, second: Array, resamples: int, seed: int
) -> tuple[list[Array], list[Array]]:
    """Each group's mean gap, (depth,), and those of its words drawn anew, (resample, depth)."""
    groups = [np.asarray(group, np.float64) for group in (first, second)]
    if min(map(len, groups)) < 2 or groups[0].shape[1:] != groups[1].shape[1:]:
        raise ValueError(
            f"the groups have shapes {groups[0].shape} and {groups[1].shape}; expected two or more "
            "words in each, and as many depths"
        )
    rng = np.random.default_rng(seed)
    drawn = [
        group[rng.integers(len(group), size=(resamples, len(group)))].mean(axis=1)
        for group in groups
    ]
    return [group.mean(axis=0) for group in groups], drawn


@dataclass(frozen=True, eq=False)
class Plane:
    """A fixed plane through all depths of a word.

    Attributes:
        mean: (depth, d) the word's mean vector at each depth, which lies in the middle.
        axes: (2, d) orthogonal, of length 1.
        seen: share of all that the vectors differ by which lies in the plane.
    """

    mean: Array
    axes: Array
    seen: float

    def place(self, vectors: Array) -> Array:
        """Where vectors (n, depth, d) fall: (n, depth, 2), in lengths of the mean vector."""
        flat: Array = _apart(vectors, self.mean) @ self.axes.T
        return flat


def plane(vectors: Array) -> Plane:
    """The plane in which a word's paths through all depths are seen from their widest side.

    Each vector's step away from the mean of its depth, as a share of that mean's length, is a
    point; the plane is that of the first two principal components of all points of all depths. The
    senses play no part in choosing it, so that sentences which part in it really do part.

    Args:
        vectors: (sentence, depth, d), two sentences or more.

    Raises:
        ValueError: there is one sentence only.
    """
    if len(vectors) < 2:
        raise ValueError(f"there is {len(vectors)} sentence; a plane takes at least two")
    mean = np.asarray(vectors, np.float64).mean(axis=0)
    rows = _apart(vectors, mean).reshape(-1, mean.shape[-1])
    _, sizes, axes = np.linalg.svd(rows, full_matrices=False)
    axes = axes[:2]
    # An axis has no natural sign: let its largest value be positive, so that all machines agree.
    axes = axes * np.sign(axes[range(2), np.abs(axes).argmax(axis=1)])[:, None]
    total = float((sizes**2).sum())
    return Plane(mean, axes, float((sizes[:2] ** 2).sum()) / total if total else 0.0)


def _apart(vectors: Array, mean: Array) -> Array:
    length = np.linalg.norm(mean, axis=-1, keepdims=True)
    steps: Array = (np.asarray(vectors, np.float64) - mean) / np.maximum(length, 1e-12)
    return steps


def _checked_senses(vectors: Array, senses: Sequence[Hashable]) -> Array:
    if len(vectors) != len(senses):
        raise ValueError(f"there are {len(vectors)} vectors and {len(senses)} senses of them")
    names = list(dict.fromkeys(senses))
    if len(names) < 2:
        raise ValueError(f"all sentences are of one sense, {names}; it takes two to compare")
    marks = np.array([names.index(sense) for sense in senses])
    for i, name in enumerate(names):
        if (marks == i).sum() < 2:
            raise ValueError(
                f"the sense {name!r} has one sentence only, so nothing can be compared within it; "
                "give it at least two"
            )
    return marks


def _draws(marks: Array, resamples: int, seed: int) -> Array:
    """How often each sentence was drawn, (resample, sentence); each sense by itself."""
    rng = np.random.default_rng(seed)
    counts = np.zeros((resamples, len(marks)), np.int64)
    for sense in np.unique(marks):
        members = np.flatnonzero(marks == sense)
        share = np.full(len(members), 1 / len(members))
        counts[:, members] = rng.multinomial(len(members), share, size=resamples)
    return counts


def _means(pairs: Array, weights: Array) -> Array:
    """The weighted mean over pairs, (depth, resample)."""
    means: Array = (pairs @ weights.T) / weights.sum(axis=1)
    return means


def _nearest(cosines: Array) -> Array:
    """(depth, n): the place of the highest cosine of each row, its own where all are alike."""
    others = cosines.copy()
    n = cosines.shape[-1]
    others[:, range(n), range(n)] = -np.inf
    best = others.argmax(axis=-1)
    lowest = np.where(np.isinf(others), np.inf, others).min(axis=-1)
    alike = others.max(axis=-1) - lowest < SAME
    return np.where(alike & (n > 2), np.arange(n), best)
