"""Early layers grammar, later layers meaning? Which of the two parts a word's vectors first.

Eight words stand as noun and as verb, with one meaning (`llm_viz.studies.grammar_sentences`); the
eight homonyms of `llm_viz.studies.sense_sentences` stand in two meanings, always as a noun. In both
the cue stands before the word. At each depth the gap says how much more alike a word's vectors are
within a side than across (`llm_viz.analyses.sense_gap`).

What is not told apart here: the cue to grammar mostly stands right before the word (*a walk*, *to
walk*), that to meaning further away. So an early gap may say that the cue is near, and not only
that it is one of grammar.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from tqdm.auto import tqdm

from llm_viz.analyses.occurrences import word_vectors
from llm_viz.analyses.resampling import CONFIDENCE, RESAMPLES
from llm_viz.analyses.senses import compare_groups, half_way, sense_gap
from llm_viz.model import LanguageModel, load_model
from llm_viz.studies.grammar_sentences import NOUNS_OR_VERBS
from llm_viz.studies.results import DATA, Provenance, read_json, write_json
from llm_viz.studies.sense_results import SEED, Array, marked
from llm_viz.studies.sense_sentences import WORDS
from llm_viz.studies.word_senses import digest

STUDY = "grammar_first"
HOMONYMS = tuple(each for each in WORDS if each.kind == "homonym")
FILE = DATA / "grammar_first.json"

Told = tuple[float, float, float]  # a value, and the low and high end of its interval
Sides = tuple[tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True)
class GrammarFirst:
    """The result of the study. Depth 0 is the embedding, then the stream after each layer.

    Attributes:
        words: those that are noun or verb.
        homonyms: those in two meanings.
        grammar, meaning: by depth: the mean gap of the words between noun and verb, and of the
            homonyms between two meanings; each with its 95 % interval over words.
        grammar_depth, meaning_depth: the depth at which that mean first reaches half of its own
            maximum, with its interval, see `llm_viz.analyses.half_way`.
        earlier: share of the draws in which grammar gets there first; a tie counts half.
        grammar_gaps, meaning_gaps: by word, by depth: what the means are of.
        provenance: where the numbers come from.
    """

    words: tuple[str, ...]
    homonyms: tuple[str, ...]
    grammar: tuple[Told, ...]
    meaning: tuple[Told, ...]
    grammar_depth: Told
    meaning_depth: Told
    earlier: float
    grammar_gaps: tuple[tuple[float, ...], ...]
    meaning_gaps: tuple[tuple[float, ...], ...]
    provenance: Provenance


def load(path: Path = FILE) -> GrammarFirst:
    """The result as it was computed last."""
    held = read_json(path)
    return GrammarFirst(
        words=tuple(held["words"]),
        homonyms=tuple(held["homonyms"]),
        grammar=tuple(map(tuple, held["grammar"])),
        meaning=tuple(map(tuple, held["meaning"])),
        grammar_depth=tuple(held["grammar_depth"]),
        meaning_depth=tuple(held["meaning_depth"]),
        earlier=held["earlier"],
        grammar_gaps=tuple(map(tuple, held["grammar_gaps"])),
        meaning_gaps=tuple(map(tuple, held["meaning_gaps"])),
        provenance=Provenance(**held["provenance"]),
    )


def run(afresh: bool = False) -> Path:
    """Compute the study and write its file. It takes a minute, so it begins anew if interrupted."""
    lm = load_model(device="cpu")
    settings = {
        "sentences": digest((*NOUNS_OR_VERBS, *HOMONYMS)),
        "resamples": RESAMPLES,
        "confidence": CONFIDENCE,
        "seed": SEED,
    }
    if not afresh and FILE.exists() and load(FILE).provenance.agrees(lm.info.weight_hash, settings):
        return FILE
    parts_of_speech = [(each.word, (each.noun, each.verb)) for each in NOUNS_OR_VERBS]
    meanings = [(each.word, each.before) for each in HOMONYMS]
    grammar, meaning = _gaps(lm, "grammar", parts_of_speech), _gaps(lm, "meaning", meanings)
    means = compare_groups(grammar, meaning, seed=SEED)
    grown = half_way(grammar, meaning, seed=SEED)
    packages = ("numpy", "torch")
    result = GrammarFirst(
        words=tuple(word for word, _ in parts_of_speech),
        homonyms=tuple(word for word, _ in meanings),
        grammar=_told(means.first),
        meaning=_told(means.second),
        grammar_depth=grown.first,
        meaning_depth=grown.second,
        earlier=grown.earlier,
        grammar_gaps=_rounded(grammar),
        meaning_gaps=_rounded(meaning),
        provenance=Provenance.of(STUDY, lm.info.id, lm.info.weight_hash, settings, packages),
    )
    write_json(FILE, asdict(result))
    return FILE


def word_gap(lm: LanguageModel, word: str, sides: Sides) -> Array:
    """(depth,) how much more alike a word's vectors are within each side than across."""
    texts, marks = marked(sides)
    return sense_gap(word_vectors(lm, texts, word).vectors, marks, resamples=1).gap


def _gaps(lm: LanguageModel, doing: str, words: Sequence[tuple[str, Sides]]) -> Array:
    """(word, depth)."""
    each = tqdm(words, f"grammar first: {doing}", unit="word")
    return np.stack([word_gap(lm, word, sides) for word, sides in each])


def _told(rows: Array) -> tuple[Told, ...]:
    return tuple((value, low, high) for value, low, high in _rounded(rows))


def _rounded(rows: Array) -> tuple[tuple[float, ...], ...]:
    return tuple(map(tuple, np.round(rows, 4).tolist()))
