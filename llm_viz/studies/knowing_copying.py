"""Do the FFNs know and the attention layers copy? Each window of either is switched off."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from tqdm.auto import tqdm

from llm_viz.analyses.layer_windows import KINDS, WindowsOff, said
from llm_viz.analyses.senses import CONFIDENCE, RESAMPLES
from llm_viz.model import Edits, LanguageModel, load_model
from llm_viz.studies.facts_and_copies import Candidate, candidates
from llm_viz.studies.results import DATA, Array, Parts

STUDY = "knowing_copying"
FILE = DATA / "knowing_copying.safetensors"
SEED = 0
EVERY_THIRD = 3  # of the candidates, for the means


def reference_texts() -> list[str]:
    """The texts over which a part's output is averaged: every third candidate, of both groups."""
    return [candidate.text for candidate in candidates()[::EVERY_THIRD]]


def settings() -> dict[str, Any]:
    """What is asked for."""
    texts = "\n".join(f"{each}" for each in candidates())
    return {
        "candidates": hashlib.sha256(texts.encode()).hexdigest()[:16],
        "reference": EVERY_THIRD,
        "resamples": RESAMPLES,
        "confidence": CONFIDENCE,
        "seed": SEED,
    }


def before(lm: LanguageModel, several: Sequence[Candidate]) -> Array:
    """(candidate, 4): with all on, the answer's log-probability and the likeliest token.

    Then both again without what was told.
    """
    found = []
    for each in tqdm(several, "knowing and copying: asking", unit="question"):
        rows = [said(lm, text, each.answer, [Edits()]) for text in (each.text, each.asked)]
        found.append([row for one in rows for row in (one.log_probs[0], one.best[0])])
    return np.array(found)


def with_windows_off(windows: WindowsOff, each: Candidate) -> Array:
    """(kind, window, 2): the answer's log-probability and the likeliest token."""
    rows = [windows.every(each.text, each.answer, kind) for kind in KINDS]
    return np.array([np.stack([row.log_probs, row.best], axis=-1) for row in rows])


def with_layers_zero(lm: LanguageModel, each: Candidate) -> Array:
    """(kind, layer, 2): likewise, with one layer's output replaced by zeros."""
    layers = range(lm.dims.n_layers)
    plan = [lm.ablation(mlps=[i]) for i in layers] + [lm.ablation(attns=[i]) for i in layers]
    row = said(lm, each.text, each.answer, plan)
    return np.stack([row.log_probs, row.best], axis=-1).reshape(len(KINDS), len(layers), 2)


def measure(afresh=False):
    lm = load_model(device="cpu")
    asked = settings()
    parts = Parts(STUDY, lm.info.weight_hash, asked)
    several = candidates()
    known = parts.array("before", lambda: before(lm, several))
    off = WindowsOff(lm, reference_texts())
    right = [
        i
        for i, (each, row) in enumerate(zip(several, known))
        if row[1] == lm.token_id(each.answer) and (each.group == "fact" or row[3] != row[1])
    ]
    for i in tqdm(right, "knowing and copying: windows off", unit="item"):
        parts.array(f"zero-{i}", lambda: with_layers_zero(lm, several[i]))
        parts.array(f"off-{i}", lambda: with_windows_off(off, several[i]))


if __name__ == "__main__":
    measure()
