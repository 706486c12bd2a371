"""One token looks at another: a query meets a key in one head, and a value is moved.

With x_i the (normalised) stream at position i, a head makes of every token a query, a key and a
value, q_i = W_Q x_i, k_j = W_K x_j, v_j = W_V x_j. How well i's query fits j's key is their dot
product, scaled; the softmax over all keys that i may see makes shares of the scores; and the shares
of the values are what the head brings to i:

    score_ij = scale * R(i) q_i · R(j) k_j        (scale = 1 / sqrt(d_head))
    share_ij = exp(score_ij) / Σ_j' exp(score_ij')
    head_out_i = Σ_j share_ij v_j W_O

(Vaswani et al., "Attention Is All You Need", 2017.) R is the turn of rotary models (Su et al.,
"RoFormer", 2021): the pair of dimensions (m, m + turned / 2) is turned by position * rate_m, so
that a dot product depends on the difference of the two positions only. Models with learned
positions turn nothing. That what a head writes is a sum over the tokens that it looks at, and that
each part can be read with the unembedding: Elhage et al., "A Mathematical Framework for Transformer
Circuits" (2021). As in `llm_viz.analyses.attribution` the scale of the final norm is held at what
it was, so that the parts' logits add up to the head's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from llm_viz.model import LanguageModel
from llm_viz.trace import Trace

Array = np.ndarray[Any, np.dtype[Any]]
SITES = ("q", "k", "v", "q_rot", "k_rot", "resid_final")


@dataclass(frozen=True, eq=False)
class Match:
    """One query and one key in one head, step by step; n positions, d_head dimensions.

    Attributes:
        text, tokens: what was read, the second as shown to people.
        layer, head: the head; ``kv_head`` is the key/value head that it reads (heads may share).
        query_position, key_position: who looks, and at whom.
        query, key: (d_head,) before the turn.
        query_turned, key_turned: (d_head,) after it; the same where nothing turns.
        rates: (pairs,) radians a position by which each pair of dimensions turns; empty where the
            model turns nothing, and fewer than d_head / 2 where it leaves some dimensions alone.
        products: (d_head,) dimension by dimension.
        scale: factor on their sum.
        scores: (n,) of all keys against this query, before the mask.
        masked: (n,) the keys that this query may not see: in a causal model, all later ones.
        pattern: (n,) the share of each key; they sum to 1.
        written: (n, d_model) what the share of each value writes; summed, the head's output here.
        moved_ids, moved_tokens: the tokens whose logits the chosen value moves furthest: k up, the
            furthest first, then k down; none for a model that predicts none.
        value_logits: (n, 2k) what each whole value would add to the logit of each of these.
    """

    text: str
    tokens: tuple[str, ...]
    layer: int
    head: int
    kv_head: int
    query_position: int
    key_position: int
    query: Array
    key: Array
    query_turned: Array
    key_turned: Array
    rates: Array
    products: Array
    scale: float
    scores: Array
    masked: Array
    pattern: Array
    written: Array
    moved_ids: tuple[int, ...]
    moved_tokens: tuple[str, ...]
    value_logits: Array

    @property
    def score(self) -> float:
        """The scaled dot product of this query and this key."""
        return float(self.products.sum(dtype=np.float64) * self.scale)

    @property
    def share(self) -> float:
        """How much of this query's look goes to this key."""
        return float(self.pattern[self.key_position])

    @property
    def head_out(self) -> Array:
        """(d_model,) what the head writes here: the sum of all parts."""
        return self.written.sum(axis=0)

    @property
    def logits(self) -> Array:
        """(n, 2k) what each value, with its share, adds to the logits of the moved tokens.

        Summed over the keys: the head's own part of those logits, as in a `logit_attribution`.
        """
        return self.pattern[:, None] * self.value_logits

    def top(self, k: int = 5) -> list[tuple[str, float]]:
        """The ``k`` keys with the largest shares, as (token, share), largest first."""
        order = np.argsort(-self.pattern, kind="stable")[:k]
        return [(self.tokens[i], float(self.pattern[i])) for i in order]


