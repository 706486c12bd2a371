"""WEAT: do two sets of words keep different company? With the chance that it is an accident.

The Word Embedding Association Test of Caliskan, Bryson and Narayanan, "Semantics derived
automatically from language corpora contain human-like biases" (Science, 2017), and four of the
word sets that it was published with (less *gladiola*, which GloVe has not). It measures texts: what
people wrote, not what is so.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from llm_viz.analyses.directions import check_apart
from llm_viz.analyses.vectors import Array, unit_vectors
from llm_viz.analyses.words import find_words

if TYPE_CHECKING:
    from gensim.models import KeyedVectors

EXACT_UP_TO = 200_000  # ways to share out the words; beyond that, some are drawn
DRAWS = 100_000


@dataclass(frozen=True)
class WordSets:
    """What one test compares: does ``x`` go with ``a``, and ``y`` with ``b``?

    Attributes:
        name: what it is called.
        x, y: the words that are tested.
        a, b: the words that they are compared with.
    """

    name: str
    x: tuple[str, ...]
    y: tuple[str, ...]
    a: tuple[str, ...]
    b: tuple[str, ...]


def _sets(name: str, *words: str) -> WordSets:
    return WordSets(name, *(tuple(each.split()) for each in words))


PUBLISHED = (
    _sets(
        "flowers and insects, pleasant and unpleasant",
        "aster clover hyacinth marigold poppy azalea crocus iris orchid rose bluebell daffodil "
        "lilac pansy tulip buttercup daisy lily peony violet carnation magnolia petunia zinnia",
        "ant caterpillar flea locust spider bedbug centipede fly maggot tarantula bee cockroach "
        "gnat mosquito termite beetle cricket hornet moth wasp blackfly dragonfly horsefly roach "
        "weevil",
        "caress freedom health love peace cheer friend heaven loyal pleasure diamond gentle honest "
        "lucky rainbow diploma gift honor miracle sunrise family happy laughter paradise vacation",
        "abuse crash filth murder sickness accident death grief poison stink assault disaster "
        "hatred pollute tragedy divorce jail poverty ugly cancer kill rotten vomit agony prison",
    ),
    _sets(
        "men's and women's names, career and family",
        "john paul mike kevin steve greg jeff bill",
        "amy joan lisa sarah diana kate ann donna",
        "executive management professional corporation salary office business career",
        "home parents children family cousins marriage wedding relatives",
    ),
    _sets(
        "maths and arts, male and female",
        "math algebra geometry calculus equations computation numbers addition",
        "poetry art dance literature novel symphony drama sculpture",
        "male man boy brother he him his son",
        "female woman girl sister she her hers daughter",
    ),
    _sets(
        "science and arts, male and female",
        "science technology physics chemistry einstein nasa experiment astronomy",
        "poetry art shakespeare dance literature novel symphony drama",
        "brother father uncle grandfather son he his him",
        "sister mother aunt grandmother daughter she hers her",
    ),
)


@dataclass(frozen=True)
class Weat:
    """The outcome of a test.

    Attributes:
        effect: by how many standard deviations the words of x lean more to a than those of y.
            Beyond 0.8 is called large; 2 is as far as it goes with equally many words.
        p: share of the ways to share out the same words in which x leans as much or more: how often
            chance alone would do it.
        exact: True if every way was counted; else ``ways`` of them were drawn.
        ways: how many were looked at.
        x, y: each word with how much nearer to a than to b it is (a difference of mean cosines).
    """

    effect: float
    p: float
    exact: bool
    ways: int
    x: tuple[tuple[str, float], ...]
    y: tuple[tuple[str, float], ...]

    def top(self, k: int = 10) -> list[tuple[str, float]]:
        """The ``k`` words of x and y that lean most to a, furthest first."""
        return sorted((*self.x, *self.y), key=lambda pair: -pair[1])[:k]


def weat(
    vectors: KeyedVectors,
    x: Iterable[str],
    y: Iterable[str],
    a: Iterable[str],
    b: Iterable[str],
    *,
    seed: int = 0,
) -> Weat:
    """Test whether the words of x lean more to a than to b, in comparison with those of y.

    Args:
        vectors: see `llm_viz.load_vectors`.
        x, y: the words that are tested, at least two each.
        a, b: the words that they are compared with.
        seed: for drawing, if there are too many ways to share out the words to count them all.

    Raises:
        ValueError: too few words, or a word in both sets of a pair.
        KeyError: a word has no vector; the sentence holds the nearest spellings.
    """
    x, y, a, b = (find_words(vectors, words) for words in (x, y, a, b))
    check_apart(x, y, "the two sets that are tested")
    check_apart(a, b, "the two sets that they are compared with")
    if min(len(x), len(y)) < 2:
        raise ValueError(
            f"the sets that are tested have {len(x)} and {len(y)} words; with one word there is "
            "nothing to tell chance from: give at least 2 each"
        )
    words = (*x, *y)
    rows = unit_vectors(vectors, words).astype(np.float64)
    leaning = (rows @ unit_vectors(vectors, a).T).mean(axis=1)
    leaning -= (rows @ unit_vectors(vectors, b).T).mean(axis=1)
    spread = leaning.std(ddof=1)
    difference = leaning[: len(x)].mean() - leaning[len(x) :].mean()
    ways, exact = _ways(len(words), len(x), seed)
    sums = leaning[ways].sum(axis=1)
    # The sum over x decides: that over y is what is left. Equal sums may differ in the last digits.
    as_much = int((sums >= leaning[: len(x)].sum() - 1e-9).sum())
    p = as_much / len(ways) if exact else (as_much + 1) / (len(ways) + 1)
    told = [(word, float(value)) for word, value in zip(words, leaning, strict=True)]
    return Weat(
        effect=float(difference / spread) if spread else 0.0,
        p=p,
        exact=exact,
        ways=len(ways),
        x=tuple(told[: len(x)]),
        y=tuple(told[len(x) :]),
    )


def _ways(n: int, k: int, seed: int) -> tuple[Array, bool]:
    """Ways to choose k of n things, (ways, k): all of them, or many drawn at random."""
    count = math.comb(n, k)
    if count <= EXACT_UP_TO:
        each = itertools.chain.from_iterable(itertools.combinations(range(n), k))
        return np.fromiter(each, np.intp, count * k).reshape(count, k), True
    draw = np.random.default_rng(seed)
    return draw.random((DRAWS, n), np.float32).argpartition(k, axis=1)[:, :k], False
