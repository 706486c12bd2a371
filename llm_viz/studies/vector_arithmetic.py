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

from llm_viz.analyses.attribution import attribution_sites, logit_attribution
from llm_viz.analyses.lens import token_paths
from llm_viz.model import LanguageModel, load_model
from llm_viz.model.interventions import Edits
from llm_viz.studies.answer_scores import Array, answer_scores
from llm_viz.studies.arithmetic_results import (
    COLUMNS,
    Asked,
    Moved,
    RelationResult,
    VectorArithmetic,
)
from llm_viz.studies.relation_prompts import ASKED, RELATIONS, SHOWN, Item, Relation, filled
from llm_viz.studies.results import DATA, Parts, Provenance, read_arrays, write_arrays
from llm_viz.trace import Trace

STUDY = "vector_arithmetic"
FILE = DATA / "vector_arithmetic.safetensors"
SCALES = (1, 2, 4, 8)
RANDOM = 3
SEED = 0
WRITES = ("mlp_out", "attn_out")


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
    parts = Parts(STUDY, lm.info.weight_hash, settings)
    if afresh:
        parts.clear()
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
    _, told["components"] = pushes(lm, RELATIONS[0], known[RELATIONS[0].name][:1])
    told["scales"] = list(SCALES)
    packages = ("numpy", "torch")
    made = Provenance.of(STUDY, lm.info.id, lm.info.weight_hash, settings, packages)
    write_arrays(FILE, arrays, {**told, "provenance": asdict(made)})
    parts.clear()
    return FILE


# --- asking ---------------------------------------------------------------------------------


def askable(relation: Relation, template: str) -> tuple[Item, ...]:
    """The items of a relation that a prompt does not itself give away."""
    return tuple(item for item in relation.items if item[1] not in template)


def asked_scores(lm: LanguageModel, template: str, items: Sequence[Item]) -> Array:
    """(item, column) what is predicted after a prompt with the first word of each item."""
    answers = [lm.token_id(f" {answer}") for _, answer in items]
    texts = [filled(template, given) for given, _ in items]
    traces = lm.run_many(texts, ("logits",), positions=[-1])
    return np.stack(
        [
            columns(lm, trace["logits"][-1], item, answers)
            for item, trace in zip(items, traces, strict=True)
        ]
    )


def columns(lm: LanguageModel, logits: Array, item: Item, answers: Sequence[int]) -> Array:
    """(…, column) of predictions (…, d_vocab), see `COLUMNS`."""
    given, answer = (lm.token_id(f" {word}") for word in item)
    scores = answer_scores(logits, (given, answer))
    own = logits[..., answer, None]
    among = 1 + (logits[..., list(answers)] > own).sum(axis=-1)
    flat = scores.reshape(*scores.shape[:-2], 4)
    return np.concatenate([flat, among[..., None]], axis=-1).astype(np.float32)


def known_items(relation: Relation, scores: Array) -> tuple[Item, ...]:
    """The items of which the answer is the likeliest token of all."""
    ranks = scores[:, COLUMNS.index("answer_rank")]
    return tuple(item for item, rank in zip(relation.items, ranks, strict=True) if rank == 1)


def halves(relation: Relation, known: Iterable[Item]) -> tuple[tuple[Item, ...], tuple[Item, ...]]:
    """The known items that choose, and those that are reported: by their place in the list."""
    kept = set(known)
    first, second = (
        tuple(item for item in relation.items[start::2] if item in kept) for start in (0, 1)
    )
    return first, second


def way(lm: LanguageModel, text: str, item: Item) -> Array:
    """(depth, 2 words, 2) log-probability and rank of both words of an item at each depth."""
    paths = token_paths(lm, text, [f" {word}" for word in item])
    return np.stack([paths.log_probs[:, 0], paths.ranks[:, 0]], axis=-1).astype(np.float32)


def pushes(
    lm: LanguageModel, relation: Relation, items: Sequence[Item]
) -> tuple[Array, tuple[str, ...]]:
    """(item, component) added to the answer's logit less that of the given word, and the names."""
    found = []
    labels: tuple[str, ...] = ()
    for given, answer in items:
        trace = lm.run(filled(relation.asks, given), attribution_sites(heads=False))
        split = logit_attribution(lm, trace, f" {answer}", minus=f" {given}", heads=False)
        found.append(split.contributions[:, 0])
        labels = split.labels
    return np.stack(found), labels


# --- the vector -----------------------------------------------------------------------------


def item_vectors(lm: LanguageModel, relation: Relation, items: Sequence[Item]) -> Array:
    """(item, 2, layer, d_model) what FFNs and attention write more where the relation is asked for.

    Of each item: what is written at the last position of the prompt that asks, less the mean over
    the prompts that do not.
    """

    def last(template: str, given: str) -> Array:
        trace = lm.run(filled(template, given), WRITES)
        return np.stack([trace[site][:, -1] for site in WRITES])

    return np.stack(
        [
            last(relation.asks, given)
            - np.mean([last(template, given) for template in relation.plain], axis=0)
            for given, _ in items
        ]
    )


