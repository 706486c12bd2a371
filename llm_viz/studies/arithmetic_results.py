"""What the study `vector_arithmetic` holds, and what a chapter asks of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from llm_viz.studies.answer_scores import Array, Mean, mean_by_name, mean_over_items
from llm_viz.studies.relation_prompts import Item
from llm_viz.studies.results import Provenance

# Of one prediction: log-probability (nats) and rank of both words of an item, then the rank of the
# second among the second words of all items of its relation that the prompt does not give away.
COLUMNS = ("given_log_prob", "given_rank", "answer_log_prob", "answer_rank", "among_answers")
NOTHING = "nothing"


class Told(NamedTuple):
    """Predictions of several items in a few figures.

    Attributes:
        items: how many.
        given, answer: mean probability of the first and of the second word.
        answer_rank: median rank of the second word.
        first: share of the items whose second word is the likeliest token of all.
        own: share whose second word is likelier than that of any other item.
    """

    items: int
    given: Mean
    answer: Mean
    answer_rank: float
    first: Mean
    own: Mean


def told(scores: Array) -> Told:
    """Predictions (item, column), or several of each item (item, n, column), in a few figures.

    Several of one item count as their mean, so that the intervals are those of the items.

    Raises:
        ValueError: there are no items.
    """
    rows = scores.reshape(len(scores), -1, len(COLUMNS)).astype(np.float64)
    column = {name: rows[..., i] for i, name in enumerate(COLUMNS)}
    return Told(
        len(rows),
        mean_over_items(np.exp(column["given_log_prob"]).mean(axis=1)),
        mean_over_items(np.exp(column["answer_log_prob"]).mean(axis=1)),
        float(np.median(column["answer_rank"])),
        mean_over_items((column["answer_rank"] == 1).mean(axis=1)),
        mean_over_items((column["among_answers"] == 1).mean(axis=1)),
    )


@dataclass(frozen=True, eq=False)
class Asked:
    """One way to ask for capitals.

    Attributes:
        name, template: what it is called, and the prompt.
        items: those that it does not give away as examples.
        scores: (item, column), see `COLUMNS`.
    """

    name: str
    template: str
    items: tuple[Item, ...]
    scores: Array

    @property
    def told(self) -> Told:
        """All items in a few figures."""
        return told(self.scores)

    @property
    def says_given(self) -> int:
        """After how many the model says the country itself."""
        return int((self.scores[:, COLUMNS.index("given_rank")] == 1).sum())


@dataclass(frozen=True, eq=False)
class Moved:
    """A vector added after one kind of prompt, and other things added in its place.

    Attributes:
        template: the prompt.
        items: all reported ones.
        variants: what was added; first nothing.
        scores: (item, variant, column), see `COLUMNS`.
    """

    template: str
    items: tuple[Item, ...]
    variants: tuple[str, ...]
    scores: Array

    @property
    def said(self) -> Array:
        """(item,) True where the model says the first word, with nothing added. Others are out."""
        says: Array = self.scores[:, 0, COLUMNS.index("given_rank")] == 1
        return says

    def told(self, variant: str = "the vector") -> Told:
        """The items whose first word is said, with something added; ``"random"``: all of these.

        Raises:
            KeyError: nothing of the kind was added.
        """
        return told(self._of(variant)[self.said])

    def rise(self, variant: str = "the vector") -> Mean:
        """By how much the answer's log-probability rises, in nats; items as in `told`."""
        at = COLUMNS.index("answer_log_prob")
        change = self._of(variant)[..., at].mean(axis=1) - self.scores[:, 0, at]
        return mean_over_items(change[self.said])

    def of(self, given: str, variant: str = "the vector") -> dict[str, float]:
        """By column, of the item with this first word; of several draws their means.

        Raises:
            KeyError: it is not reported.
        """
        at = [first for first, _ in self.items].index(given) if given in dict(self.items) else -1
        if at < 0:
            raise KeyError(f"{given!r} is not reported; there are {', '.join(dict(self.items))}")
        return dict(zip(COLUMNS, map(float, self._of(variant)[at].mean(axis=0)), strict=True))

    def _of(self, variant: str) -> Array:
        """(item, n, column): n is 1 but for ``"random"``."""
        chosen = [
            i
            for i, name in enumerate(self.variants)
            if name == variant or (variant == "random" and name.startswith("random "))
        ]
        if not chosen:
            raise KeyError(f"{variant!r} was not added; there are {', '.join(self.variants)}")
        found: Array = self.scores[:, chosen]
        return found


