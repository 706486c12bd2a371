"""What the study `vector_arithmetic` measures: prompts asked, vectors taken, and vectors added."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from llm_viz.analyses.attribution import Attribution, logit_attribution
from llm_viz.analyses.lens import token_paths
from llm_viz.model import LanguageModel
from llm_viz.model.interventions import Edits
from llm_viz.studies.answer_scores import Array, answer_scores
from llm_viz.studies.arithmetic_results import COLUMNS
from llm_viz.studies.relation_prompts import Item, Relation, filled
from llm_viz.trace import Trace

SCALES = (1, 2, 4, 8)
RANDOM = 3
SEED = 0
WRITES = ("mlp_out", "attn_out")


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


def pushed(lm: LanguageModel, relation: Relation, item: Item) -> Attribution:
    """What each part adds to the answer's logit less that of the given word."""
    given, answer = (f" {word}" for word in item)
    text = filled(relation.asks, item[0])
    return logit_attribution(lm, text, answer, minus=given, heads=False)


def pushes(lm: LanguageModel, relation: Relation, items: Sequence[Item]) -> Array:
    """(item, component) likewise, of several items."""
    return np.stack([pushed(lm, relation, item).contributions[:, 0] for item in items])


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

    Raises:
        ValueError: there are fewer than two items, so that one has no others.
    """
    if len(items) < 2:
        raise ValueError(
            f"{len(items)} known items of {relation.name!r} choose; at least two are needed"
        )
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


def moved(
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


def each_layer(
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
