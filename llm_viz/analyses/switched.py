"""Switching parts of a model off: what is left of its prediction, and which parts are missed.

A part that is off writes zero into the residual stream (`LanguageModel.ablate`), and everything
after it has to do without. Three figures tell what that does after the last token of a text: the
probability of an answer; its *logit difference* to a rival, which is the logarithm of their odds;
and the *loss*, the mean surprise at the tokens of the text itself, in nats a token.

The logit difference as the measure of an ablation: Wang et al., "Interpretability in the Wild"
(2022). That a part is not missed does not say that it does nothing: others may take its place, as
they found (backup heads), and so may parts that do the same anyway. Zero is also not what later
parts are used to see; a mean over other texts would be gentler.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np

from llm_viz.analyses.attribution import Component
from llm_viz.model import LanguageModel
from llm_viz.sampling import log_softmax, next_token_distribution

Array = np.ndarray[Any, np.dtype[Any]]
Token = int | str
Part = Component | str | tuple[int, int]
Edit = tuple[Component, ...]
Measure = Literal["difference", "loss", "p_answer"]

PART = re.compile(r"L(\d+)(?:H(\d+)| (attention|FFN))", re.ASCII)


class Grid(Protocol):
    """Whatever says how many layers there are and how many heads each has: a model's dims."""

    @property
    def n_layers(self) -> int: ...
    @property
    def n_heads(self) -> int: ...


@dataclass(frozen=True, eq=False)
class SwitchedOff:
    """What a model says after a text, with everything on and with parts off.

    Attributes:
        text: the text.
        tokens, token_ids: of it, the start token in front.
        n_layers, n_heads: of the model.
        answer, rival: the tokens whose probabilities are compared.
        edits: (edit,) what is off in each row; the first is empty: everything on.
        followed: (c,) tokens whose probability is known in every row: the likeliest with everything
            on, best first, then the answer and the rival if they are not among these.
        log_probs: (edit, c) theirs, in nats.
        top_ids: (edit, k) the likeliest tokens of each row, best first.
        top_log_probs: (edit, k) theirs.
        top_before: (edit, k) and what they were with everything on.
        losses: (edit,) mean over the text's tokens after the first, in nats; NaN if there are none.
        shown: the names of all these tokens by id, as shown to people.
    """

    text: str
    tokens: tuple[str, ...]
    token_ids: tuple[int, ...]
    n_layers: int
    n_heads: int
    answer: int
    rival: int
    edits: tuple[Edit, ...]
    followed: tuple[int, ...]
    log_probs: Array
    top_ids: Array
    top_log_probs: Array
    top_before: Array
    losses: Array
    shown: dict[int, str]

    @property
    def labels(self) -> tuple[str, ...]:
        """What is off in each row, in words."""
        return tuple(label(edit) for edit in self.edits)

    @property
    def p_answer(self) -> Array:
        """(edit,) the answer's probability."""
        found: Array = np.exp(self.log_probs[:, self.followed.index(self.answer)])
        return found

    @property
    def logit_difference(self) -> Array:
        """(edit,) the answer's logit less the rival's: the logarithm of their odds."""
        answer, rival = map(self.followed.index, (self.answer, self.rival))
        found: Array = self.log_probs[:, answer] - self.log_probs[:, rival]
        return found

    def changes(self, measure: Measure = "difference") -> Array:
        """(edit,) how much each row differs from the first: what switching off did."""
        of = {
            "difference": self.logit_difference,
            "loss": self.losses,
            "p_answer": self.p_answer,
        }[measure]
        found: Array = of - of[0]
        return found

    def row(self, parts: Iterable[Part]) -> int:
        """The row in which just these parts are off.

        Raises:
            KeyError: there is no such row.
        """
        wanted = {component_of(part) for part in ([parts] if isinstance(parts, str) else parts)}
        for row, edit in enumerate(self.edits):
            if wanted == set(edit):
                return row
        raise KeyError(f"there is no row with {label(wanted)} off")

    def top(self, k: int = 10, measure: Measure = "difference") -> list[tuple[str, float]]:
        """The ``k`` rows that moved a measure furthest, up or down, furthest first."""
        changes = self.changes(measure)
        order = np.argsort(-np.abs(changes), kind="stable")
        return [(label(self.edits[i]), float(changes[i])) for i in order if self.edits[i]][:k]