def added(lm: LanguageModel, text: str | Trace, layer: int, *vectors: Array) -> tuple[Edits, ...]:
    """Changes that each add one vector to what an FFN writes at the last position of a text.

    Args:
        lm: the model.
        text: the text that will be read with the change, or a trace of it with ``mlp_out``.
        layer: of the FFN.
        vectors: (d_model,) each.

    Examples:
        >>> (edit,) = added(lm, "China, China,", 24, 4 * vector)             # doctest: +SKIP
        >>> with lm.edit(edit): lm.run("China, China,")                      # doctest: +SKIP
    """
    trace = lm.run(text, ("mlp_out",)) if isinstance(text, str) else text
    own = trace["mlp_out"][layer, -1]
    at = [len(trace) - 1]
    return tuple(
        lm.patching((own + vector)[None], "mlp_out", layers=layer, positions=at)
        for vector in vectors
    )


def tried(
    lm: LanguageModel, relation: Relation, template: str, item: Item, plan: Sequence[Edits]
) -> Array:
    """(1 + change, column) of one item under no change and under each of some."""
    found = lm.sweep(filled(template, item[0]), plan)
    logits = np.concatenate([found.base_logits[None], found.logits])[:, 0]
    answers = [lm.token_id(f" {answer}") for _, answer in relation.items]
    return columns(lm, logits, item, answers)


def grid(lm: LanguageModel, relation: Relation, items: Sequence[Item], vectors: Array) -> Array:
    """(item, layer, scale) log-probability of the answer with the vector of the other items added.

    Args:
        lm: the model.
        relation: its first prompt of `Relation.says` is used.
        items: those that choose.
        vectors: (item, layer, d_model) of these.
    """
    template = next(iter(relation.says.values()))
    others = (vectors.sum(axis=0) - vectors) / (len(vectors) - 1)
    rows = []
    for item, mean in zip(items, others, strict=True):
        trace = lm.run(filled(template, item[0]), ("mlp_out",))
        plan = [
            edit
            for layer in range(len(mean))
            for edit in added(lm, trace, layer, *(scale * mean[layer] for scale in SCALES))
        ]
        scores = tried(lm, relation, template, item, plan)[1:, COLUMNS.index("answer_log_prob")]
        rows.append(scores.reshape(len(mean), len(SCALES)))
    return np.stack(rows)


def variants(
    vectors: Mapping[str, Array], relation: str, layer: int, scale: float
) -> dict[str, Array]:
    """By name, what is added in turn, (d_model,); all but the attention's are of one size.

    Args:
        vectors: by relation: (item, 2, layer, d_model), see `item_vectors`.
        relation: whose vector is tried.
        layer, scale: as they were chosen for it.
    """
    means = {name: held.mean(axis=0)[:, layer] for name, held in vectors.items()}
    vector, attention = scale * means[relation]
    size = float(np.linalg.norm(vector))

    def sized(direction: Array) -> Array:
        made: Array = direction * (size / np.linalg.norm(direction))
        return made

    drawn = np.random.default_rng(SEED).standard_normal((RANDOM, len(vector)))
    return {
        "the vector": vector,
        "turned round": -vector,
        "the layer's attention": attention,
        **{f"that of {name}": sized(means[name][0]) for name in means if name != relation},
        **{f"random {i}": sized(row) for i, row in enumerate(drawn.astype(np.float32))},
    }


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
        "pushes": part("pushes", lambda: pushes(lm, relation, known)[0]),
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
            partial(_moved, lm, relation, template, reported, layer, list(changes.values())),
        )
        contexts[context] = template
    template = next(iter(relation.says.values()))
    every = [scale * row for row in mean]
    arrays["by_layer"] = part(
        "by_layer",
        lambda: np.stack([_each_layer(lm, relation, template, item, every) for item in reported]),
    )
    arrays["by_scale"] = part(
        "by_scale",
        lambda: _moved(
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


def _moved(
    lm: LanguageModel,
    relation: Relation,
    template: str,
    items: Sequence[Item],
    layer: int,
    vectors: Sequence[Array],
) -> Array:
    """(item, 1 + vector, column): nothing added, then each vector."""
    return np.stack(
        [
            tried(
                lm,
                relation,
                template,
                item,
                added(lm, filled(template, item[0]), layer, *vectors),
            )
            for item in items
        ]
    )


def _each_layer(
    lm: LanguageModel, relation: Relation, template: str, item: Item, vectors: Sequence[Array]
) -> Array:
    """(layer, column): each layer's vector added there."""
    trace = lm.run(filled(template, item[0]), ("mlp_out",))
    plan = [added(lm, trace, layer, vector)[0] for layer, vector in enumerate(vectors)]
    return tried(lm, relation, template, item, plan)[1:]


def without_each(lm: LanguageModel, relation: Relation, item: Item) -> Array:
    """(1 + layer, column) where the relation is asked for: whole, then each FFN off at the end."""
    last = len(lm.token_ids(filled(relation.asks, item[0]))) - 1
    plan = [lm.ablation(mlps=[layer], positions=[last]) for layer in range(lm.dims.n_layers)]
    return tried(lm, relation, relation.asks, item, plan)


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
    moved = {
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
        moved=moved,
        by_layer=of("by_layer"),
        by_scale=of("by_scale"),
        without=of("without"),
    )
