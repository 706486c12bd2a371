"""Probes: whether a fact can be read off vectors, from which depth on, and to which side they lean.

A probe is a small classifier that sees nothing but the vectors. It is always asked about groups
(here: people) that it was not shown, so it cannot answer by remembering them. What a probe can read
need not be what the model uses: see Belinkov, "Probing classifiers: promises, shortcomings, and
advances" (2022).
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from llm_viz.analyses.resampling import RESAMPLES, interval

Array = np.ndarray[Any, np.dtype[Any]]

ROUNDING = (
    1e-6  # a vector of this length is none: what a language model holds is of length 1 or more
)


@dataclass(frozen=True, eq=False)
class Probe:
    """How often a fact is read rightly off the vectors of people that the probe was not shown.

    Attributes:
        classes: what the fact may be.
        accuracy: (depth,) float64: share of the vectors that are read rightly.
        low, high: (depth,) float64: the 95 % interval of that, over the groups.
        right: (vector, depth) bool: which are read rightly.
    """

    classes: tuple[Any, ...]
    accuracy: Array
    low: Array
    high: Array
    right: Array

    @property
    def chance(self) -> float:
        """What guessing gives, if all classes are equally frequent."""
        return 1 / len(self.classes)


def probe(
    vectors: Array, labels: Sequence[Hashable], groups: Sequence[Hashable], *, seed: int = 0
) -> Probe:
    """Read a label off vectors: the nearest class mean, by cosine, of the groups that are left.

    Each group in turn is held out. The numbers of a vector are first brought to mean 0 and
    deviation 1 over the others, since a few of them are very large in every vector of a language
    model. The interval is a percentile bootstrap: the groups are drawn anew, with replacement.

    Args:
        vectors: (vector, depth, d).
        labels: what is to be read, one a vector.
        groups: what belongs together, one a vector, such as whom a story is about.
        seed: of the bootstrap.

    Raises:
        ValueError: the three do not fit, there are fewer than two labels or groups, or a label is
            known from one group only.
    """
    vectors = np.asarray(vectors, np.float32)
    if vectors.ndim != 3 or not len(vectors) == len(labels) == len(groups):
        raise ValueError(
            f"vectors have shape {vectors.shape}, with {len(labels)} labels and {len(groups)} "
            "groups; expected (vector, depth, d), and one of each a vector"
        )
    classes, label = _numbered(labels)
    names, group = _numbered(groups)
    if len(classes) < 2 or len(names) < 2:
        raise ValueError(
            f"there are {len(classes)} labels and {len(names)} groups; expected at least 2 of each"
        )
    right = np.empty(vectors.shape[:2], bool)
    for held_out in range(len(names)):
        asked = group == held_out
        if missing := set(range(len(classes))) - set(label[~asked].tolist()):
            raise ValueError(
                f"the label {classes[missing.pop()]!r} is known from {names[held_out]!r} only; "
                "give it in at least two groups"
            )
        right[asked] = _read(vectors, label, asked) == label[asked, None]
    low, high = _interval(right, group, len(names), seed)
    return Probe(classes, right.mean(axis=0), low, high, right)


def lean(vectors: Array, labels: Sequence[Hashable], asked: Array) -> Array:
    """Which of two classes vectors lean to, depth by depth.

    Args:
        vectors: (vector, depth, d) of known class.
        labels: the class of each; the first that comes is the one above 0.
        asked: (asked, depth, d).

    Returns:
        (asked, depth) float64, from -2 to 2: the cosine with the mean of the first class less that
        with the mean of the second, the mean of all known vectors taken out. 0 where a vector
        cannot be told from that mean, as in an embedding that knows no context.

    Raises:
        ValueError: there are not two classes, or the shapes do not fit.
    """
    known, asked = np.asarray(vectors, np.float64), np.asarray(asked, np.float64)
    if known.ndim != 3 or asked.shape[1:] != known.shape[1:] or len(labels) != len(known):
        raise ValueError(
            f"vectors have shape {known.shape}, with {len(labels)} labels, and those asked about "
            f"{asked.shape}; expected (vector, depth, d) twice, and one label a vector"
        )
    classes, label = _numbered(labels)
    if len(classes) != 2:
        raise ValueError(f"there are {len(classes)} labels; a vector leans to one of 2")
    centre = known.mean(axis=0)
    first, second = (_unit((known[label == c] - centre).mean(axis=0)) for c in (0, 1))
    leaning: Array = (_unit(asked - centre) * (first - second)).sum(axis=-1)
    return leaning


def _unit(vectors: Array) -> Array:
    """Of length 1; what is zero but for rounding becomes zero."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.where(lengths > ROUNDING, vectors / np.maximum(lengths, ROUNDING), 0)


def _numbered(values: Sequence[Hashable]) -> tuple[tuple[Any, ...], Array]:
    """The different values as they come, and the place of each value among them."""
    different = tuple(dict.fromkeys(values))
    place = {value: i for i, value in enumerate(different)}
    return different, np.array([place[value] for value in values], np.intp)


def _read(vectors: Array, label: Array, asked: Array) -> Array:
    """(asked, depth): the class that each of these vectors is nearest to, judged by the others."""
    shown = vectors[~asked]
    mean, spread = shown.mean(axis=0), shown.std(axis=0)
    spread[spread == 0] = 1  # a number that never changes tells nothing, and must not divide
    means = np.stack(
        [((shown[label[~asked] == c] - mean) / spread).mean(axis=0) for c in range(label.max() + 1)]
    )
    rows = (vectors[asked] - mean) / spread
    lengths = np.linalg.norm(means, axis=-1)  # that of a row is the same for all classes
    cosines = np.einsum("vld,cld->vlc", rows, means) / np.where(lengths, lengths, 1).T
    found: Array = cosines.argmax(axis=-1)
    return found


def _interval(right: Array, group: Array, n: int, seed: int) -> tuple[Array, Array]:
    """(depth,) each: the bounds of the accuracy when whole groups are drawn anew."""
    hits = np.stack([right[group == i].sum(axis=0) for i in range(n)]).astype(np.float64)
    sizes = np.bincount(group, minlength=n).astype(np.float64)
    drawn = np.random.default_rng(seed).integers(0, n, (RESAMPLES, n))
    shares = hits[drawn].sum(axis=1) / sizes[drawn].sum(axis=1)[:, None]
    low, high = interval(shares.T)
    return low, high
