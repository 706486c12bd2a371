"""`Direction`: words along the line between two sets of words, and what a bias in texts is."""

from __future__ import annotations

import itertools
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element

import traitlets

from llm_viz.analyses import directions
from llm_viz.analyses.weat import PUBLISHED, WordSets, weat
from llm_viz.analyses.words import find_words
from llm_viz.style import COLOURS, written
from llm_viz.widgets import still
from llm_viz.widgets.base import View
from llm_viz.widgets.page_words import page_vectors, publish_with

if TYPE_CHECKING:
    from gensim.models import KeyedVectors

# The test that fits the first of the axes comes first.
TESTS = (*PUBLISHED[1:], PUBLISHED[0])
ENDS = ("low", "high", "words")
TESTED = ("targets_x", "targets_y", "attributes_a", "attributes_b")


@dataclass(frozen=True)
class Axis:
    """An example: the words at both ends of a line, and words to place along it."""

    name: str
    low: tuple[str, ...]
    high: tuple[str, ...]
    words: tuple[str, ...]


def _axis(name: str, low: str, high: str, words: str) -> Axis:
    return Axis(name, tuple(low.split()), tuple(high.split()), tuple(words.split()))


AXES = (
    _axis(
        "Gender",
        "he man him father son boy",
        "she woman her mother daughter girl",
        "nurse doctor engineer teacher secretary carpenter dancer boss philosopher librarian "
        "soldier king queen table",
    ),
    _axis(
        "Size",
        "small tiny little",
        "big huge giant",
        "ant mouse cat dog horse elephant whale village city planet grain",
    ),
    _axis(
        "Age",
        "young child baby",
        "old elderly grandfather",
        "toy school student wedding career pension retirement kitten wisdom ruins",
    ),
    _axis(
        "Sentiment",
        "bad terrible awful horrible",
        "good wonderful excellent great",
        "war disease accident tax monday weather music friend holiday garden",
    ),
)


class Direction(View):
    """Two sets of words make a line, and other words fall along it.

    Below it stands a test whether two sets of words keep different company (WEAT), before and after
    the direction of the line is taken out of every vector. The page computes by itself, with the
    20,000 most frequent words and those that the examples need.

    Args:
        vectors: see `llm_viz.load_vectors`.
        low, high: the words at the two ends; those of the first of ``axes`` if left out.
        words: to place along the line.
        debias: whether the line is shown with its direction taken out, too.
        axes: examples to choose from; those that lack a word at an end are left out.
        tests: sets of words for the test; words without a vector are left out.
        traits: any other trait, such as ``title`` or ``caption``.

    Raises:
        ValueError: an end without words, or a word at both.
        KeyError: a word has no vector; the sentence holds the nearest spellings.

    Examples:
        >>> llm_viz.widgets.Direction(llm_viz.load_vectors(), ["he"], ["she"])    # doctest: +SKIP
    """

    front_end = "direction"
    heading = "Words along a line"

    low = traitlets.Unicode("").tag(sync=True, linked=True)
    high = traitlets.Unicode("").tag(sync=True, linked=True)
    words = traitlets.Unicode("").tag(sync=True, linked=True)
    debias = traitlets.Bool(False).tag(sync=True, linked=True)
    targets_x = traitlets.Unicode("").tag(sync=True, linked=True)
    targets_y = traitlets.Unicode("").tag(sync=True, linked=True)
    attributes_a = traitlets.Unicode("").tag(sync=True, linked=True)
    attributes_b = traitlets.Unicode("").tag(sync=True, linked=True)
    axes = traitlets.List(traitlets.Dict()).tag(sync=True)
    tests = traitlets.List(traitlets.Dict()).tag(sync=True)

    def __init__(
        self,
        vectors: KeyedVectors,
        low: Iterable[str] | None = None,
        high: Iterable[str] | None = None,
        words: Iterable[str] | None = None,
        *,
        debias: bool = False,
        axes: Iterable[Axis] = AXES,
        tests: Iterable[WordSets] = TESTS,
        **traits: Any,
    ) -> None:
        if (low is None) != (high is None):
            raise ValueError("one end of the line is given; give the words at both, or at none")
        known = vectors.key_to_index
        held = (Axis(each.name, *(_only(ws, known) for ws in _ends(each))) for each in axes)
        shown = [axis for axis in held if axis.low and axis.high]
        if low is None and not shown:
            raise ValueError("no example has its words in these vectors; give low, high and words")
        first = shown[0] if low is None else Axis("", (), (), ())
        ends = (find_words(vectors, low or first.low), find_words(vectors, high or first.high))
        placed = find_words(vectors, first.words if words is None else words)
        held_sets = (WordSets(e.name, *(_only(ws, known) for ws in _sets(e))) for e in tests)
        sets = [each for each in held_sets if min(map(len, _sets(each))) > 1]
        lists = [*ends, placed, *(ws for axis in shown for ws in _ends(axis))]
        lists += [ws for each in sets for ws in _sets(each)]
        assets = publish_with(vectors, itertools.chain.from_iterable(lists))
        directions.direction(page_vectors(assets), *ends)  # says what is wrong, if anything is
        told = [
            {"name": each.name} | dict(zip(TESTED, map(_listed, _sets(each)), strict=True))
            for each in sets
        ]
        tested = {name: told[0][name] for name in TESTED} if told else {}
        super().__init__(
            low=_listed(ends[0]),
            high=_listed(ends[1]),
            words=_listed(placed),
            debias=debias,
            axes=[
                {"name": axis.name} | dict(zip(ENDS, map(_listed, _ends(axis)), strict=True))
                for axis in shown
            ],
            tests=told,
            assets=assets,
            **(tested | traits),
        )

    def still(self) -> Element:
        """The words along the line as a table, and the outcome of the test."""
        title = self.title or self.heading
        vectors = page_vectors(self.assets)
        try:
            along = directions.direction(vectors, _parts(self.low), _parts(self.high))
            placed = directions.positions(vectors, along, _parts(self.words))
        except (KeyError, ValueError) as error:  # a word that the reader typed
            return still.figure(title, str(error))
        rows = [still.Bar(w, abs(p), f"{p:+.2f}") for w, p in placed.bottom(len(placed.words))]
        parts = [still.bars(("word", "position"), rows, COLOURS["stream"])]
        if outcome := self._outcome(vectors, along):
            parts.append(still.table(("test of two pairs of sets", "effect d", "p"), outcome))
        text = f"from {self.low} (below 0) to {self.high} (above 0)"
        return still.figure(title, text, *parts)

    def _outcome(
        self, vectors: KeyedVectors, along: directions.Direction
    ) -> list[tuple[str, str, str]]:
        sets = [_parts(getattr(self, name)) for name in TESTED]
        told = []
        for name, given in (
            ("as learned", vectors),
            ("with the direction taken out", directions.without(vectors, along)),
        ):
            try:
                found = weat(given, *sets)
            except (KeyError, ValueError):
                return []  # no test, or one that the reader is still typing
            told.append((name, f"{found.effect:.2f}", written(found.p)))
        return told


def _ends(axis: Axis) -> tuple[tuple[str, ...], ...]:
    return axis.low, axis.high, axis.words


def _sets(sets: WordSets) -> tuple[tuple[str, ...], ...]:
    return sets.x, sets.y, sets.a, sets.b


def _listed(words: Sequence[str]) -> str:
    return ", ".join(words)


def _parts(text: str) -> list[str]:
    return text.replace(",", " ").replace(";", " ").split()


def _only(words: Sequence[str], known: Container[str]) -> tuple[str, ...]:
    return tuple(word for word in words if word in known)
