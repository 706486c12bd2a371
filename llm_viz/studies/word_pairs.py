"""Does an early feed-forward layer complete a pair of words, such as *Donald* and *Trump*?

The claim is tried on first and second words that always go together: people, places, phrases. After
the first word alone, and at the end of a sentence. A pair counts where the model itself gives the
second word as the likeliest token; how many do not is told.

- The way of the second word through the layers, by the logit lens.
- What each part adds to the logit of the second word, less what it adds to the mean of the other
  pairs' second words: what belongs to this pair, and not to any set phrase.
- The second word's probability with each FFN and each attention layer off by itself, and with
  thirds of the layers off; at the position of the first word alone, for it is there that the pair
  would be completed. "Off" is told in two ways: nothing in its place, or the part's mean over the
  same position of all prompts that count, which takes away only what is of this word.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path

import numpy as np
from tqdm.auto import tqdm

from llm_viz.analyses.attribution import logit_attribution
from llm_viz.analyses.lens import token_paths
from llm_viz.model import LanguageModel, load_model
from llm_viz.model.interventions import Edits
from llm_viz.studies.answer_scores import Array, answer_scores
from llm_viz.studies.pair_results import PAIRS, Pair, PairsIn, WordPairs
from llm_viz.studies.results import DATA, Parts, Provenance, read_arrays, write_arrays

STUDY = "word_pairs"
FILE = DATA / "word_pairs.safetensors"
CONTEXTS = {"alone": " {}", "in a sentence": "Last night they talked for an hour about {}"}
OFF = ("zero", "mean")  # what stands in for a part
THIRDS = 3


def load(path: Path = FILE) -> WordPairs:
    """The result as it was computed last."""
    arrays, told = read_arrays(path)
    contexts = {
        name: PairsIn(
            context=name,
            template=template,
            scores=arrays[f"{name}/scores"],
            known=known_pairs(arrays[f"{name}/scores"]),
            ranks=arrays[f"{name}/ranks"],
            components=tuple(told["components"]),
            pushes=arrays[f"{name}/pushes"],
            edits=tuple(told["edits"]),
            off={by: arrays[f"{name}/off-{by}"] for by in OFF},
        )
        for name, template in told["contexts"].items()
    }
    return WordPairs(contexts, Provenance(**told["provenance"]))


def run(afresh: bool = False) -> Path:
    """Compute the study, or go on with it, and write its file."""
    lm = load_model(device="cpu")
    settings = {
        "pairs": [list(pair) for pair in PAIRS],
        "contexts": dict(CONTEXTS),
        "off": list(OFF),
        "thirds": THIRDS,
    }
    if not afresh and FILE.exists() and load(FILE).provenance.agrees(lm.info.weight_hash, settings):
        return FILE
    parts = Parts(STUDY, lm.info.weight_hash, settings, afresh=afresh)
    arrays: dict[str, Array] = {}
    for name, template in tqdm(CONTEXTS.items(), STUDY, unit="context"):
        scores = parts.array(f"{name}-scores", partial(pair_scores, lm, template, PAIRS))
        known = known_pairs(scores)
        found = {
            "scores": scores,
            "ranks": parts.array(f"{name}-ranks", partial(lens_ranks, lm, template, known)),
            "pushes": parts.array(f"{name}-pushes", partial(pair_pushes, lm, template, known)),
            **{
                f"off-{by}": parts.array(
                    f"{name}-off-{by}", partial(switched, lm, template, known, by)
                )
                for by in OFF
            },
        }
        arrays |= {f"{name}/{key}": value for key, value in found.items()}
    any_text, any_token = CONTEXTS["alone"].format(PAIRS[0][0]), 0  # of any the parts are the same
    told = {
        "contexts": dict(CONTEXTS),
        "components": logit_attribution(lm, any_text, any_token, heads=False).labels,
        "edits": edit_names(lm.dims.n_layers),
    }
    made = Provenance.of(STUDY, lm.info.id, lm.info.weight_hash, settings, ("numpy", "torch"))
    write_arrays(FILE, arrays, {**told, "provenance": asdict(made)})
    parts.clear()
    return FILE


def pair_scores(lm: LanguageModel, template: str, pairs: Sequence[Pair]) -> Array:
    """(pair, 2) log-probability and rank of the second word after the first.

    Raises:
        ValueError: a word is not one token to this model.
    """
    tokens = [[lm.token_id(f" {word}") for word in pair] for pair in pairs]
    traces = lm.run_many(
        [template.format(first) for first, _ in pairs], ("logits",), positions=[-1], batch_size=16
    )
    return np.stack(
        [
            answer_scores(trace["logits"][-1], [second])[0]
            for trace, (_, second) in zip(traces, tokens, strict=True)
        ]
    ).astype(np.float32)


def known_pairs(scores: Array) -> tuple[Pair, ...]:
    """The pairs whose second word is the likeliest token of all."""
    return tuple(pair for pair, rank in zip(PAIRS, scores[:, 1], strict=True) if rank == 1)


def lens_ranks(lm: LanguageModel, template: str, pairs: Sequence[Pair]) -> Array:
    """(pair, depth) rank of the second word by the logit lens."""
    return np.stack(
        [
            token_paths(lm, template.format(first), f" {second}").ranks[:, 0, 0]
            for first, second in pairs
        ]
    ).astype(np.float32)


def pair_pushes(lm: LanguageModel, template: str, pairs: Sequence[Pair]) -> Array:
    """(pair, component) added to the second word, less the mean of the other pairs' second words.

    Second words that several pairs share count once, and not against themselves.
    """
    seconds = list(dict.fromkeys(f" {second}" for _, second in pairs))
    found = []
    for first, second in pairs:
        split = logit_attribution(lm, template.format(first), seconds, heads=False)
        own = seconds.index(f" {second}")
        others = np.delete(split.contributions, own, axis=1).mean(axis=1)
        found.append(split.contributions[:, own] - others)
    return np.stack(found)


def edit_names(n_layers: int) -> tuple[str, ...]:
    """What is switched off in turn, see `PairsIn.edits`."""
    names = [f"L{layer} {kind}" for kind in ("FFN", "attention") for layer in range(n_layers)]
    for kind in ("FFNs", "attention"):
        names += [f"{kind} {group[0]}-{group[-1]}" for group in _groups(n_layers)]
    return tuple(names)


def edits_of(lm: LanguageModel, template: str, known: Sequence[Pair], by: str) -> list[Edits]:
    """The changes of `edit_names`, at the last position; in the same order."""
    texts = [template.format(first) for first, _ in known]
    last = len(lm.token_ids(texts[0])) - 1
    reference = lm.reference(texts, ("attn_out", "mlp_out")) if by == "mean" else None

    def off(kind: str, layers: Iterable[int]) -> Edits:
        return lm.ablation(
            mlps=layers if kind == "FFN" else (),
            attns=layers if kind == "attention" else (),
            by="zero" if reference is None else "mean",
            reference=reference,
            per_position=reference is not None,
            positions=[last],
        )

    n_layers = lm.dims.n_layers
    single = [off(kind, [i]) for kind in ("FFN", "attention") for i in range(n_layers)]
    return single + [
        off(kind, group) for kind in ("FFN", "attention") for group in _groups(n_layers)
    ]


def switched(lm: LanguageModel, template: str, known: Sequence[Pair], by: str) -> Array:
    """(known pair, edit, 2) log-probability and rank of the second word with each thing off."""
    plan = edits_of(lm, template, known, by)
    return np.stack(
        [
            answer_scores(
                lm.sweep(template.format(first), plan).logits[:, 0], [lm.token_id(f" {second}")]
            )[:, 0]
            for first, second in tqdm(known, f"{by} in place", unit="pair", leave=False)
        ]
    ).astype(np.float32)


def _groups(n_layers: int) -> list[range]:
    """The layers that are off together: each third, and the first without the first layer.

    The FFN of that layer works on the word alone, and nothing can be said without it.
    """
    ends = [n_layers * i // THIRDS for i in range(THIRDS + 1)]
    thirds = [range(a, b) for a, b in itertools.pairwise(ends) if a < b]
    rest = thirds[0][1:]
    return [*thirds, rest] if rest else thirds
