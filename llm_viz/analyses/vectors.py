"""Word vectors: the neighbours of a word, and arithmetic with words.

All on unit vectors, as is usual: only where a vector points counts, and the likeness of two words
is the cosine of the angle between them. gensim does the searching. Junk is rare among the most
frequent words only, so answers are looked for among these unless told otherwise; any word may be
asked about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from llm_viz.analyses.words import find_word

if TYPE_CHECKING:
    from gensim.models import KeyedVectors

Array = np.ndarray[Any, np.dtype[Any]]
AMONG = 50_000


def unit_vectors(vectors: KeyedVectors, words: Sequence[str]) -> Array:
    """(len(words), d): the vectors of words that are in the vocabulary, each of length 1."""
    rows = vectors.vectors[[vectors.key_to_index[word] for word in words]].astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@dataclass(frozen=True)
class Neighbours:
    """The words nearest to one word.

    Attributes:
        word: as the vocabulary spells it.
        words: nearest first, the word itself left out.
        similarities: the cosine of each with the word.
    """

    word: str
    words: tuple[str, ...]
    similarities: tuple[float, ...]

    def top(self, k: int = 10) -> list[tuple[str, float]]:
        """The ``k`` nearest with their cosines."""
        return list(zip(self.words, self.similarities, strict=True))[:k]


def neighbours(
    vectors: KeyedVectors, word: str, k: int = 10, among: int | None = AMONG
) -> Neighbours:
    """The ``k`` words nearest to a word.

    Args:
        vectors: see `llm_viz.load_vectors`.
        word: any word of the vocabulary.
        k: how many; fewer if there are no more words.
        among: look only among so many of the most frequent words; None looks among all.

    Raises:
        ValueError: ``k`` or ``among`` is below 1, or the word is no single word.
        KeyError: the word has no vector; the sentence holds the nearest spellings.
    """
    among = checked_among(vectors, among)
    _check_k(k)
    word = find_word(vectors, word)
    found = vectors.most_similar(word, topn=k, restrict_vocab=among)
    return Neighbours(word, tuple(w for w, _ in found), tuple(c for _, c in found))


@dataclass(frozen=True)
class Analogy:
    """What b is to a, applied to c: the answers to an analogy.

    Attributes:
        a, b, c: the inputs as the vocabulary spells them.
        words: the answers, best first, the inputs among them.
        similarities: the cosine of each with b - a + c.
    """

    a: str
    b: str
    c: str
    words: tuple[str, ...]
    similarities: tuple[float, ...]

    def top(self, k: int = 5, *, inputs: bool = False) -> list[tuple[str, float]]:
        """The ``k`` best answers with their cosines; ``inputs=True`` lets the inputs answer too."""
        out: set[str] = set() if inputs else {self.a, self.b, self.c}
        pairs = zip(self.words, self.similarities, strict=True)
        return [(word, cosine) for word, cosine in pairs if word not in out][:k]

    @property
    def answer(self) -> str:
        """The best answer that is no input."""
        return self.top(1)[0][0]

    @property
    def echoes(self) -> bool:
        """True if the best answer of all is merely one of the inputs."""
        return self.words[0] in {self.a, self.b, self.c}


def analogy(
    vectors: KeyedVectors, a: str, b: str, c: str, k: int = 10, among: int | None = AMONG
) -> Analogy:
    """*a is to b as c is to what?*: the words nearest to b - a + c (3CosAdd).

    Mikolov, Yih and Zweig, "Linguistic regularities in continuous space word representations"
    (2013). Leaving the inputs out of the answers is usual, and does much of the work: see
    `Analogy.top`.

    Args:
        vectors: see `llm_viz.load_vectors`.
        a, b, c: any words of the vocabulary.
        k: how many answers besides the inputs.
        among: look only among so many of the most frequent words; None looks among all.

    Raises:
        ValueError: one word three times, or something that is no single word.
        KeyError: a word has no vector; the sentence holds the nearest spellings.
    """
    among = checked_among(vectors, among)
    _check_k(k)
    a, b, c = (find_word(vectors, word) for word in (a, b, c))
    if a == b == c:
        raise ValueError(
            f"all three words are {a!r}, and that is where their sum lies too; change at least one"
        )
    of_a, of_b, of_c = unit_vectors(vectors, (a, b, c))
    # The one search keeps the inputs: those that are found are among the k + 3 best.
    found = vectors.similar_by_vector(of_b - of_a + of_c, topn=k + 3, restrict_vocab=among)
    inputs = {a, b, c}
    extra = sum(word not in inputs for word, _ in found) - k
    if extra > 0:  # fewer inputs among the best than there was room for
        last = [i for i, (word, _) in enumerate(found) if word not in inputs][-extra]
        found = found[:last]
    return Analogy(a, b, c, tuple(w for w, _ in found), tuple(s for _, s in found))


def checked_among(vectors: KeyedVectors, among: int | None) -> int:
    """How many of the most frequent words to look among: never more than there are."""
    if among is not None and among < 1:
        raise ValueError(f"among is {among}; expected at least 1 word to look among, or None")
    return min(among or len(vectors), len(vectors))


def _check_k(k: int) -> None:
    if k < 1:
        raise ValueError(f"k is {k}; expected at least 1")
