"""What one text looks like at each stage of a model, in few numbers: lengths, shares, best guesses.

The stream of a model of L layers has 2 L + 1 states: the embedding, then one after each half of
each block, attention and feed-forward in turn. Reading more out of a state than its best tokens,
and splitting a sum into its parts, are left to analyses of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from llm_viz.model import LanguageModel

Array = np.ndarray[Any, np.dtype[Any]]

ACTIVE = 1.0  # a neuron counts as active where its output is beyond this, to either side
STRONGEST = 3  # neurons that are kept of each layer and token
GUESSES = 3  # tokens that are kept of each state's readout
NEXT = 8  # tokens that are kept of the prediction
_SITES = ("resid_pre", "attn_out", "resid_mid", "mlp_out", "resid_final", "pattern", "mlp_post")


@dataclass(frozen=True, eq=False)
class Stages:
    """One text on its way through a model of L layers and H heads; T tokens.

    Attributes:
        text: as given.
        tokens, token_ids: (T,) as shown to people, and their numbers.
        lengths: (2 L + 1, T) the Euclidean length of each token's vector in each state.
        added: (2 L, T) the length of what attention (even rows) and feed-forward (odd rows) add,
            over the length of the vector that they add it to.
        top_keys: (L, H, T) the position that each token looks at most in each head.
        top_shares: (L, H, T) the share of its look that goes there.
        active: (L, T) how many neurons put out more than `ACTIVE`, to either side.
        strongest: (L, T, `STRONGEST`) the neurons that put out most, to either side, and
        outputs: what they put out.
        guesses: (2 L + 1, T, `GUESSES`) ids of the tokens that final norm and unembedding would
            make of each state, best first; None for a model that predicts no tokens.
        next_ids, next_scores, next_probs: (T, `NEXT`) the likeliest next tokens after each token,
            with their logits and probabilities; None for a model that predicts no tokens.
    """

    text: str
    tokens: tuple[str, ...]
    token_ids: tuple[int, ...]
    lengths: Array
    added: Array
    top_keys: Array
    top_shares: Array
    active: Array
    strongest: Array
    outputs: Array
    guesses: Array | None
    next_ids: Array | None
    next_scores: Array | None
    next_probs: Array | None


def stages(lm: LanguageModel, text: str) -> Stages:
    """Run a text and keep what it looks like at each stage.

    Raises:
        ValueError: the text is empty or beyond the model's context, or the model is read from
            outside, so that its blocks stay closed.
    """
    predicts = lm.is_causal and bool(lm.dims.d_vocab)
    trace = lm.run(text, sites=(*_SITES, "logits") if predicts else _SITES)
    before, middle = trace["resid_pre"], trace["resid_mid"]  # (layer, pos, d_model)
    after = np.concatenate([before[1:], trace["resid_final"][None]])
    states = np.concatenate([before[:1], _alternating(middle, after)])
    lengths = np.linalg.norm(states, axis=-1)
    added = np.linalg.norm(_alternating(trace["attn_out"], trace["mlp_out"]), axis=-1)
    added /= _alternating(lengths[0:-1:2], lengths[1::2])

    pattern = trace["pattern"]  # (layer, head, query, key)
    outputs = trace["mlp_post"]  # (layer, pos, d_mlp)
    strongest = np.argsort(-np.abs(outputs), axis=-1, kind="stable")[..., :STRONGEST]
    best, scores, probs = _likeliest(trace["logits"]) if predicts else (None, None, None)
    return Stages(
        text=text,
        tokens=trace.tokens,
        token_ids=trace.token_ids,
        lengths=lengths,
        added=added,
        top_keys=pattern.argmax(axis=-1),
        top_shares=pattern.max(axis=-1),
        active=(np.abs(outputs) > ACTIVE).sum(axis=-1),
        strongest=strongest,
        outputs=np.take_along_axis(outputs, strongest, axis=-1),
        guesses=lm.readout(states, k=GUESSES).token_ids if predicts else None,
        next_ids=best,
        next_scores=scores,
        next_probs=probs,
    )


def _alternating(even: Array, odd: Array) -> Array:
    """Rows of two arrays (n, …) in turn: (2 n, …)."""
    return np.stack([even, odd], axis=1).reshape(2 * len(even), *even.shape[1:])


def _likeliest(logits: Array) -> tuple[Array, Array, Array]:
    """The `NEXT` best of each row: ids, logits, probabilities over the whole vocabulary."""
    best = np.argsort(-logits, axis=-1, kind="stable")[:, :NEXT]
    scores = np.take_along_axis(logits, best, axis=-1)
    top = scores[:, :1]
    sums = np.exp(logits - top, dtype=np.float64).sum(axis=-1, keepdims=True)
    return best, scores, np.exp(scores - top) / sums
