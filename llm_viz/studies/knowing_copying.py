"""Do the FFNs know and the attentions copy? Every window of either is switched off.

Facts that nothing in the prompt tells, and copies of what the prompt just told
(`llm_viz.studies.facts_and_copies`), as far as the whole model gets them right. Then the FFNs, or
the attentions, of every window of layers are off: their means over a third of the questions stand
in (`llm_viz.analyses.layer_windows`). For each kind and width, the window that most lowers facts
and spares copies, and the one that does the reverse, are chosen on one half of the items and
reported on the other. Last, with each of these off, every fact is put in front of its question: is
it regained? And is something wrong repeated, if that stands there?
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from tqdm.auto import tqdm

from llm_viz.analyses.layer_windows import KINDS, Window, WindowsOff, said
from llm_viz.analyses.resampling import CONFIDENCE, RESAMPLES
from llm_viz.model import Edits, LanguageModel, load_model
from llm_viz.packed import from_steps, to_steps
from llm_viz.studies import knowing_results
from llm_viz.studies.facts_and_copies import Candidate, candidates, typical_texts
from llm_viz.studies.knowing_choice import WIDTHS, choose
from llm_viz.studies.knowing_results import (
    Excluded,
    Item,
    KnowingCopying,
)
from llm_viz.studies.knowing_statistics import SEED, halves
from llm_viz.studies.results import DATA, Array, Parts, Provenance

__all__ = ["KnowingCopying", "load", "run"]

STUDY = "knowing_copying"
FILE = DATA / "knowing_copying.safetensors"


def load(path: Path = FILE) -> KnowingCopying:
    """The result as it was computed last."""
    return knowing_results.load(path)


def settings() -> dict[str, Any]:
    """What is asked for."""
    texts = "\n".join([*map(str, candidates()), *typical_texts()])
    return {
        "questions": hashlib.sha256(texts.encode()).hexdigest()[:16],
        "widths": list(WIDTHS),
        "resamples": RESAMPLES,
        "confidence": CONFIDENCE,
        "seed": SEED,
    }


def run(afresh: bool = False) -> Path:
    """Compute the study, or go on with it, and write its file."""
    lm = load_model(device="cpu")
    asked = settings()
    if not afresh and FILE.exists() and load(FILE).provenance.agrees(lm.info.weight_hash, asked):
        return FILE
    parts = Parts(STUDY, lm.info.weight_hash, asked, afresh=afresh)
    several = candidates()
    before = parts.array("before", partial(as_it_is, lm, several))
    known = [i for i, each in enumerate(several) if _is_known(lm, each, before[i])]
    off = WindowsOff(lm, typical_texts())
    zeroed, swept = [], []
    for i in tqdm(known, "knowing and copying: windows off", unit="item"):
        zeroed.append(parts.array(f"zero-{i}", partial(with_layers_zero, lm, several[i])))
        swept.append(parts.array(f"off-{i}", partial(with_windows_off, off, several[i])))
    items = _items(lm, [several[i] for i in known])
    zero_log_probs, zero_best = _apart(zeroed)
    log_probs, best = (each.reshape(len(items), -1) for each in _apart(swept))
    excluded = tuple(
        _excluded(lm, each, before[i]) for i, each in enumerate(several) if i not in known
    )
    packages = ("numpy", "torch")
    study = KnowingCopying(
        items=items,
        excluded=excluded,
        n_layers=lm.dims.n_layers,
        before=from_steps(to_steps(before[known, 0])),  # as the file holds it: what is chosen
        log_probs=from_steps(to_steps(log_probs)),  # must follow from that
        best=best,
        zero_log_probs=zero_log_probs,
        zero_best=zero_best,
        told_log_probs=np.zeros((0, 0, 0)),
        told_best=np.zeros((0, 0, 0), np.int64),
        told_windows=(),
        answers=np.array([lm.token_id(item.answer) for item in items]),
        wrong=np.array([lm.token_id(item.wrong) if item.wrong else -1 for item in items]),
        names={},
        chosen=(),
        provenance=Provenance.of(STUDY, lm.info.id, lm.info.weight_hash, asked, packages),
    )
    study = replace(study, chosen=choose(study))
    windows = tuple(dict.fromkeys(each.window for each in study.chosen))
    facts = [(i, item) for i, item in zip(known, items, strict=True) if item.group == "fact"]
    told = [
        parts.array(f"told-{i}", partial(with_facts_told, off, item, windows))
        for i, item in tqdm(facts, "knowing and copying: facts told", unit="fact")
    ]
    told_log_probs, told_best = (each.swapaxes(0, 1) for each in _apart(told))
    named = {*best.flat, *zero_best.flat, *told_best.flat, *study.answers}
    knowing_results.save(
        FILE,
        replace(
            study,
            told_log_probs=told_log_probs,
            told_best=told_best,
            told_windows=windows,
            names={int(token): lm.tokenizer.show(int(token)) for token in sorted(named)},
        ),
    )
    parts.clear()
    return FILE


def as_it_is(lm: LanguageModel, several: Sequence[Candidate]) -> Array:
    """(candidate, 4): the answer's log-probability and the likeliest token, with everything on.

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
    """(kind, layer, 2): likewise, with zeros in the place of one layer's output."""
    layers = range(lm.dims.n_layers)
    plan = [lm.ablation(mlps=[i]) for i in layers] + [lm.ablation(attns=[i]) for i in layers]
    row = said(lm, each.text, each.answer, plan)
    return np.stack([row.log_probs, row.best], axis=-1).reshape(len(KINDS), len(layers), 2)


def with_facts_told(off: WindowsOff, each: Candidate, windows: Sequence[Window]) -> Array:
    """(telling, 1 + window, 2): likewise, of what was told: the fact, and something wrong.

    With everything on first, then with each of the windows off.
    """
    plan = [Edits(), *map(off.ablation, windows)]
    rows = [said(off.lm, each.after(word), word, plan) for word in (each.answer, each.wrong)]
    return np.array([np.stack([row.log_probs, row.best], axis=-1) for row in rows])


def _is_known(lm: LanguageModel, each: Candidate, row: Array) -> bool:
    """The answer comes; and that of a copy only when it was told."""
    _, best, _, best_untold = row
    answer = lm.token_id(each.answer)
    return bool(best == answer and (each.group == "fact" or best_untold != answer))


def _items(lm: LanguageModel, known: Sequence[Candidate]) -> tuple[Item, ...]:
    chosen_on = halves([(each.group, each.kind) for each in known])
    return tuple(
        Item(
            **asdict(each),
            half="choosing" if chooses else "reporting",
            n_tokens=len(lm.token_ids(each.text)),
        )
        for each, chooses in zip(known, chosen_on, strict=True)
    )


def _excluded(lm: LanguageModel, each: Candidate, row: Array) -> Excluded:
    log_prob, best, *_ = row
    untold = bool(best == lm.token_id(each.answer))
    return Excluded(each, lm.tokenizer.show(int(best)), round(float(np.exp(log_prob)), 4), untold)


def _apart(rows: Sequence[Array]) -> tuple[Array, Array]:
    """Log-probabilities and tokens, which the last axis holds side by side."""
    both = np.stack(rows)
    return both[..., 0], both[..., 1].astype(np.int64)
