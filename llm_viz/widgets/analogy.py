"""`Analogy`: three words, the words nearest to their sum, and the plane in which that happens."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element

import traitlets

from llm_viz.analyses import vectors as sums
from llm_viz.analyses.word_scores import AnalogyScores
from llm_viz.analyses.words import find_word
from llm_viz.style import COLOURS
from llm_viz.widgets import still
from llm_viz.widgets.base import View
from llm_viz.widgets.page_words import page_vectors, publish_with

if TYPE_CHECKING:
    from gensim.models import KeyedVectors

ANSWERS = 10


@dataclass(frozen=True)
class Family:
    """Analogies of one kind.

    Attributes:
        name: what the kind is called.
        presets: a, b, c, and the word that one expects; "" if there is no right answer.
        section: the family of the Google analogy test that asks the same; "" if none does.
    """

    name: str
    presets: tuple[tuple[str, str, str, str], ...]
    section: str = ""


FAMILIES = (
    Family("Man and woman", (("man", "woman", "king", "queen"),), "family"),
    Family(
        "Capitals",
        (("paris", "france", "berlin", "germany"), ("paris", "france", "canberra", "australia")),
        "capital-common-countries",
    ),
    Family(
        "Peoples and countries",
        (
            ("swiss", "switzerland", "cambodian", "cambodia"),
            ("switzerland", "swiss", "cambodia", "cambodian"),
        ),
        "gram6-nationality-adjective",
    ),
    Family("Currencies", (("japan", "yen", "russia", "ruble"),), "currency"),
    Family("Plurals", (("mouse", "mice", "dollar", "dollars"),), "gram8-plural"),
    Family("Comparatives", (("big", "bigger", "small", "smaller"),), "gram3-comparative"),
    Family("Superlatives", (("big", "biggest", "small", "smallest"),), "gram4-superlative"),
    Family("Opposites", (("ethical", "unethical", "possible", "impossible"),), "gram2-opposite"),
    Family("Young animals", (("dog", "puppy", "cat", "kitten"),)),
    Family("What the texts assume", (("man", "woman", "doctor", ""),)),
)


class Analogy(View):
    """*a is to b as c is to what?* The words nearest to b - a + c, ranked and drawn.

    The page computes by itself, with the 20,000 most frequent words and those of the examples.

    Args:
        vectors: see `llm_viz.load_vectors`.
        a, b, c: the three words at first.
        exclude: whether the three words themselves are left out of the answers.
        families: examples to choose from; those with a word that has no vector are left out.
        scores: of `llm_viz.analyses.analogy_scores`; the view then says how many of such questions
            are answered rightly.
        traits: any other trait, such as ``title`` or ``caption``.

    Raises:
        ValueError: one word three times, or something that is no single word.
        KeyError: a word has no vector; the sentence holds the nearest spellings.

    Examples:
        >>> llm_viz.widgets.Analogy(llm_viz.load_vectors())      # doctest: +SKIP
    """

    front_end = "analogy"
    heading = "Arithmetic with words"

    a = traitlets.Unicode("").tag(sync=True, linked=True)
    b = traitlets.Unicode("").tag(sync=True, linked=True)
    c = traitlets.Unicode("").tag(sync=True, linked=True)
    exclude = traitlets.Bool(True).tag(sync=True, linked=True)
    families = traitlets.List(traitlets.Dict()).tag(sync=True)

    def __init__(
        self,
        vectors: KeyedVectors,
        a: str = "man",
        b: str = "woman",
        c: str = "king",
        *,
        exclude: bool = True,
        families: Iterable[Family] = FAMILIES,
        scores: AnalogyScores | None = None,
        **traits: Any,
    ) -> None:
        a, b, c = (find_word(vectors, word) for word in (a, b, c))
        shown = list(families)
        examples = [word for family in shown for preset in family.presets for word in preset]
        assets = publish_with(vectors, [a, b, c, *examples])
        held = page_vectors(assets)
        sums.analogy(held, a, b, c, 1, None)  # says what is wrong with them, if anything is
        super().__init__(
            a=a,
            b=b,
            c=c,
            exclude=exclude,
            families=[told for each in shown if (told := _told(each, held, scores))["presets"]],
            assets=assets,
            **traits,
        )

    def still(self) -> Element:
        """The words nearest to the sum, as the page ranks them."""
        title = self.title or self.heading
        try:
            vectors = page_vectors(self.assets)
            made = sums.analogy(vectors, self.a, self.b, self.c, ANSWERS, None)
        except (KeyError, ValueError) as error:  # a word that the reader typed
            return still.figure(title, str(error))
        rows = [
            still.Bar(word, max(0.0, cosine), f"{cosine:.2f}")
            for word, cosine in made.top(ANSWERS, inputs=not self.exclude)
        ]
        columns = ("word", f"cosine with {made.b} - {made.a} + {made.c}")
        best = rows[0].label if rows else "nothing here"
        text = f"By this sum, {made.a} is to {made.b} as {made.c} is to {best}."
        return still.figure(title, text, still.bars(columns, rows, COLOURS["stream"]))


def _told(family: Family, held: KeyedVectors, scores: AnalogyScores | None) -> dict[str, Any]:
    """A family as the front end reads it: the presets that the page can compute, and the score."""
    sections = scores.sections if scores and family.section else ()
    score = next((each for each in sections if each.name == family.section and each.asked), None)
    return {
        "name": family.name,
        "presets": [list(each) for each in family.presets if _has(held, each)],
        "right": score.right if score else None,
        "asked": score.asked if score else None,
    }


def _has(held: KeyedVectors, words: Sequence[str]) -> bool:
    return all(word in held.key_to_index for word in words if word)
