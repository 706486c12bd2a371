"""How well word vectors do on two standard tests: analogies and likeness as people see it.

Both come with gensim. The analogies (19,544 of them in 14 families: Mikolov et al., "Efficient
estimation of word representations in vector space", 2013) are answered here in blocks, many times
quicker than one by one, and also with the inputs allowed as answers: then most answers are an
input.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import as_file, files
from typing import TYPE_CHECKING

import numpy as np

from llm_viz.analyses.vectors import Array, checked_among

if TYPE_CHECKING:
    from gensim.models import KeyedVectors

AMONG = 30_000  # usual for this test
_BLOCK = 1024  # questions answered at once: bounds the memory


@dataclass(frozen=True)
class SectionScore:
    """The score in one family of analogies.

    Attributes:
        name: of the family, as the test calls it.
        asked: how many questions have all their words among those looked at.
        left_out: how many have not.
        right: how many were answered rightly, the inputs left out of the answers as is usual.
        right_with_inputs: how many, if an input may be the answer.
        echoed: how many were then answered with an input.
    """

    name: str
    asked: int
    left_out: int
    right: int
    right_with_inputs: int
    echoed: int

    @property
    def accuracy(self) -> float:
        """Share of the questions asked that were answered rightly; NaN if none was asked."""
        return self.right / self.asked if self.asked else float("nan")

    @property
    def echo_rate(self) -> float:
        """Share of the questions whose best answer of all is an input; NaN if none was asked."""
        return self.echoed / self.asked if self.asked else float("nan")


@dataclass(frozen=True)
class AnalogyScores:
    """The score on the whole test.

    Attributes:
        sections: one a family, in the order of the test.
        among: answers were looked for among so many of the most frequent words.
    """

    sections: tuple[SectionScore, ...]
    among: int

    @property
    def total(self) -> SectionScore:
        """All families together."""
        names = ("asked", "left_out", "right", "right_with_inputs", "echoed")
        sums = {name: sum(getattr(each, name) for each in self.sections) for name in names}
        return SectionScore("all", **sums)

    def top(self, k: int = 14) -> list[tuple[str, float]]:
        """The ``k`` families with the best accuracy, best first; those not asked left out."""
        asked = [each for each in self.sections if each.asked]
        best = sorted(asked, key=lambda each: -each.accuracy)
        return [(each.name, each.accuracy) for each in best[:k]]


@dataclass(frozen=True)
class Question:
    """One analogy of the test: a is to b as c is to d."""

    family: str
    words: tuple[str, str, str, str]


def questions() -> list[Question]:
    """All questions of the Google analogy test, in its order and spelling."""
    found: list[Question] = []
    family = ""
    text = (files("gensim") / "test/test_data/questions-words.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.startswith(": "):
            family = line[2:].strip()
        elif line.strip():
            a, b, c, d = line.split()
            found.append(Question(family, (a, b, c, d)))
    return found


def analogy_scores(
    vectors: KeyedVectors, among: int | None = AMONG, asked: Iterable[Question] | None = None
) -> AnalogyScores:
    """Score vectors on the Google analogy test.

    Args:
        vectors: see `llm_viz.load_vectors`.
        among: ask only what can be asked of so many of the most frequent words, and look for
            answers only among them; None: all.
        asked: other questions than those of the test.
    """
    among = checked_among(vectors, among)
    places = {word: i for i, word in enumerate(vectors.index_to_key[:among])}
    families: dict[str, list[list[int]]] = {}
    left_out: dict[str, int] = {}
    for question in questions() if asked is None else asked:
        # Capital letters as the vocabulary has them, else none: GloVe's words are in lower case.
        found = [places.get(word, places.get(word.lower(), -1)) for word in question.words]
        rows = families.setdefault(question.family, [])
        left_out.setdefault(question.family, 0)
        if min(found) < 0:
            left_out[question.family] += 1
        else:
            rows.append(found)
    table = vectors.vectors[:among].astype(np.float32)
    table = table / np.linalg.norm(table, axis=1, keepdims=True)
    return AnalogyScores(
        tuple(
            SectionScore(family, len(rows), left_out[family], *_score(table, np.array(rows)))
            for family, rows in families.items()
        ),
        among,
    )


def _score(table: Array, rows: Array) -> tuple[int, int, int]:
    """How many of the questions (n, 4) are right, right with inputs, and echoed."""
    right = right_with_inputs = echoed = 0
    for start in range(0, len(rows), _BLOCK):
        block = rows[start : start + _BLOCK]
        inputs, answer = block[:, :3], block[:, 3]
        a, b, c = (table[inputs[:, i]] for i in range(3))
        cosines = (b - a + c) @ table.T
        best = cosines.argmax(axis=1)
        right_with_inputs += int((best == answer).sum())
        echoed += int((best[:, None] == inputs).any(axis=1).sum())
        np.put_along_axis(cosines, inputs, -np.inf, axis=1)
        right += int((cosines.argmax(axis=1) == answer).sum())
    return right, right_with_inputs, echoed


@dataclass(frozen=True)
class LikenessScore:
    """How far vectors rank pairs of words as people do.

    Attributes:
        rank_correlation: Spearman's: 1 for the same order, 0 for no relation.
        pairs: how many pairs were compared.
        left_out: how many have a word without a vector.
    """

    rank_correlation: float
    pairs: int
    left_out: int


def wordsim(vectors: KeyedVectors) -> LikenessScore:
    """Score vectors on WordSim-353: pairs of words whose relatedness people have marked.

    Finkelstein et al., "Placing search in context" (2002).

    Raises:
        ValueError: hardly any word of the test has a vector.
    """
    from scipy.stats import spearmanr

    with as_file(files("gensim") / "test/test_data/wordsim353.tsv") as path:
        lines = path.read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    places = vectors.key_to_index
    people, cosines = [], []
    for one, other, mark in rows:
        spelt = [word if word in places else word.lower() for word in (one, other)]
        if all(word in places for word in spelt):
            people.append(float(mark))
            cosines.append(vectors.similarity(*spelt))
    if len(people) < 10:
        raise ValueError(
            f"only {len(people)} of the {len(rows)} pairs of WordSim-353 have vectors; it takes 10 "
            "to say anything: are these English words?"
        )
    found = spearmanr(people, cosines)
    return LikenessScore(float(found.statistic), len(people), len(rows) - len(people))
