"""Sixteen words in two senses each, through the layers of a causal and of a two-way model.

Eight homonyms and eight polysemes (`llm_viz.studies.sense_sentences`) are read in twelve sentences
each whose cue stands before the word, and in eight that are alike up to the word and told apart by
what follows. The file holds what the view `llm_viz.widgets.SenseMap` draws: each sentence's path on
one fixed plane, the gap between the senses with its interval, and each sentence's nearest other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np
from tqdm.auto import tqdm

from llm_viz.analyses.occurrences import find_occurrence, word_vectors
from llm_viz.analyses.senses import (
    CONFIDENCE,
    RESAMPLES,
    GroupGaps,
    compare_groups,
    plane,
    sense_gap,
)
from llm_viz.model import LanguageModel, load_model
from llm_viz.studies.results import DATA, Parts, Provenance, read_arrays, write_arrays
from llm_viz.studies.sense_sentences import WORDS, Kind, WordSenses

Array = np.ndarray[Any, np.dtype[Any]]
Cue = Literal["before", "after"]

STUDY = "word_senses"
MODELS = ("smollm2-135m", "all-minilm-l6-v2")
CUES: tuple[Cue, ...] = ("before", "after")
SEED = 0
FILE = DATA / "word_senses.safetensors"


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
        """The depth at which the senses lie furthest apart."""
        return int(self.gap[:, 0].argmax())


@dataclass(frozen=True, eq=False)
class ModelSenses:
    """What one model makes of all words.

    Attributes:
        model: its name.
        causal: True if it looks only backwards.
        words: by cue.
        groups: by cue: the mean gap of homonyms and of polysemes, and the difference. A word's own
            mean is taken out: how much of what differs between its sentences is the sense.
        closeness: with the cue before; the same, but with the mean over all words' sentences taken
            out: how near the senses lie among all the words.
        same: (word,) with the cue after the word: the lowest cosine of two of a word's vectors at
            any depth, nothing taken out. 1 where the model cannot know.
        apart: (word,) likewise: the largest difference of two numbers in the same place.
    """

    model: str
    causal: bool
    words: Mapping[Cue, tuple[SensesOfWord, ...]]
    groups: Mapping[Cue, GroupGaps]
    closeness: GroupGaps
    same: Array
    apart: Array

    @property
    def n_layers(self) -> int:
        """How many layers there are: depths without the embedding."""
        return len(self.groups["before"].first) - 1

    @property
    def best(self) -> int:
        """The depth at which the senses lie furthest apart, mean over all words."""
        gaps = [word.gap[:, 0] for word in self.words["before"]]
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


@dataclass(frozen=True, eq=False)
class WordSensesStudy:
    """The result of the study.

    Attributes:
        models: the one that looks backwards, then the one that looks both ways.
        provenance: where the numbers come from.
    """

    models: tuple[ModelSenses, ...]
    provenance: Provenance


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


def load(path: Path = FILE) -> WordSensesStudy:
    """The result as it was computed last."""
    arrays, held = read_arrays(path)
    models = tuple(_unpack(told, arrays, held["words"]) for told in held["models"])
    return WordSensesStudy(models, Provenance(**held["provenance"]))


def run(afresh: bool = False) -> Path:
    """Compute the study, or go on with it, and write its file."""
    settings = {
        "sentences": digest(WORDS),
        "resamples": RESAMPLES,
        "confidence": CONFIDENCE,
        "seed": SEED,
    }
    models = [load_model(name, device="cpu") for name in MODELS]
    hashes = ", ".join(lm.info.weight_hash for lm in models)
    if not afresh and FILE.exists() and load(FILE).provenance.agrees(hashes, settings):
        return FILE
    parts = Parts(STUDY, hashes, settings)
    if afresh:
        parts.clear()
    arrays: dict[str, Array] = {}
    told = []
    for name, lm in zip(MODELS, models, strict=True):
        read = [
            parts.array(f"{name}-{each.word}", partial(read_word, lm, each))
            for each in tqdm(WORDS, desc=lm.info.id, unit="word")
        ]
        made = of_model(lm.info.id, lm.is_causal, WORDS, np.stack(read))
        arrays |= _pack(made)
        told.append({"model": made.model, "causal": made.causal})
    names = ", ".join(lm.info.id for lm in models)
    where = Provenance.of(STUDY, names, hashes, settings, ("numpy", "torch"))
    words = [_sentences(each) for each in WORDS]
    write_arrays(FILE, arrays, {"models": told, "words": words, "provenance": asdict(where)})
    parts.clear()
    return FILE


def digest(words: Sequence[WordSenses]) -> str:
    """Names the sentences: other sentences have another digest."""
    return hashlib.sha256(repr(words).encode()).hexdigest()[:16]


def read_word(lm: LanguageModel, each: WordSenses) -> Array:
    """(sentence, depth, d_model): those with the cue before the word, then those with it after."""
    sentences = [text for cue in CUES for sense in getattr(each, cue) for text in sense]
    return word_vectors(lm, sentences, each.word, batch_size=len(sentences)).vectors


def of_model(model: str, causal: bool, words: Sequence[WordSenses], vectors: Array) -> ModelSenses:
    """What one model makes of some words, from their vectors (word, sentence, depth, d_model)."""
    cut = len([text for sense in words[0].before for text in sense])
    by_cue: dict[Cue, Array] = {"before": vectors[:, :cut], "after": vectors[:, cut:]}
    found = {
        cue: tuple(
            _told(each.word, each.kind, each.senses, texts, marks, rows[i], by_cue["before"][i])
            for i, each in enumerate(words)
            for texts, marks in [_marked(getattr(each, cue))]
        )
        for cue, rows in by_cue.items()
    }
    kinds = np.array([each.kind for each in words])
    everyone = by_cue["before"].mean(axis=(0, 1), dtype=np.float64)
    near = np.stack(
        [
            sense_gap(rows, _marked(each.before)[1], everyone, resamples=1).gap
            for each, rows in zip(words, by_cue["before"], strict=True)
        ]
    )
    same, apart = zip(*(alike(rows) for rows in by_cue["after"]), strict=True)
    return ModelSenses(
        model,
        causal,
        found,
        {
            cue: _groups(np.stack([word.gap[:, 0] for word in each]), kinds)
            for cue, each in found.items()
        },
        _groups(near, kinds),
        np.array(same),
        np.array(apart),
    )


def alike(vectors: Array) -> tuple[float, float]:
    """The lowest cosine of two of these vectors at any depth, and the largest difference."""
    rows = np.asarray(vectors, np.float64).swapaxes(0, 1)  # (depth, sentence, d)
    unit = rows / np.linalg.norm(rows, axis=-1, keepdims=True)
    return float((unit @ unit.swapaxes(1, 2)).min()), float(np.ptp(rows, axis=1).max())


def _groups(gaps: Array, kinds: Array) -> GroupGaps:
    return compare_groups(gaps[kinds == "homonym"], gaps[kinds == "polyseme"], seed=SEED)


def _marked(senses: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], tuple[int, ...]]:
    texts = tuple(text for sense in senses for text in sense)
    return texts, tuple(i for i, sense in enumerate(senses) for _ in sense)


# --- the file -----------------------------------------------------------------------------------


def _sentences(each: WordSenses) -> dict[str, Any]:
    held: dict[str, Any] = {"word": each.word, "kind": each.kind, "senses": each.senses}
    for cue in CUES:
        texts, marks = _marked(getattr(each, cue))
        places = [find_occurrence(text, each.word) for text in texts]
        held[cue] = {
            "sentences": texts,
            "spans": [(place.start, place.end) for place in places],
            "marks": marks,
        }
    return held


def _pack(made: ModelSenses) -> dict[str, Array]:
    arrays = {f"{made.model}/same": made.same, f"{made.model}/apart": made.apart}
    arrays[f"{made.model}/closeness"] = _stacked(made.closeness)
    for cue, words in made.words.items():
        name = f"{made.model}/{cue}"
        arrays[f"{name}/points"] = np.stack([word.points for word in words])
        arrays[f"{name}/gap"] = np.stack([word.gap for word in words])
        arrays[f"{name}/nearest"] = np.stack([word.nearest for word in words])
        arrays[f"{name}/groups"] = _stacked(made.groups[cue])
    return arrays


def _stacked(groups: GroupGaps) -> Array:
    return np.stack([groups.first, groups.second, groups.difference]).astype(np.float32)


def _unpack(
    told: Mapping[str, Any], arrays: Mapping[str, Array], words: Sequence[Mapping[str, Any]]
) -> ModelSenses:
    model = told["model"]

    def word(i: int, cue: Cue) -> SensesOfWord:
        each = words[i]
        return SensesOfWord(
            each["word"],
            each["kind"],
            tuple(each["senses"]),
            tuple(each[cue]["sentences"]),
            tuple(tuple(span) for span in each[cue]["spans"]),
            tuple(each[cue]["marks"]),
            *(arrays[f"{model}/{cue}/{name}"][i] for name in ("points", "gap", "nearest")),
        )

    return ModelSenses(
        model,
        told["causal"],
        {cue: tuple(word(i, cue) for i in range(len(words))) for cue in CUES},
        {cue: GroupGaps(*arrays[f"{model}/{cue}/groups"]) for cue in CUES},
        GroupGaps(*arrays[f"{model}/closeness"]),
        arrays[f"{model}/same"],
        arrays[f"{model}/apart"],
    )
