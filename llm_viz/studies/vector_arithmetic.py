"""Does a feed-forward layer add "capital of" as one vector, whatever the country?

Merullo, Eickhoff and Pavlick, "Language Models Implement Simple Word2Vec-style Vector Arithmetic"
(2023), saw it in GPT-2: a model that is asked for Poland's capital first has *Poland* at the last
word, then one FFN adds a vector, and *Warsaw* comes out; and the same vector, added elsewhere,
turns China into Beijing. Here for three relations (`llm_viz.studies.relation_prompts`), each
tried on items whose answer the model knows; the others are counted:

1. the way of the first and the second word through the layers, by the logit lens, and what each
   part of the model added to the second word's logit, the first word's taken away;
2. the mean of what each FFN writes at the last position when the relation is asked for, less its
   mean on prompts that end alike and do not ask. From half of the items, and the layer and the
   scale are chosen on that half, each item tried with the vector of the others;
3. that vector added for the other half, after prompts that make the model say the first word,
   beside nothing, random vectors and those of the other relations of the same size, what the
   layer's attention adds, the vector turned round, and every other layer and scale;
4. each FFN switched off at the last position where the relation is asked for, likewise.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from tqdm.auto import tqdm

from llm_viz.model import LanguageModel, load_model
from llm_viz.studies.answer_scores import Array
from llm_viz.studies.arithmetic_results import (
    Asked,
    Moved,
    RelationResult,
    VectorArithmetic,
)
from llm_viz.studies.moved_vectors import (
    RANDOM,
    SCALES,
    SEED,
    askable,
    asked_scores,
    each_layer,
    grid,
    halves,
    item_vectors,
    known_items,
    moved,
    pushed,
    pushes,
    variants,
    way,
    without_each,
)
from llm_viz.studies.relation_prompts import ASKED, RELATIONS, SHOWN, Item, Relation, filled
from llm_viz.studies.results import DATA, Parts, Provenance, read_arrays, write_arrays

STUDY = "vector_arithmetic"
FILE = DATA / "vector_arithmetic.safetensors"


def load(path: Path = FILE) -> VectorArithmetic:
    """The result as it was computed last."""
    arrays, told = read_arrays(path)
    asked = tuple(
        Asked(name, template, _items(told["asked_items"][name]), arrays[f"asked/{name}"])
        for name, template in told["asked"].items()
    )
    ways = {name: arrays[f"way/{name}"] for name in told["asked"]}
    relations = {
        name: _relation(name, held, arrays, told["components"], told["scales"])
        for name, held in told["relations"].items()
    }
    return VectorArithmetic(relations, asked, ways, Provenance(**told["provenance"]))


def run(afresh: bool = False) -> Path:
    """Compute the study, or go on with it, and write its file."""
    lm = load_model(device="cpu")
    settings = {
        "relations": [
            [r.name, list(map(list, r.items)), r.asks, list(r.plain), dict(r.says)]
            for r in RELATIONS
        ],
        "asked": dict(ASKED),
        "scales": list(SCALES),
        "random": RANDOM,
        "seed": SEED,
    }
    if not afresh and FILE.exists() and load(FILE).provenance.agrees(lm.info.weight_hash, settings):
        return FILE
    parts = Parts(STUDY, lm.info.weight_hash, settings, afresh=afresh)
    arrays: dict[str, Array] = {}
    told: dict[str, Any] = {"asked": dict(ASKED), "asked_items": {}, "relations": {}}
    for name, template in tqdm(ASKED.items(), "asking for capitals", unit="prompt"):
        items = askable(RELATIONS[0], template)
        told["asked_items"][name] = items
        ask = partial(asked_scores, lm, template, items)
        arrays[f"asked/{name}"] = parts.array(f"asked-{name}", ask)
        arrays[f"way/{name}"] = way(lm, filled(template, SHOWN), _shown(RELATIONS[0]))
    known, vectors = {}, {}
    for relation in RELATIONS:
        scores = parts.array(
            f"{relation.name}-known",
            partial(asked_scores, lm, relation.asks, relation.items),
        )
        known[relation.name] = known_items(relation, scores)
        chosen_on = halves(relation, known[relation.name])[0]
        vectors[relation.name] = parts.array(
            f"{relation.name}-vectors", partial(item_vectors, lm, relation, chosen_on)
        )
    for relation in tqdm(RELATIONS, STUDY, unit="relation"):
        found, text = _measured(lm, relation, known[relation.name], vectors, parts)
        arrays |= {f"{relation.name}/{key}": value for key, value in found.items()}
        told["relations"][relation.name] = text
    told["components"] = pushed(lm, RELATIONS[0], RELATIONS[0].items[0]).labels
    told["scales"] = list(SCALES)
    packages = ("numpy", "torch")
    made = Provenance.of(STUDY, lm.info.id, lm.info.weight_hash, settings, packages)
    write_arrays(FILE, arrays, {**told, "provenance": asdict(made)})
    parts.clear()
    return FILE


# --- inside ---------------------------------------------------------------------------------


def _measured(
    lm: LanguageModel,
    relation: Relation,
    known: tuple[Item, ...],
    vectors: Mapping[str, Array],
    parts: Parts,
) -> tuple[dict[str, Array], dict[str, Any]]:
    """The arrays of one relation, and what is told of them."""

    def part(name: str, make: Any) -> Array:
        return parts.array(f"{relation.name}-{name}", make)

    chosen_on, reported = halves(relation, known)
    own = vectors[relation.name]
    arrays = {
        "ways": part(
            "ways",
            lambda: np.stack([way(lm, filled(relation.asks, item[0]), item) for item in known]),
        ),
        "pushes": part("pushes", lambda: pushes(lm, relation, known)),
        "grid": part("grid", lambda: grid(lm, relation, chosen_on, own[:, 0])),
    }
    best = arrays["grid"].mean(axis=0)
    layer, at = map(int, np.unravel_index(int(best.argmax()), best.shape))
    scale = SCALES[at]
    mean = own.mean(axis=0)[0]
    arrays["vector"] = mean[layer]
    changes = variants(vectors, relation.name, layer, scale)
    contexts: dict[str, Any] = {}
    for context, template in tqdm(relation.says.items(), f"moving {relation.name}", unit="prompt"):
        arrays[f"moved/{context}"] = part(
            f"moved-{context}",
            partial(moved, lm, relation, template, reported, layer, list(changes.values())),
        )
        contexts[context] = template
    template = next(iter(relation.says.values()))
    every = [scale * row for row in mean]
    arrays["by_layer"] = part(
        "by_layer",
        lambda: np.stack([each_layer(lm, relation, template, item, every) for item in reported]),
    )
    arrays["by_scale"] = part(
        "by_scale",
        lambda: moved(
            lm, relation, template, reported, layer, [each * mean[layer] for each in SCALES]
        )[:, 1:],
    )
    arrays["without"] = part(
        "without",
        lambda: np.stack([without_each(lm, relation, item) for item in reported]),
    )
    return arrays, {
        "known": known,
        "unknown": [item for item in relation.items if item not in known],
        "reported": reported,
        "layer": layer,
        "scale": scale,
        "variants": ["nothing", *changes],
        "contexts": contexts,
    }


def _shown(relation: Relation) -> Item:
    return next(item for item in relation.items if item[0] == SHOWN)


def _items(held: Iterable[Sequence[str]]) -> tuple[Item, ...]:
    return tuple((first, second) for first, second in held)


def _relation(
    name: str,
    held: Mapping[str, Any],
    arrays: Mapping[str, Array],
    components: Sequence[str],
    scales: Sequence[int],
) -> RelationResult:
    def of(part: str) -> Array:
        return arrays[f"{name}/{part}"]

    reported = _items(held["reported"])
    by_context = {
        context: Moved(template, reported, tuple(held["variants"]), of(f"moved/{context}"))
        for context, template in held["contexts"].items()
    }
    return RelationResult(
        name=name,
        known=_items(held["known"]),
        unknown=_items(held["unknown"]),
        reported=reported,
        ways=of("ways"),
        components=tuple(components),
        pushes=of("pushes"),
        grid=of("grid"),
        scales=tuple(scales),
        layer=held["layer"],
        scale=held["scale"],
        vector=of("vector"),
        moved=by_context,
        by_layer=of("by_layer"),
        by_scale=of("by_scale"),
        without=of("without"),
    )