@dataclass(frozen=True, eq=False)
class RelationResult:
    """What was found of one relation.

    Attributes:
        name: of the relation.
        known, unknown: items whose answer the model gives when asked, and the others.
        reported: the known items that chose nothing.
        ways: (known item, depth, 2 words, 2) log-probability and rank of both words by the logit
            lens where the relation is asked for: the embedding, then after each layer.
        components: names of the model's parts.
        pushes: (known item, component) what each adds to the answer's logit less the given word's.
        grid: (item that chose, layer, scale) log-probability of the answer with the vector added.
        scales: how many times the vector was added.
        layer, scale: chosen.
        vector: (d_model,) of the layer, once; from the items that chose.
        moved: by kind of prompt.
        by_layer: (reported item, layer, column) each layer's own vector at the chosen scale, after
            the first kind of prompt.
        by_scale: (reported item, scale, column) that of the chosen layer.
        without: (reported item, 1 + layer, column) the relation asked for: whole, and with each
            FFN off at the last position.
    """

    name: str
    known: tuple[Item, ...]
    unknown: tuple[Item, ...]
    reported: tuple[Item, ...]
    ways: Array
    components: tuple[str, ...]
    pushes: Array
    grid: Array
    scales: tuple[int, ...]
    layer: int
    scale: int
    vector: Array
    moved: Mapping[str, Moved]
    by_layer: Array
    by_scale: Array
    without: Array

    @property
    def median_ranks(self) -> Array:
        """(depth, 2) the median rank of the given word and of the answer over the known items."""
        ranks: Array = np.median(self.ways[..., 1], axis=0)
        return ranks

    def mean_pushes(self, kind: str = "") -> dict[str, Mean]:
        """By component, all or those of a kind (``"FFN"``), the mean push over the known items."""
        return mean_by_name(self.components, self.pushes, kind)

    def pushed_by(self, kind: str) -> Mean:
        """The mean push of all parts of a kind: ``"FFN"``, ``"attention"`` or ``"embedding"``."""
        chosen = [name.endswith(kind) for name in self.components]
        return mean_over_items(self.pushes[:, chosen].sum(axis=1))

    def layer_told(self, layer: int) -> Told:
        """The vector of another layer, added there; items as in `Moved.told`."""
        return told(self.by_layer[self._said, layer])

    def scale_told(self, scale: int) -> Told:
        """The vector at another scale.

        Raises:
            ValueError: it was not tried.
        """
        if scale not in self.scales:
            raise ValueError(f"scale {scale} was not tried; there are {self.scales}")
        return told(self.by_scale[self._said, self.scales.index(scale)])

    def without_told(self, layer: int | None = None) -> Told:
        """The relation asked for, with one FFN off at the last position; None: whole."""
        return told(self.without[:, 0 if layer is None else 1 + layer])

    @property
    def _said(self) -> Array:
        return next(iter(self.moved.values())).said


@dataclass(frozen=True, eq=False)
class VectorArithmetic:
    """The result of the study.

    Attributes:
        relations: by name: ``"capital"``, ``"past"``, ``"case"``.
        asked: ways to ask for capitals.
        ways: by way to ask: (depth, 2 words, 2) log-probability and rank of *Poland* and *Warsaw*.
        provenance: where the numbers come from.
    """

    relations: Mapping[str, RelationResult]
    asked: tuple[Asked, ...]
    ways: Mapping[str, Array]
    provenance: Provenance
