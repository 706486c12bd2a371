"""What a model makes of a word in two senses: its paths, its gaps, its nearest neighbours.

The study `llm_viz.studies.word_senses` asks it of its own words, and the view of a reader's. Where
the results lie is left to the study.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from llm_viz.analyses.occurrences import find_occurrence, word_vectors
from llm_viz.analyses.senses import GroupGaps, compare_groups, plane, sense_gap
from llm_viz.model import LanguageModel
from llm_viz.studies.sense_sentences import Kind, WordSenses

Array = np.ndarray[Any, np.dtype[Any]]
Cue = Literal["before", "after"]

CUES: tuple[Cue, ...] = ("before", "after")
ONE_SENSE: Kind = "one sense"
SEED = 0


@dataclass(frozen=True, eq=False)
class SensesOfWord:
    """A word's sentences and what one model makes of them, with the cue on one side.

    Attributes:
        word, kind, senses: see `llm_viz.studies.sense_sentences.WordSenses`; the kind is "" for a
            reader's own word.
        sentences: all of the first sense, then all of the second.
        spans: the word's first character in each, and the one after its last.
        marks: the sense of each sentence, 0 or 1.
        points: (sentence, depth, 2) where each is on the word's plane, float16.
        gap: (depth, 3) the gap between the senses and its interval, float32; the word's own mean
            taken out, see `llm_viz.analyses.sense_gap`.
        nearest: (depth, sentence) uint8, see `llm_viz.analyses.SenseGap`.
    """

    word: str
    kind: Kind | Literal[""]
    senses: tuple[str, str]
    sentences: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    marks: tuple[int, ...]
    points: Array
    gap: Array
    nearest: Array

    @property
    def best(self) -> int:
        """The depth at which the senses lie furthest apart; its layer is one less."""
        return int(self.gap[:, 0].argmax())


@dataclass(frozen=True, eq=False)
class ModelSenses:
    """What one model makes of all words.

    Attributes:
        model: its name.
        causal: True if it looks only backwards.
        words: by cue; those of one sense only with the cue before.
        groups: by cue: the mean gap of homonyms and of polysemes, and the difference. A word's own
            mean is taken out: how much of what differs between its sentences is the sense.
        scenes: with the cue before: likewise polysemes, and words of one sense in two scenes.
        closeness, scenes_closeness: with the cue before; the same two, but with the mean over all
            words' sentences taken out: how near the senses lie among all the words.
        same: (word,) with the cue after the word: the lowest cosine of two of a word's vectors at
            any depth, nothing taken out. 1 where the model cannot know.
        apart: (word,) likewise: the largest difference of two numbers in the same place.
    """

    model: str
    causal: bool
    words: Mapping[Cue, tuple[SensesOfWord, ...]]
    groups: Mapping[Cue, GroupGaps]
    scenes: GroupGaps
    closeness: GroupGaps
    scenes_closeness: GroupGaps
    same: Array
    apart: Array

    @property
    def n_layers(self) -> int:
        """How many layers there are: depths without the embedding."""
        return len(self.groups["before"].first) - 1

    @property
    def best(self) -> int:
        """The depth at which the senses lie furthest apart, mean over words of two senses."""
        gaps = [word.gap[:, 0] for word in self.words["before"] if word.kind != ONE_SENSE]
        return int(np.mean(gaps, axis=0).argmax())

    def word(self, word: str, cue: Cue = "before") -> SensesOfWord:
        """One word.

        Raises:
            KeyError: the study has no such word.
        """
        for each in self.words[cue]:
            if each.word == word:
                return each
        known = ", ".join(each.word for each in self.words[cue])
        raise KeyError(f"the study has no word {word!r}; it has {known}")


def measure(
    lm: LanguageModel,
    word: str,
    first: Sequence[str],
    second: Sequence[str],
    senses: tuple[str, str] = ("first", "second"),
) -> SensesOfWord:
    """What a model makes of a word in a reader's own sentences of two senses.

    Args:
        lm: any model.
        word: a word that stands once in each sentence, or is marked as in ``*bank*``.
        first, second: two or more sentences of each sense.
        senses: what the two are called.

    Raises:
        ValueError: a sense has one sentence only, or a sentence does not have the word.
    """
    for name, held in zip(senses, (first, second), strict=True):
        if len(held) < 2:
            count = "one sentence only" if held else "no sentence"
            raise ValueError(
                f"the sense {name!r} has {count}, so nothing can be compared within it; give it at "
                "least two"
            )
    sentences = (*first, *second)
    marks = (0,) * len(first) + (1,) * len(second)
    vectors = word_vectors(lm, sentences, word).vectors
    return _told(word, "", senses, sentences, marks, vectors, vectors)


def _told(
    word: str,
    kind: Kind | Literal[""],
    senses: tuple[str, str],
    sentences: Sequence[str],
    marks: tuple[int, ...],
    vectors: Array,
    flat: Array,
) -> SensesOfWord:
    """One word's result; ``flat`` are the vectors that span its plane."""
    places = [find_occurrence(sentence, word) for sentence in sentences]
    found = sense_gap(vectors, marks, seed=SEED)
    return SensesOfWord(
        word,
        kind,
        senses,
        tuple(place.text for place in places),
        tuple((place.start, place.end) for place in places),
        marks,
        plane(flat).place(vectors).astype(np.float16),
        np.stack([found.gap, found.low, found.high], axis=-1).astype(np.float32),
        found.nearest.astype(np.uint8),
    )


