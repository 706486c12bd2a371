"""A word's vectors in sentences: where it stands in each, and what a model makes of it there.

The word's tokens are found by the characters that they cover, so it does not matter how a tokenizer
cuts it. How far apart the vectors are is left to `llm_viz.analyses.senses`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from llm_viz.model import LanguageModel

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Occurrence:
    """One place where a word stands.

    Attributes:
        text: the sentence, without the stars that marked the word.
        start, end: the word's first character, and the one after its last.
    """

    text: str
    start: int
    end: int


@dataclass(frozen=True, eq=False)
class WordVectors:
    """A word's vectors in several sentences.

    Attributes:
        word: as it was asked for.
        places: where it stands in each sentence.
        tokens: the word's tokens in each sentence, as shown to people. A word of several tokens has
            the mean of their vectors.
        positions: where these tokens stand in each text, the start token counted.
        vectors: (sentence, depth, d_model) float32. Depth 0 is the token's own entry in the
            embedding table, the same in every sentence; depth 1 is the residual stream after
            layer 0, and so on: a layer's depth is its number and one.
    """

    word: str
    places: tuple[Occurrence, ...]
    tokens: tuple[tuple[str, ...], ...]
    positions: tuple[tuple[int, ...], ...]
    vectors: Array


def find_occurrence(sentence: str, word: str, *, called: str = "word") -> Occurrence:
    """Where a word stands in a sentence: as a whole word, in capitals or not.

    A word that stands there more than once is marked with stars: ``"From bank to *bank*"``. The
    stars do not belong to the sentence.

    Args:
        sentence: the sentence.
        word: a word, or several that stand there one after the other.
        called: what an error calls it.

    Raises:
        ValueError: the word is empty, is not there, is there more than once without a mark, or is
            marked more than once.

    Examples:
        >>> find_occurrence("From bank to *bank*.", "bank")
        Occurrence(text='From bank to bank.', start=13, end=17)
    """
    if not word.strip():
        raise ValueError(f"the {called} is empty; give one, such as 'bank'")
    told = repr(sentence if len(sentence) <= 80 else f"{sentence[:80]} …")
    sought = re.escape(word.strip())
    marked = list(re.finditer(rf"\*({sought})\*", sentence, re.IGNORECASE))
    if len(marked) > 1:
        raise ValueError(f"{word!r} is marked {len(marked)} times in {told}; mark it once")
    if marked:
        start, end = marked[0].start(), marked[0].end() - 2
        text = sentence[:start] + marked[0][1] + sentence[marked[0].end() :]
        return Occurrence(text, start, end)
    found = list(re.finditer(rf"(?<!\w){sought}(?!\w)", sentence, re.IGNORECASE))
    if not found:
        raise ValueError(
            f"the {called} {word!r} does not stand in {told}; it has to be there in the same form, "
            f"as a word of its own (or marked, as in *{word}*)"
        )
    if len(found) > 1:
        raise ValueError(
            f"the {called} {word!r} stands {len(found)} times in {told}; mark the one that you "
            f"mean, as in *{word}*"
        )
    return Occurrence(sentence, *found[0].span())


def word_vectors(
    lm: LanguageModel, sentences: Sequence[str], word: str, batch_size: int = 8
) -> WordVectors:
    """A word's vector in each of several sentences, at every depth of a model.

    Args:
        lm: any model: one that looks backwards only, or both ways.
        sentences: each with the word once, or marked as in ``*bank*``.
        word: the word.
        batch_size: how many sentences are read side by side.

    Raises:
        TypeError: ``sentences`` is one string.
        ValueError: there is no sentence, the word is not to be found in one (see
            `find_occurrence`), or the model cannot read it.
    """
    if isinstance(sentences, str):
        raise TypeError("sentences is one string; expected a list of them")
    if not sentences:
        raise ValueError("there is no sentence; give at least one with the word in it")
    places = tuple(find_occurrence(sentence, word) for sentence in sentences)
    positions = tuple(token_positions(lm, place) for place in places)
    texts = [place.text for place in places]
    traces = lm.run_many(texts, ("embed", "resid_post"), batch_size=batch_size)
    vectors, tokens = [], []
    for trace, at in zip(traces, positions, strict=True):
        depths = [trace["embed"][None, at], trace["resid_post"][:, at]]
        vectors.append(np.concatenate(depths).mean(axis=1))  # (depth, d_model)
        tokens.append(tuple(trace.tokens[i] for i in at))
    return WordVectors(word, places, tuple(tokens), positions, np.stack(vectors))


def token_positions(lm: LanguageModel, place: Occurrence) -> tuple[int, ...]:
    """The tokens that cover any of the word's characters; a space before it is none of them.

    Raises:
        ValueError: the model makes no token of it.
    """
    spans = lm.tokenizer.spans(place.text)
    found = tuple(i for i, (a, b) in enumerate(spans) if a < place.end and b > place.start)
    if not found:
        raise ValueError(
            f"{lm.info.id} makes no token of {place.text[place.start : place.end]!r}; take another "
            "word"
        )
    return found
