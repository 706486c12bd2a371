"""Direct logit attribution: how much each part of the model pushed a token up or down.

Every part adds to the residual stream, and the stream becomes logits by one norm and one product.
The norm divides by the stream's size. With that size held at what it was, all of it is linear (a
LayerNorm's centring too), and a logit is exactly the sum of what the parts added:

    logit_t = Σ_parts (part - mean) / scale * w · W_U[t]  +  (b · W_U[t] + b_U[t])

(RMSNorm does not take the mean away, and many families have no biases.) The residual stream as a
sum of what is written to it: Elhage et al., "A Mathematical Framework for Transformer Circuits"
(2021). Reading it with the unembedding: nostalgebraist, "interpreting GPT: the logit lens" (2020).
Head by head, for a difference of two logits: Wang et al., "Interpretability in the Wild" (2022).

*Direct* is the limit of it: what a part does by way of later parts is counted with those. And the
frozen scale means that these are shares of what happened, not what would happen without a part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from llm_viz.model import LanguageModel
from llm_viz.trace import Trace

Array = np.ndarray[Any, np.dtype[Any]]
Kind = Literal["embedding", "attention", "head", "bias", "mlp", "constant"]
KINDS: tuple[Kind, ...] = ("embedding", "attention", "head", "bias", "mlp", "constant")
SITES = ("resid_pre", "attn_out", "mlp_out", "resid_final")


@dataclass(frozen=True)
class Component:
    """A part of the model that adds to a logit.

    Attributes:
        kind: ``"embedding"`` (with learned positions, where a family has them), ``"attention"`` (a
            whole layer), ``"head"``, ``"bias"`` (what an attention layer adds besides its heads),
            ``"mlp"``, or ``"constant"`` (biases of the final norm and of the unembedding).
        layer: None for the embedding and the constant.
        head: None for all but heads.
    """

    kind: Kind
    layer: int | None = None
    head: int | None = None

    @property
    def label(self) -> str:
        """As people call it: ``L23H3``, ``L5 FFN``, ``embedding``."""
        match self.kind:
            case "embedding" | "constant":
                return self.kind
            case "head":
                return f"L{self.layer}H{self.head}"
            case "mlp":
                return f"L{self.layer} FFN"
            case "bias":
                return f"L{self.layer} attention bias"
            case _:
                return f"L{self.layer} attention"


@dataclass(frozen=True, eq=False)
class Attribution:
    """What each component added to the logits of some tokens, after one token of a text.

    Attributes:
        text: the text.
        position: of the token that the prediction follows.
        token_ids, tokens: the tokens whose logits are taken apart, the second as shown to people.
        minus: the token whose logit is taken away from each of these, or None.
        components: in order of depth.
        contributions: (component, token) float32, in logits: natural logarithms of odds, so that
            +1 multiplies the odds by e. They sum to ``logits``.
        logits: (token,) float32, the model's own, or their differences from that of ``minus``.
        norm_scale: what the final norm divided by; every contribution is computed with it.
    """

    text: str
    position: int
    token_ids: tuple[int, ...]
    tokens: tuple[str, ...]
    minus: int | None
    components: tuple[Component, ...]
    contributions: Array
    logits: Array
    norm_scale: float

    @property
    def labels(self) -> tuple[str, ...]:
        """The components' names, see `Component.label`."""
        return tuple(component.label for component in self.components)

    @property
    def total(self) -> Array:
        """(token,): the sum of all contributions; ``logits`` up to rounding."""
        return self.contributions.sum(axis=0, dtype=np.float64).astype(np.float32)

    def top(self, k: int = 10, token: int = 0) -> list[tuple[str, float]]:
        """The ``k`` components that pushed furthest, up or down, furthest first.

        Args:
            k: how many.
            token: which of ``token_ids``, by its place.
        """
        column = self.contributions[:, token]
        order = np.argsort(-np.abs(column), kind="stable")[:k]
        return [(self.components[i].label, float(column[i])) for i in order]

    def by_kind(self) -> dict[Kind, Array]:
        """The contributions (token,) of all components of a kind together."""
        kinds = np.array([component.kind for component in self.components])
        return {
            kind: self.contributions[kinds == kind].sum(axis=0) for kind in KINDS if kind in kinds
        }

    def where(
        self, kind: Kind | None = None, layer: int | None = None, head: int | None = None
    ) -> Array:
        """The contributions (component, token) of the components that fit."""
        fits = [
            (kind is None or each.kind == kind)
            and (layer is None or each.layer == layer)
            and (head is None or each.head == head)
            for each in self.components
        ]
        return self.contributions[fits]