def read_word(lm: LanguageModel, each: WordSenses) -> Array:
    """(sentence, depth, d_model): those with the cue before the word, then those with it after."""
    sentences = [text for cue in CUES for sense in getattr(each, cue) for text in sense]
    return word_vectors(lm, sentences, each.word, batch_size=len(sentences)).vectors


def of_model(
    model: str, causal: bool, words: Sequence[WordSenses], vectors: Sequence[Array]
) -> ModelSenses:
    """What one model makes of some words, from the vectors that `read_word` gave for each."""
    found: dict[Cue, list[SensesOfWord]] = {cue: [] for cue in CUES}
    same, apart, near = [], [], []
    cuts = [len(marked(each.before)[0]) for each in words]
    before = [rows[:cut] for rows, cut in zip(vectors, cuts, strict=True)]
    everyone = np.concatenate(before).mean(axis=0, dtype=np.float64)
    for each, rows, cut in zip(words, vectors, cuts, strict=True):
        by_cue: dict[Cue, Array] = {"before": rows[:cut], "after": rows[cut:]}
        for cue, held in by_cue.items():
            if len(held):
                texts, marks = marked(getattr(each, cue))
                told = _told(each.word, each.kind, each.senses, texts, marks, held, rows[:cut])
                found[cue].append(told)
        near.append(sense_gap(rows[:cut], marked(each.before)[1], everyone, resamples=1).gap)
        if cut < len(rows):
            lowest, largest = alike(rows[cut:])
            same.append(lowest)
            apart.append(largest)
    kinds = [each.kind for each in words]

    def groups(gaps: Sequence[Array], first: Kind, second: Kind) -> GroupGaps:
        one, other = (
            np.stack([gap for gap, kind in zip(gaps, kinds, strict=False) if kind == wanted])
            for wanted in (first, second)
        )
        return compare_groups(one, other, seed=SEED)

    gaps = {cue: [word.gap[:, 0] for word in held] for cue, held in found.items()}
    return ModelSenses(
        model,
        causal,
        {cue: tuple(held) for cue, held in found.items()},
        {cue: groups(held, "homonym", "polyseme") for cue, held in gaps.items()},
        groups(gaps["before"], "polyseme", ONE_SENSE),
        groups(near, "homonym", "polyseme"),
        groups(near, "polyseme", ONE_SENSE),
        np.array(same),
        np.array(apart),
    )


def alike(vectors: Array) -> tuple[float, float]:
    """The lowest cosine of two of these vectors at any depth, and the largest difference."""
    rows = np.asarray(vectors, np.float64).swapaxes(0, 1)  # (depth, sentence, d)
    unit = rows / np.linalg.norm(rows, axis=-1, keepdims=True)
    return float((unit @ unit.swapaxes(1, 2)).min()), float(np.ptp(rows, axis=1).max())


def marked(senses: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """All sentences one after the other, and the sense of each."""
    texts = tuple(text for sense in senses for text in sense)
    return texts, tuple(i for i, sense in enumerate(senses) for _ in sense)