def match(
    lm: LanguageModel,
    text: str | Trace,
    layer: int,
    head: int,
    query: int,
    key: int,
    *,
    k: int = 5,
) -> Match:
    """How one token's query meets another token's key, and what is moved.

    A key later than the query in a causal model is masked: its score is told, its share is 0.

    Args:
        lm: a model whose inside can be seen.
        text: a text; or a trace of it with the sites in `SITES`.
        layer, head: the head; negative ones count from the end.
        query, key: positions in the text; negative ones count from the end.
        k: how many tokens that the value promotes, and how many that it suppresses.

    Raises:
        ValueError: the model is read from outside, or the trace is of another model.
        IndexError: the layer, the head or a position is out of range.
        KeyError: the trace lacks a site; the message says how to get it.

    Examples:
        >>> found = match(lm, "When Mary and John went", 23, 3, -1, 2)    # doctest: +SKIP
        >>> found.score, found.share, found.moved_tokens                  # doctest: +SKIP
    """
    trace = traced(lm, text)
    pattern = trace.head("pattern", layer, head)  # says so if there is no such head
    layer, head = layer % lm.dims.n_layers, head % lm.dims.n_heads
    kv_head = head * lm.dims.n_kv_heads // lm.dims.n_heads
    query_turned = trace.at("q_rot", query)[layer, head]
    key_turned = trace.at("k_rot", key)[layer, kv_head]
    query, key = query % len(trace), key % len(trace)
    positions = np.arange(len(trace))
    row = pattern[query]
    written = lm.head_write(layer, head, trace["v"][layer, kv_head])
    chosen: list[int] = []
    value_logits = np.zeros((len(trace), 0), np.float32)
    if reads_out(lm):
        scale = float(lm.final_scale(trace.at("resid_final", query)))
        order = furthest(lm.readout(written[key], norm_scale=scale), k)
        chosen = [int(token) for token in order]
        value_logits = lm.readout(written, token_ids=chosen, norm_scale=scale)
    return Match(
        text=trace.text,
        tokens=trace.tokens,
        layer=layer,
        head=head,
        kv_head=kv_head,
        query_position=query,
        key_position=key,
        query=trace.at("q", query)[layer, head],
        key=trace.at("k", key)[layer, kv_head],
        query_turned=query_turned,
        key_turned=key_turned,
        rates=np.array(lm.config.rotary or (), np.float64),
        products=query_turned * key_turned,
        scale=trace.attention.scale[layer],
        scores=trace.head("attn_scores", layer, head)[query],
        masked=(positions > query) & trace.attention.causal,
        pattern=row,
        written=row[:, None] * written,
        moved_ids=tuple(chosen),
        moved_tokens=tuple(lm.tokenizer.show(token) for token in chosen),
        value_logits=value_logits,
    )


def traced(lm: LanguageModel, text: str | Trace) -> Trace:
    """A trace of the text with the sites in `SITES`.

    Raises:
        ValueError: see `match`.
    """
    if not lm.network.opens:
        raise ValueError(
            f"{lm.info.id} is of an architecture that is read from outside: its queries and keys "
            "are not seen"
        )
    if isinstance(text, str):
        return lm.run(text, SITES)
    if text.model.weight_hash != lm.info.weight_hash:
        raise ValueError(
            f"the trace is of {text.model.id}, not of {lm.info.id} as it is loaded here; run the "
            "text again"
        )
    return text


def reads_out(lm: LanguageModel) -> bool:
    """True if what a value writes can be read as logits.

    The model must predict tokens, and what is added to its stream must stay there as it was.
    """
    return bool(lm.dims.d_vocab) and not lm.config.post_norm


def furthest(logits: Array, k: int) -> Array:
    """The ``k`` tokens with the highest logits, then the ``k`` lowest; along the last axis."""
    order = np.argsort(-logits, axis=-1, kind="stable")
    k = min(k, order.shape[-1])
    return np.concatenate([order[..., :k], order[..., ::-1][..., :k]], axis=-1)