def switched_off(
    lm: LanguageModel,
    text: str,
    edits: Iterable[Iterable[Part]] | None = None,
    *,
    answer: Token | None = None,
    rival: Token | None = None,
    k: int = 5,
    follow: int = 8,
) -> SwitchedOff:
    """Read a text with everything on, then again and again with something off.

    Args:
        lm: a model that predicts tokens and can be opened.
        text: the text; the predictions are those after its last token.
        edits: what is off in each further run: heads as ``"L18H6"`` or ``(18, 6)``, whole layers as
            ``"L16 attention"`` or ``"L9 FFN"``. None: every head by itself.
        answer: by id or by exact text (``" Mary"``); None: the likeliest token with everything on.
        rival: None: the likeliest token besides the answer.
        k: how many of the likeliest tokens of each run are kept.
        follow: of how many of those with everything on the probability is kept in every run.

    Raises:
        ValueError: a part or a token is not understood, a text for a token is not one token, the
            answer is its own rival, or the model is an encoder or read from outside.
        IndexError: a layer, a head or a token's id is out of range.

    Examples:
        >>> switched_off(lm, "The capital of France is").top(3)               # doctest: +SKIP
    """
    if not lm.dims.d_vocab:
        raise ValueError(
            f"{lm.info.id} is an encoder: it predicts no tokens, so nothing can be seen to change"
        )
    if not lm.network.opens:
        raise ValueError(
            f"{lm.info.id} is of an architecture that is read from outside: its parts cannot be "
            "switched off"
        )
    asked = [parts_of(lm.dims, edit) for edit in (every_head(lm.dims) if edits is None else edits)]
    chosen = [None if token is None else lm.token_id(token) for token in (answer, rival)]
    ids = lm.readable(text)
    logits, losses = _runs(lm, text, asked)
    order = next_token_distribution(logits[0]).order
    first = int(order[0]) if chosen[0] is None else chosen[0]
    likeliest = (int(token) for token in order if token != first)
    second = next(likeliest) if chosen[1] is None else chosen[1]
    if first == second:
        raise ValueError(
            f"the answer and the rival are both {lm.tokenizer.show(first)}; name two tokens"
        )
    followed = tuple(dict.fromkeys([*map(int, order[:follow]), first, second]))
    before = log_softmax(logits[0])
    top_ids = np.stack([np.argsort(-row, kind="stable")[:k] for row in logits])
    log_probs, top_log_probs = [], []
    for row, best in zip(logits, top_ids, strict=True):  # in double precision, one at a time
        after = log_softmax(row)
        log_probs.append(after[list(followed)])
        top_log_probs.append(after[best])
    named = {*followed, *map(int, top_ids.flat)}
    return SwitchedOff(
        text=text,
        tokens=tuple(map(lm.tokenizer.show, ids)),
        token_ids=tuple(ids),
        n_layers=lm.dims.n_layers,
        n_heads=lm.dims.n_heads,
        answer=first,
        rival=second,
        edits=((), *asked),
        followed=followed,
        log_probs=np.stack(log_probs),
        top_ids=top_ids,
        top_log_probs=np.stack(top_log_probs),
        top_before=before[top_ids],
        losses=losses,
        shown={token: lm.tokenizer.show(token) for token in sorted(named)},
    )


def every_head(grid: Grid) -> list[Edit]:
    """One edit for each head of a model, which switches off that head alone."""
    return [
        (Component("head", layer, head),)
        for layer in range(grid.n_layers)
        for head in range(grid.n_heads)
    ]


def every_layer(grid: Grid, kind: Literal["attention", "mlp"]) -> list[Edit]:
    """One edit for each layer, which switches off its whole attention, or its FFN."""
    return [(Component(kind, layer),) for layer in range(grid.n_layers)]


def whole_kinds(grid: Grid) -> dict[str, Edit]:
    """By name: all attention off, all FFNs, and both. After the last only the embedding is left."""
    attention, mlp = (
        tuple(Component(kind, layer) for layer in range(grid.n_layers))
        for kind in ("attention", "mlp")
    )
    both = tuple(sorted((*attention, *mlp), key=_depth))
    return {"all attention": attention, "all FFNs": mlp, "everything": both}


def parts_of(grid: Grid, parts: Iterable[Part]) -> Edit:
    """Parts of a model, each once and in order of depth.

    Raises:
        ValueError: a part is not understood.
        IndexError: its layer or head is out of range.
    """
    found = {component_of(part) for part in ([parts] if isinstance(parts, str) else parts)}
    for part in found:
        layer, head = part.layer or 0, part.head or 0
        if not (0 <= layer < grid.n_layers and 0 <= head < grid.n_heads):
            raise IndexError(
                f"there is no {part.label}; layers go from 0 to {grid.n_layers - 1}, heads from 0 "
                f"to {grid.n_heads - 1}"
            )
    return tuple(sorted(found, key=_depth))


def component_of(part: Part) -> Component:
    """A part by its label (``"L18H6"``, ``"L16 attention"``, ``"L9 FFN"``) or as (layer, head).

    Raises:
        ValueError: it is none of these.
    """
    if isinstance(part, Component):
        return part
    if not isinstance(part, str):
        return Component("head", int(part[0]), int(part[1]))
    known = PART.fullmatch(part.strip())
    if known is None:
        raise ValueError(
            f"{part!r} is no part that can be switched off; write a head as L18H6, a layer's "
            "attention as L16 attention, its FFN as L9 FFN"
        )
    layer, head, whole = known.groups()
    if head is not None:
        return Component("head", int(layer), int(head))
    return Component("attention" if whole == "attention" else "mlp", int(layer))


def label(edit: Iterable[Component]) -> str:
    """Parts in words: ``"L17H3, L9 FFN"``; of none, ``"nothing"``."""
    return ", ".join(part.label for part in sorted(edit, key=_depth)) or "nothing"


def _depth(part: Component) -> tuple[int, bool, int]:
    """By layer: its whole attention, its heads, its FFN."""
    return part.layer or 0, part.kind == "mlp", -1 if part.head is None else part.head


def _runs(lm: LanguageModel, text: str, edits: Sequence[Edit]) -> tuple[Array, Array]:
    """Logits after the last token (edit, d_vocab), and losses (edit,); the first with all on."""
    plan = [
        lm.ablation(
            heads=[(part.layer or 0, part.head or 0) for part in edit if part.kind == "head"],
            attns=[part.layer or 0 for part in edit if part.kind == "attention"],
            mlps=[part.layer or 0 for part in edit if part.kind == "mlp"],
        )
        for edit in edits
    ]
    foreseen = len(lm.readable(text)) > 1  # the first token is not
    found = lm.sweep(text, plan, losses=foreseen)
    logits = np.concatenate([found.base_logits, found.logits[:, 0]])
    if found.losses is None or found.base_losses is None:
        return logits, np.full(len(logits), np.nan)
    losses = np.concatenate([found.base_losses[None], found.losses])
    return logits, losses.mean(axis=1, dtype=np.float64)
