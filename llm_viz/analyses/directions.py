"""Directions between two sets of words: where words fall along one, and what its removal leaves.

A direction may carry a bias of the text that the vectors were learned from. Taking it away is
simple; that little is gained by it was shown by Gonen and Goldberg, "Lipstick on a pig" (2019), and
`what_remains` measures it as they did.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from llm_viz.analyses.vectors import AMONG, checked_among, unit_vectors
from llm_viz.analyses.words import find_words

if TYPE_CHECKING:
    from gensim.models import KeyedVectors

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True, eq=False)
class Direction:
    """The direction from one set of words to another.

    Attributes:
        low, high: the words at each end.
        vector: (d,) of length 1, from ``low`` to ``high``.
    """

    low: tuple[str, ...]
    high: tuple[str, ...]
    vector: Array

    @property
    def note(self) -> str:
        """What to mind in reading it; empty if nothing."""
        if min(len(self.low), len(self.high)) > 1:
            return ""
        return (
            "an end of one word brings in everything else that this word means; give several words "
            "for each end"
        )


@dataclass(frozen=True)
class Positions:
    """Where words fall along a direction.

    Attributes:
        words: from the low end to the high end.
        positions: the cosine of each with the direction: below 0 is nearer the low end.
    """

    words: tuple[str, ...]
    positions: tuple[float, ...]

    def top(self, k: int = 10) -> list[tuple[str, float]]:
        """The ``k`` words furthest towards the high end, furthest first."""
        return list(zip(self.words, self.positions, strict=True))[::-1][:k]

    def bottom(self, k: int = 10) -> list[tuple[str, float]]:
        """The ``k`` words furthest towards the low end, furthest first."""
        return list(zip(self.words, self.positions, strict=True))[:k]


def direction(vectors: KeyedVectors, low: Iterable[str], high: Iterable[str]) -> Direction:
    """The direction from the mean of some words to the mean of others, all of length 1.

    Args:
        vectors: see `llm_viz.load_vectors`.
        low, high: the words at each end, such as ``["he", "man"]`` and ``["she", "woman"]``.

    Raises:
        ValueError: an end is empty, or a word is at both.
        KeyError: a word has no vector; the sentence holds the nearest spellings.
    """
    low, high = find_words(vectors, low), find_words(vectors, high)
    check_apart(low, high, "the two ends")
    across = unit_vectors(vectors, high).mean(axis=0) - unit_vectors(vectors, low).mean(axis=0)
    length = np.linalg.norm(across)
    if length < 1e-6:
        raise ValueError(
            f"the means of {', '.join(low)} and of {', '.join(high)} are one point, so there is no "
            "direction between them; take other words"
        )
    return Direction(low, high, across / length)


def positions(vectors: KeyedVectors, along: Direction, words: Iterable[str]) -> Positions:
    """Where words fall along a direction.

    Raises:
        ValueError: the direction belongs to vectors of another width, or a word is no single word.
        KeyError: a word has no vector; the sentence holds the nearest spellings.
    """
    _check_width(vectors, along)
    chosen = find_words(vectors, words)
    if not chosen:
        return Positions((), ())
    cosines = unit_vectors(vectors, chosen) @ along.vector
    order = np.argsort(cosines, kind="stable")
    return Positions(tuple(chosen[i] for i in order), tuple(float(cosines[i]) for i in order))


def without(vectors: KeyedVectors, along: Direction) -> KeyedVectors:
    """The same words with a direction taken out of every vector, each then of length 1.

    Every word is moved straight across to where its position along the direction is 0: the step
    *neutralise* of Bolukbasi et al., "Man is to computer programmer as woman is to homemaker?"
    (2016), here for all words, also for those whose meaning lies in the direction.

    Raises:
        ValueError: the direction belongs to vectors of another width, or is all there is of a word.
    """
    from gensim.models import KeyedVectors

    _check_width(vectors, along)
    rows, left = _projected(vectors.vectors, along.vector)
    if len(bare := np.flatnonzero(left < 1e-6)):
        raise ValueError(
            f"the word {vectors.index_to_key[bare[0]]!r} is nothing but this direction, so "
            "without it nothing is left of the word; give more words for each end"
        )
    made = KeyedVectors(vectors.vector_size)
    made.index_to_key, made.key_to_index = vectors.index_to_key, vectors.key_to_index
    made.next_index = len(vectors)
    made.vectors = rows
    return made


def _projected(rows: Array, axis: Array) -> tuple[Array, Array]:
    """Rows without their part along an axis, of length 1; and what share of each was left."""
    rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    rows -= np.outer(rows @ axis, axis)
    left = np.linalg.norm(rows, axis=1)
    rows /= np.maximum(left, 1e-6)[:, None]
    return rows.astype(np.float32), left


@dataclass(frozen=True)
class Remains:
    """Whether words that leant to one side of a direction still find each other without it.

    Attributes:
        low, high: the words that leant most to each side before, furthest first.
        before, after: share of a word's nearest neighbours, among all these words, that leant to
            its own side; mean over the words. 0.5 would mean that nothing of the sides is left.
        neighbours: how many nearest neighbours of each word were looked at.
    """

    low: tuple[str, ...]
    high: tuple[str, ...]
    before: float
    after: float
    neighbours: int


def what_remains(
    vectors: KeyedVectors,
    along: Direction,
    n: int = 500,
    k: int = 10,
    among: int | None = AMONG,
) -> Remains:
    """Take a direction out, and measure what remains of it in the neighbourhoods.

    After Gonen and Goldberg (2019): take the ``n`` words that lean most to each side, then see
    whether the neighbours of each still come from its own side once the direction is gone.

    Args:
        vectors: see `llm_viz.load_vectors`.
        along: the direction; the words that it was made of are left out.
        n: how many words of each side.
        k: how many nearest neighbours of each.
        among: take only words of letters among so many of the most frequent; None: among all.

    Raises:
        ValueError: ``n`` or ``k`` is below 1, or there are not enough words.
    """
    _check_width(vectors, along)
    among = checked_among(vectors, among)
    poles = {*along.low, *along.high}
    words = [w for w in vectors.index_to_key[:among] if w.isalpha() and w not in poles]
    if n < 1 or k < 1 or 2 * n > len(words) or k >= 2 * n:
        raise ValueError(
            f"n is {n} and k is {k}; expected n from 1 to {len(words) // 2} (half of the words) "
            "and k from 1 to 2 n - 1"
        )
    rows = unit_vectors(vectors, words)
    order = np.argsort(rows @ along.vector, kind="stable")
    low, high = order[:n], order[::-1][:n]
    extreme = rows[np.concatenate([low, high])]
    return Remains(
        tuple(words[i] for i in low),
        tuple(words[i] for i in high),
        _own_side(extreme, n, k),
        _own_side(_projected(extreme, along.vector)[0], n, k),
        k,
    )


def _own_side(rows: Array, n: int, k: int) -> float:
    """Share of the k nearest rows that are in the same half as the row itself."""
    cosines = rows @ rows.T
    np.fill_diagonal(cosines, -np.inf)
    nearest = np.argpartition(-cosines, k - 1, axis=1)[:, :k]
    side = np.arange(2 * n) >= n
    return float((side[nearest] == side[:, None]).mean())


def check_apart(one: Sequence[str], other: Sequence[str], what: str) -> None:
    """Refuse sets of words that are empty or share a word."""
    if not one or not other:
        raise ValueError(f"one of {what} has no words; give at least one")
    if shared := sorted(set(one) & set(other)):
        raise ValueError(
            f"{', '.join(map(repr, shared))} stands in both of {what}; leave it in one of them"
        )


def _check_width(vectors: KeyedVectors, along: Direction) -> None:
    if along.vector.shape != (vectors.vector_size,):
        raise ValueError(
            f"the direction has {along.vector.size} dimensions and the vectors have "
            f"{vectors.vector_size}; make it from these vectors"
        )