def logit_attribution(
    lm: LanguageModel,
    text: str | Trace,
    tokens: int | str | Sequence[int | str],
    *,
    position: int = -1,
    minus: int | str | None = None,
    heads: bool = True,
) -> Attribution:
    """Take logits apart by what wrote them.

    Args:
        lm: a model that predicts tokens and normalises before each part reads (as all but the first
            transformers do).
        text: a text; or a trace of it with the sites that `attribution_sites` names.
        tokens: one or several, by id or by their exact text (``" Paris"``).
        position: of the token that the prediction follows; negative counts from the end.
        minus: a token whose logit is taken away from each: what made the model prefer the one to
            the other.
        heads: split each attention layer into its heads, and its bias where it has one.

    Raises:
        ValueError: a text for a token is not one token (the sentence shows how it is cut); the
            model is an encoder, is read from outside, or normalises the stream itself; or the trace
            is of another model.
        IndexError: the position or a token's id is out of range.
        KeyError: the trace lacks a site; the message says how to get it.

    Examples:
        >>> found = logit_attribution(lm, "The capital of France is", " Paris")  # doctest: +SKIP
        >>> found.top(3)                                                         # doctest: +SKIP
    """
    check_attributable(lm)
    given = [tokens] if isinstance(tokens, int | str) else list(tokens)
    if not given:
        raise ValueError("no token is given; name at least one whose logit to take apart")
    chosen = tuple(lm.token_id(token) for token in given)
    taken = None if minus is None else lm.token_id(minus)
    trace = _trace(lm, text, position, heads=heads)

    components, parts = _parts(lm, trace, position, heads=heads)
    stream = trace.at("resid_final", position)
    scale = float(lm.final_scale(stream))
    asked = chosen if taken is None else (*chosen, taken)
    linear = lm.readout(parts, token_ids=asked, norm_scale=scale)
    constant = lm.readout(np.zeros_like(stream), token_ids=asked)
    whole = lm.readout(stream, token_ids=asked)
    if constant.any():
        components.append(Component("constant"))
        linear = np.concatenate([linear, constant[None]])
    if taken is not None:
        linear = linear[:, :-1] - linear[:, -1:]
        whole = whole[:-1] - whole[-1]
    return Attribution(
        text=trace.text,
        position=position % len(trace),
        token_ids=chosen,
        tokens=tuple(lm.tokenizer.show(token) for token in chosen),
        minus=taken,
        components=tuple(components),
        contributions=linear,
        logits=whole,
        norm_scale=scale,
    )


def attribution_sites(*, heads: bool = True) -> tuple[str, ...]:
    """The sites that a trace must hold for `logit_attribution`."""
    return (*SITES, "head_out") if heads else SITES


def check_attributable(lm: LanguageModel) -> None:
    """Raise a ValueError that says why, if this model's logits are no sum of what its parts add."""
    if not lm.dims.d_vocab:
        raise ValueError(
            f"{lm.info.id} is an encoder: it predicts no tokens, so there is no logit to take apart"
        )
    if not lm.network.opens:
        raise ValueError(
            f"{lm.info.id} is of an architecture that is read from outside: what its parts add to "
            "the stream is not seen"
        )
    if lm.config.post_norm:
        raise ValueError(
            f"{lm.info.id} normalises the stream itself after each part, so what a part added does "
            "not stay as it was; only models that normalise before each part can be taken apart"
        )


def _trace(lm: LanguageModel, text: str | Trace, position: int, *, heads: bool) -> Trace:
    if isinstance(text, str):
        return lm.run(text, attribution_sites(heads=heads), positions=[position])
    if text.model.weight_hash != lm.info.weight_hash:
        raise ValueError(
            f"the trace is of {text.model.id}, not of {lm.info.id} as it is loaded here; run the "
            "text again"
        )
    return text


def _parts(
    lm: LanguageModel, trace: Trace, position: int, *, heads: bool
) -> tuple[list[Component], Array]:
    """What was added to the stream at a position, (component, d_model), in order of depth."""
    n_layers, n_heads, d_model = lm.dims.n_layers, lm.dims.n_heads, lm.dims.d_model
    embedding = trace.at("resid_pre", position)[:1]
    attention = trace.at("attn_out", position)[:, None]  # (layer, 1, d_model)
    mlp = trace.at("mlp_out", position)[:, None]
    columns: list[tuple[Kind, int | None]]
    if not heads:
        columns, written = [("attention", None)], [attention]
    else:
        by_head = trace.at("head_out", position)  # (layer, head, d_model)
        columns, written = [("head", head) for head in range(n_heads)], [by_head]
        if lm.attention_bias:
            columns.append(("bias", None))
            written.append(attention - by_head.sum(axis=1, keepdims=True))
    columns.append(("mlp", None))
    layers = np.concatenate([*written, mlp], axis=1).reshape(-1, d_model)
    components = [Component("embedding")]
    components += [
        Component(kind, layer, head) for layer in range(n_layers) for kind, head in columns
    ]
    return components, np.concatenate([embedding, layers])
