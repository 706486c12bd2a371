"""Which heads look from a pronoun to its noun, and from the second word of a phrase to its first.

In *The king met the queen in the garden because she*, grammar alone says who *she* is. Each pair of
people stands in either order and with either pronoun, so that neither place nor person can stand in
for the right one. In *New York* and *Hong Kong* the second word belongs to the first; in *New Kong*
and *Hong York* the same words only stand side by side. A head that looks at the token before is no
phrase head: it looks back in both alike.

With so many heads, some look the right way by luck. So the heads are chosen on half of the
sentences, and what they do is told of the other half. It takes seconds, so nothing is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from llm_viz.analyses.attention import ranked_heads
from llm_viz.model import LanguageModel

Array = np.ndarray[Any, np.dtype[Any]]

# (he, she, what happened): every other one chooses the heads, the others are reported.
PEOPLE = (
    ("king", "queen", "The {} met the {} in the garden because {}"),
    ("boy", "girl", "The {} waved at the {} across the street when {}"),
    ("uncle", "aunt", "The {} wrote to the {} about the house before {}"),
    ("father", "mother", "The {} saw the {} near the station while {}"),
    ("brother", "sister", "The {} called the {} from the office because {}"),
    ("prince", "princess", "The {} danced with the {} at the ball until {}"),
    ("man", "woman", "The {} followed the {} into the museum after {}"),
    ("husband", "wife", "The {} left the {} at the hotel when {}"),
    ("John", "Mary", "Yesterday {} visited {} in the hospital because {}"),
    ("Peter", "Anna", "On Monday {} found {} at the library before {}"),
    ("David", "Susan", "Last week {} met {} at the market while {}"),
    ("Paul", "Laura", "At noon {} passed {} on the bridge when {}"),
)
PRONOUNS = ("he", "she")
# Two phrases each, whose second words change places; every other couple chooses, likewise.
PHRASES = (
    ("New York", "Hong Kong"),
    ("San Francisco", "Los Angeles"),
    ("ice cream", "high school"),
    ("prime minister", "civil war"),
    ("real estate", "solar system"),
    ("blood pressure", "climate change"),
    ("credit card", "phone call"),
    ("United States", "Supreme Court"),
    ("Middle East", "White House"),
    ("public health", "natural gas"),
    ("hot dog", "post office"),
    ("human rights", "stock market"),
)
TALK = "Last night they talked for an hour about the {}"


@dataclass(frozen=True)
class Looks:
    """Where a head looks, on one half of the sentences.

    Attributes:
        right: mean share of its look at the right word: the pronoun's noun, or the first word of a
            phrase.
        other: likewise, at the other person, or at the word before where the two are no phrase.
        wins: in how many sentences the first is larger.
        of: sentences.
    """

    right: float
    other: float
    wins: int
    of: int


@dataclass(frozen=True)
class FoundHead:
    """A head that looks more at the right word than at the other.

    Attributes:
        layer, head: which.
        chosen_on: its looks in the sentences that chose it, which are bound to be good.
        reported: its looks in the others.
    """

    layer: int
    head: int
    chosen_on: Looks
    reported: Looks


def pronoun_sentences() -> list[tuple[str, str, str]]:
    """(sentence that ends with a pronoun, its noun, the other person), four for each pair."""
    made = []
    for he, she, frame in PEOPLE:
        for first, second in ((he, she), (she, he)):
            for pronoun, noun, other in zip(PRONOUNS, (he, she), (she, he), strict=True):
                made.append((frame.format(first, second, pronoun), noun, other))
    return made


def phrase_sentences() -> list[tuple[str, str, str]]:
    """(sentence with a phrase at its end, the same without, the first word), two for each couple.

    The two sentences end with the same word.
    """
    made = []
    for couple in PHRASES:
        (first, second), (other_first, other_second) = (phrase.split() for phrase in couple)
        for one, two, instead in (
            (first, second, other_first),
            (other_first, other_second, first),
        ):
            made.append((TALK.format(f"{one} {two}"), TALK.format(f"{instead} {two}"), one))
    return made


def pronoun_heads(lm: LanguageModel, k: int = 5) -> list[FoundHead]:
    """The heads that look from the pronoun to its noun, rather than to the other person.

    Args:
        lm: a model that has the people as single tokens.
        k: how many heads, those with the largest difference on the first half.

    Raises:
        ValueError: a word is not one token to this model, or it does not give patterns.
    """
    sentences = pronoun_sentences()
    traces = lm.run_many([text for text, _, _ in sentences], ("pattern",))
    right, other = [], []
    for (_, noun, rival), trace in zip(sentences, traces, strict=True):
        look = trace["pattern"][:, :, -1]  # (layer, head, key) of the pronoun, the last token
        right.append(look[..., trace.token_ids.index(lm.token_id(f" {noun}"))])
        other.append(look[..., trace.token_ids.index(lm.token_id(f" {rival}"))])
    return _chosen(np.array(right), np.array(other), len(PRONOUNS) * 2, k)


def phrase_heads(lm: LanguageModel, k: int = 5) -> list[FoundHead]:
    """The heads that look at the word before more where the two are a phrase.

    Args:
        lm: a model that has the words as single tokens.
        k: how many heads, those with the largest difference on the first half.

    Raises:
        ValueError: a word is not one token to this model, or it does not give patterns.
    """
    sentences = phrase_sentences()
    for text in {word for couple in PHRASES for phrase in couple for word in phrase.split()}:
        lm.token_id(f" {text}")
    looks = []
    for texts in ([row[0] for row in sentences], [row[1] for row in sentences]):
        traces = lm.run_many(texts, ("pattern",))
        looks.append(np.array([trace["pattern"][:, :, -1, -2] for trace in traces]))
    return _chosen(looks[0], looks[1], 2, k)


def _chosen(right: Array, other: Array, group: int, k: int) -> list[FoundHead]:
    """Choose on every other group of sentences, report on the rest.

    Args:
        right, other: (sentence, layer, head).
        group: sentences that belong together.
        k: how many heads.
    """
    reported = np.arange(len(right)) // group % 2 == 1
    gain = (right - other)[~reported].mean(axis=0, dtype=np.float64)
    return [
        FoundHead(
            layer,
            head,
            *(
                _looks(right[half, layer, head], other[half, layer, head])
                for half in (~reported, reported)
            ),
        )
        for layer, head in ranked_heads(gain)[:k]
    ]


def _looks(right: Array, other: Array) -> Looks:
    return Looks(
        float(right.mean(dtype=np.float64)),
        float(other.mean(dtype=np.float64)),
        int((right > other).sum()),
        len(right),
    )
