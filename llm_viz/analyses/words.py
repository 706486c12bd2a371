"""Which word of a vocabulary is meant by what somebody typed, and what is said if none is.

Vectors know a word by its exact spelling only. Here capital letters are forgiven, and every other
slip is one clear sentence with the nearest spellings.
"""

from __future__ import annotations

import difflib
import itertools
import unicodedata
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gensim.models import KeyedVectors

_LETTERS = "abcdefghijklmnopqrstuvwxyz'-"
COMMON = 50_000  # far spellings are looked for among so many of the most frequent words


class UnknownWordError(KeyError):
    """A word that has no vector.

    Attributes:
        word: as it was asked for.
        suggestions: the nearest spellings that have one, best first.
    """

    def __init__(self, word: str, n_words: int, suggestions: tuple[str, ...]) -> None:
        self.word = word
        self.suggestions = suggestions
        near = ", ".join(map(repr, suggestions))
        self._sentence = f"{word!r} is not among the {n_words:,} words that have a vector; " + (
            f"nearest spellings: {near}" if near else "no word is spelt like it: try another"
        )
        super().__init__(self._sentence)

    def __str__(self) -> str:
        return self._sentence  # a KeyError would show it in quotes


def find_word(vectors: KeyedVectors, word: str) -> str:
    """The word of the vocabulary that is meant: as typed, else in lower case.

    Raises:
        TypeError: it is not a string.
        ValueError: it is empty, or several words.
        UnknownWordError: it is not in the vocabulary; a `KeyError`.
    """
    if not isinstance(word, str):
        raise TypeError(f"the word is {type(word).__name__}; expected a string")
    typed = unicodedata.normalize("NFC", word.strip())
    if not typed:
        raise ValueError("the word is empty; give one word")
    for spelling in (typed, typed.lower()):
        if spelling in vectors.key_to_index:
            return spelling
    parts = typed.split()
    if len(parts) > 1:
        raise ValueError(
            f"{typed!r} is {len(parts)} words; each vector belongs to one: try {parts[0]!r}"
        )
    raise UnknownWordError(typed, len(vectors), spellings(vectors, typed))


def find_words(vectors: KeyedVectors, words: Iterable[str]) -> tuple[str, ...]:
    """`find_word` for several, each once, in order."""
    if isinstance(words, str):
        raise TypeError(f"words is one string, {words!r}; expected a list of them")
    return tuple(dict.fromkeys(find_word(vectors, word) for word in words))


def frequent_words(vectors: KeyedVectors, n: int) -> tuple[str, ...]:
    """The ``n`` most frequent words that are letters only; fewer if there are no more."""
    alphabetic = (word for word in vectors.index_to_key if word.isalpha())
    return tuple(itertools.islice(alphabetic, n))


def spellings(vectors: KeyedVectors, word: str, k: int = 3) -> tuple[str, ...]:
    """The words of the vocabulary that are spelt most like this one, at most ``k``.

    First those that are one slip away (a letter too many, missing, wrong, or two changed places),
    the most frequent first; then those among the most frequent that look like it as a whole.
    """
    places: dict[str, int] = vectors.key_to_index
    typed = word.lower()
    if len(typed) < 3:
        return ()  # any short word is a slip away
    slips = {slip for slip in _one_slip_away(typed) if slip in places}
    found = sorted(slips - {word}, key=places.__getitem__)[:k]
    if len(found) < k:
        common = vectors.index_to_key[:COMMON]
        alike = [w for w in common if w[:1] == typed[:1] and abs(len(w) - len(typed)) <= 3]
        found += [w for w in difflib.get_close_matches(typed, alike, k, 0.7) if w not in found]
    return tuple(found[:k])


def _one_slip_away(word: str) -> Iterator[str]:
    yield "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
    for i in range(len(word) + 1):
        head, tail = word[:i], word[i:]
        if tail:
            yield head + tail[1:]
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
        for letter in _LETTERS:
            yield head + letter + tail
            if tail:
                yield head + letter + tail[1:]
