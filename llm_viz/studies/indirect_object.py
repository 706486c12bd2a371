"""Who is given the drink? How the model tells the indirect object, and how far heads explain it.

Heads are found on one half of our prompts (`llm_viz.studies.indirect_prompts`) by what they write,
what they look at and what hangs on them (`indirect_heads`, `indirect_classes`). What they amount to
is reported on the other half (`indirect_circuit`). Last, prompts in which the pattern alone is not
enough: who is given the keys at a restaurant?
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from llm_viz.analyses.attention import ranked_heads
from llm_viz.analyses.resampling import CONFIDENCE, RESAMPLES
from llm_viz.model import LanguageModel, load_model
from llm_viz.sampling import next_token_distribution
from llm_viz.studies import indirect_prompts, indirect_results
from llm_viz.studies.indirect_circuit import differences, others, random_heads
from llm_viz.studies.indirect_classes import (
    CLASSES,
    LEAST_EFFECT,
    LEAST_LOOK,
    Class,
    Evidence,
    classes,
)
from llm_viz.studies.indirect_heads import (
    Array,
    Reading,
    backups,
    effects,
    measure,
    measure_many,
    restored,
)
from llm_viz.studies.indirect_prompts import (
    EXAMPLE,
    HALVES,
    VALET_PROMPTS,
    VALET_WORDS,
    Prompt,
    prompts,
    references,
)
from llm_viz.studies.indirect_results import (
    Continuation,
    Found,
    IndirectObject,
    Kept,
    Scores,
    Told,
)
from llm_viz.studies.indirect_statistics import SEED, share_of, with_interval
from llm_viz.studies.results import DATA, Parts, Provenance

__all__ = ["EXAMPLE", "IndirectObject", "Prompt", "Reading", "load", "measure", "run"]

STUDY = "indirect_object"
FILE = DATA / "indirect_object.safetensors"
SHARES = (0.02, 0.04, 0.08, 0.15, 0.25, 0.4, 0.6, 0.8)  # of all heads, for the curve
DRAWS, CURVE_DRAWS = 20, 5
BEST = 5
WRITERS: frozenset[Class] = frozenset({"name mover", "giver suppressor"})


def load(path: Path = FILE) -> IndirectObject:
    """The result as it was computed last."""
    return indirect_results.load(path)


def patched(told: Sequence[Prompt]) -> list[Prompt]:
    """The prompts whose heads are patched: of each template one pair of people, in both orders.

    Patching takes most of the study's time.
    """
    rounds = indirect_prompts.ROUNDS
    pairs = [told[i : i + 2] for i in range(0, len(told), 2)]
    return [
        prompt
        for i, pair in enumerate(pairs)
        if i % rounds == (i // rounds) % rounds
        for prompt in pair
    ]


def digest() -> str:
    """Names the prompts: others have another digest."""
    texts = [prompt.text for half in HALVES for prompt in prompts(half)]
    texts += [text for half in HALVES for several in references(half).values() for text in several]
    return hashlib.sha256("\n".join([*texts, *VALET_PROMPTS]).encode()).hexdigest()[:16]


def run(afresh: bool = False) -> Path:
    """Compute the study, or go on with it, and write its file."""
    lm = load_model(device="cpu")
    settings = {
        "prompts": digest(),
        "least_effect": LEAST_EFFECT,
        "least_look": LEAST_LOOK,
        "draws": [DRAWS, CURVE_DRAWS],
        "shares": list(SHARES),
        "resamples": RESAMPLES,
        "confidence": CONFIDENCE,
        "seed": SEED,
    }
    if not afresh and FILE.exists() and load(FILE).provenance.agrees(lm.info.weight_hash, settings):
        return FILE
    parts = Parts(STUDY, lm.info.weight_hash, settings, afresh=afresh)
    asked = {half: prompts(half) for half in HALVES}
    readings = {half: measure_many(lm, asked[half]) for half in HALVES}
    evidence = _evidence(lm, asked["finding"], readings["finding"], parts)
    circuit = _circuit(lm, asked["finding"], evidence)
    whole, curve, switched_off, without = _reported(
        lm, asked["reporting"], evidence, circuit, parts
    )
    packages = ("numpy", "torch")
    result = IndirectObject(
        scores={half: _scores(readings[half], len(references(half))) for half in HALVES},
        differences={
            half: np.array([each.difference for each in readings[half]]) for half in HALVES
        },
        evidence=evidence,
        circuit=circuit,
        without=without,
        whole=whole,
        curve=curve,
        switched_off=switched_off,
        valet=tuple(go_on(lm, text) for text in VALET_PROMPTS),
        provenance=Provenance.of(STUDY, lm.info.id, lm.info.weight_hash, settings, packages),
    )
    indirect_results.save(FILE, result)
    parts.clear()
    return FILE


def go_on(lm: LanguageModel, text: str) -> Continuation:
    """How a model goes on from one of the valet prompts."""
    probs = next_token_distribution(lm.run(text, ("logits",), positions=[-1]).logits_at()).probs
    best = [int(token) for token in np.argsort(-probs, kind="stable")[:BEST]]
    return Continuation(
        text,
        tuple((lm.tokenizer.show(token), _rounded(probs[token])) for token in best),
        {word: _word(lm, text, word, probs) for word in VALET_WORDS},
    )


def _word(lm: LanguageModel, text: str, word: str, probs: Array) -> tuple[float, int]:
    """The probability that a text goes on with a word, and the rank of the word's first token.

    The word may be several tokens: each then has to come after those before it.
    """
    first, *more = lm.token_ids(word, add_start=False)
    prob = float(probs[first])
    if more:
        trace = lm.run(text + word, ("logits",), positions=range(-len(more) - 1, -1))
        for back, token in enumerate(more, -len(more) - 1):
            prob *= float(next_token_distribution(trace.logits_at(back)).probs[token])
    return round(prob, 8), int((probs > probs[first]).sum()) + 1


def _scores(readings: Sequence[Reading], n_templates: int) -> Scores:
    found = np.array([[each.difference, each.prob_to] for each in readings])
    difference, prob_to = with_interval(found, n_templates).T
    return Scores(
        _told(difference),
        _rounded(float((found[:, 0] > 0).mean())),
        _told(prob_to),
        _rounded(float(np.mean([each.best == f"·{each.prompt.to}" for each in readings]))),
    )


def _evidence(
    lm: LanguageModel, several: Sequence[Prompt], readings: Sequence[Reading], parts: Parts
) -> Evidence:
    texts = references("finding")
    n = len(texts)
    direct = np.stack([reading.direct for reading in readings])
    some = patched(several)
    swept = parts.array("effects", lambda: np.stack(list(vars(effects(lm, some)).values())))
    end, end_indirect, giver, after = (with_interval(rows, n) for rows in swept)
    first = Evidence(
        direct=with_interval(direct, n),
        to_share=with_interval(np.stack([reading.to_share for reading in readings]), n),
        giver_share=with_interval(np.stack([reading.giver_share for reading in readings]), n),
        end=end,
        end_indirect=end_indirect,
        giver=giver,
        next=after,
        backup=np.zeros_like(end),
        looks=np.mean([reading.looks for reading in readings], axis=0),
    )
    writers = [head for head, names in classes(first).items() if WRITERS & set(names)]
    rise = parts.array("backups", lambda: backups(lm, several, direct, writers, texts))
    return replace(first, backup=with_interval(rise, n))


def _circuit(lm: LanguageModel, several: Sequence[Prompt], evidence: Evidence) -> tuple[Found, ...]:
    named = classes(evidence)
    back = np.mean([restored(lm, prompt, list(named)) for prompt in patched(several)], axis=0)
    return tuple(
        Found(layer, head, names, _rounded(evidence.strength[layer, head]), _rounded(rise.max()))
        for ((layer, head), names), rise in zip(named.items(), back, strict=True)
    )


def _reported(
    lm: LanguageModel,
    several: Sequence[Prompt],
    evidence: Evidence,
    circuit: Sequence[Found],
    parts: Parts,
) -> tuple[Kept, tuple[Kept, ...], dict[Class, Kept], Told]:
    """The circuit alone, the strongest heads alone, each class off, and every head off."""
    held = [(found.layer, found.head) for found in circuit]
    order, texts = ranked_heads(evidence.strength), references("reporting")
    counts = sorted({max(1, round(share * len(order))) for share in SHARES})
    by_class = {
        name: [(found.layer, found.head) for found in circuit if name in found.classes]
        for name in CLASSES
    }
    by_class = {name: heads for name, heads in by_class.items() if heads}

    # Each row: the heads that are off, then as many drawn at random.
    rows = [[others(lm, held), *(others(lm, kept) for kept in random_heads(lm, len(held), DRAWS))]]
    rows += [
        [others(lm, order[:n]), *(others(lm, kept) for kept in random_heads(lm, n, CURVE_DRAWS))]
        for n in counts
    ]
    rows += [
        [heads, *random_heads(lm, len(heads), CURVE_DRAWS, without=held)]
        for heads in by_class.values()
    ]
    plan = [[], order, *(heads for row in rows for heads in row)]
    found = parts.array("differences", lambda: differences(lm, several, texts, plan))
    full, without, *rest = found
    told, at = [], 0
    for row in rows:
        told.append(_kept(len(order) - len(row[0]), rest[at : at + len(row)], full, len(texts)))
        at += len(row)
    whole, curve, off = told[0], told[1 : 1 + len(counts)], told[1 + len(counts) :]
    return (
        whole,
        tuple(curve),
        dict(zip(by_class, off, strict=True)),
        _told(with_interval(without, len(texts))),
    )


def _kept(heads: int, found: Sequence[Array], full: Array, n_templates: int) -> Kept:
    """What some heads keep: ``found`` are the differences with them, then with random ones."""
    return Kept(
        heads,
        _told(with_interval(found[0], n_templates)),
        _told(share_of(found[0], full, n_templates)),
        tuple(_rounded(rows.mean()) for rows in found[1:]),
    )


def _told(rows: Array) -> Told:
    value, low, high = map(_rounded, rows)
    return value, low, high


def _rounded(value: float) -> float:
    return round(float(value), 4)
