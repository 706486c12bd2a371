"""Words in two senses each, through the layers of a causal and of a two-way model.

Eight homonyms and eight polysemes (`llm_viz.studies.sense_sentences`) are read in twelve sentences
each whose cue stands before the word, and in eight that are alike up to the word and told apart by
what follows; eight words of one sense, in twelve sentences of two scenes, are there to compare. The
file holds what the view `llm_viz.widgets.SenseMap` draws: each sentence's path on one fixed plane,
the gap between the senses with its interval, and each sentence's nearest other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from tqdm.auto import tqdm

from llm_viz.analyses.occurrences import find_occurrence
from llm_viz.analyses.resampling import CONFIDENCE, RESAMPLES
from llm_viz.analyses.senses import GroupGaps
from llm_viz.model import load_model
from llm_viz.studies.results import DATA, Parts, Provenance, read_arrays, write_arrays
from llm_viz.studies.sense_results import (
    CUES,
    SEED,
    Array,
    Cue,
    ModelSenses,
    SensesOfWord,
    marked,
    of_model,
    read_word,
)
from llm_viz.studies.sense_sentences import SCENES, WORDS, WordSenses

STUDY = "word_senses"
MODELS = ("smollm2-135m", "all-minilm-l6-v2")
COMPARED = ("scenes", "closeness", "scenes_closeness")
FILE = DATA / "word_senses.safetensors"


@dataclass(frozen=True, eq=False)
class WordSensesStudy:
    """The result of the study.

    Attributes:
        models: the one that looks backwards, then the one that looks both ways.
        provenance: where the numbers come from.
    """

    models: tuple[ModelSenses, ...]
    provenance: Provenance


def load(path: Path = FILE) -> WordSensesStudy:
    """The result as it was computed last."""
    arrays, held = read_arrays(path)
    models = tuple(_unpack(told, arrays, held["words"]) for told in held["models"])
    return WordSensesStudy(models, Provenance(**held["provenance"]))


def run(afresh: bool = False) -> Path:
    """Compute the study, or go on with it, and write its file."""
    settings = {
        "sentences": digest((*WORDS, *SCENES)),
        "resamples": RESAMPLES,
        "confidence": CONFIDENCE,
        "seed": SEED,
    }
    models = [load_model(name, device="cpu") for name in MODELS]
    hashes = ", ".join(lm.info.weight_hash for lm in models)
    if not afresh and FILE.exists() and load(FILE).provenance.agrees(hashes, settings):
        return FILE
    parts = Parts(STUDY, hashes, settings, afresh=afresh)
    arrays: dict[str, Array] = {}
    told = []
    every = (*WORDS, *SCENES)
    for name, lm in zip(MODELS, models, strict=True):
        read = [
            parts.array(f"{name}-{each.word}", partial(read_word, lm, each))
            for each in tqdm(every, desc=lm.info.id, unit="word")
        ]
        made = of_model(lm.info.id, lm.is_causal, every, read)
        arrays |= _pack(made)
        told.append({"model": made.model, "causal": made.causal})
    names = ", ".join(lm.info.id for lm in models)
    where = Provenance.of(STUDY, names, hashes, settings, ("numpy", "torch"))
    words = [_sentences(each) for each in every]
    write_arrays(FILE, arrays, {"models": told, "words": words, "provenance": asdict(where)})
    parts.clear()
    return FILE


def digest(words: Sequence[object]) -> str:
    """Names the sentences: other sentences have another digest."""
    return hashlib.sha256(repr(words).encode()).hexdigest()[:16]


# --- the file -----------------------------------------------------------------------------------


def _sentences(each: WordSenses) -> dict[str, Any]:
    held: dict[str, Any] = {"word": each.word, "kind": each.kind, "senses": each.senses}
    for cue in CUES:
        texts, marks = marked(getattr(each, cue))
        if not texts:
            continue
        places = [find_occurrence(text, each.word) for text in texts]
        held[cue] = {
            "sentences": texts,
            "spans": [(place.start, place.end) for place in places],
            "marks": marks,
        }
    return held


def _pack(made: ModelSenses) -> dict[str, Array]:
    arrays = {f"{made.model}/same": made.same, f"{made.model}/apart": made.apart}
    for name in COMPARED:
        arrays[f"{made.model}/{name}"] = _stacked(getattr(made, name))
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

    def word(i: int, each: Mapping[str, Any], cue: Cue) -> SensesOfWord:
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
        model=model,
        causal=told["causal"],
        words={
            cue: tuple(word(i, e, cue) for i, e in enumerate(e for e in words if cue in e))
            for cue in CUES
        },
        groups={cue: GroupGaps(*arrays[f"{model}/{cue}/groups"]) for cue in CUES},
        **{name: GroupGaps(*arrays[f"{model}/{name}"]) for name in COMPARED},
        same=arrays[f"{model}/same"],
        apart=arrays[f"{model}/apart"],
    )
