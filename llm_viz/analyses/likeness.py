"""How alike several texts are: where they part, and how much they share.

Two plain measures over token ids. They say nothing of meaning: two texts may say the same thing in
other words.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Likeness:
    """Averages over all pairs of texts.

    Attributes:
        same_start: tokens that two texts share before they first differ.
        shared: share of tokens in common wherever they stand (Jaccard index of the multisets):
            1 for the same tokens, 0 for none.
        different: how many different texts there are.
    """

    same_start: float
    shared: float
    different: int


def likeness(texts: Sequence[Sequence[Hashable]]) -> Likeness:
    """Compare every two of several texts.

    Args:
        texts: two or more texts as sequences of token ids (or of any items).

    Raises:
        ValueError: fewer than two texts.

    Examples:
        >>> likeness([[1, 2, 3], [1, 2, 4]])
        Likeness(same_start=2.0, shared=0.5, different=2)
    """
    if len(texts) < 2:
        raise ValueError(f"{len(texts)} texts; it takes two to compare")
    pairs = list(itertools.combinations(texts, 2))
    return Likeness(
        same_start=sum(_same_start(a, b) for a, b in pairs) / len(pairs),
        shared=sum(_shared(a, b) for a, b in pairs) / len(pairs),
        different=len({tuple(text) for text in texts}),
    )


def _same_start(a: Sequence[Hashable], b: Sequence[Hashable]) -> int:
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(a, b)))  # noqa: B905


def _shared(a: Sequence[Hashable], b: Sequence[Hashable]) -> float:
    here, there = Counter(a), Counter(b)
    either = (here | there).total()
    return (here & there).total() / either if either else 1.0
