"""From logits to the next token's distribution: temperature, top-k, top-p, min-p, entropy.

Pure and exact: float64 over the whole vocabulary, no shortcut through "the 50 largest".
`js/src/sampling.js` computes the same, and both are held to one fixture.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True, eq=False)
class NextTokenDistribution:
    """The probability of every token of the vocabulary to come next.

    Attributes:
        probs: (d_vocab,) float64; sums to 1; zero where a token was cut.
        kept: (d_vocab,) bool; False where top-k, top-p or min-p cut the token.
        order: (d_vocab,) token ids, most likely first; equals keep the order of their ids.
        entropy: in bits.
    """

    probs: Array
    kept: Array
    order: Array
    entropy: float

    def top(self, k: int = 10) -> list[tuple[int, float]]:
        """The ``k`` most likely tokens as (token id, probability)."""
        return [(int(i), float(self.probs[i])) for i in self.order[: max(k, 0)]]

    def nucleus_size(self, p: float = 0.9) -> int:
        """How many tokens, most likely first, it takes to hold the share ``p`` of probability."""
        _check_share("p", p)
        return _nucleus(np.cumsum(self.probs[self.order]), p)

    def draw(self, generator: np.random.Generator, size: int | None = None) -> Any:
        """Draw token ids: one int, or an array of ``size``.

        By inversion in order of likelihood, so that one random number decides one token.
        """
        cumulative = np.cumsum(self.probs[self.order])
        chosen = np.searchsorted(cumulative, generator.random(size) * cumulative[-1], side="right")
        chosen = np.minimum(chosen, np.count_nonzero(self.probs) - 1)
        return int(self.order[chosen]) if size is None else self.order[chosen]


def next_token_distribution(
    logits: Any,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
    min_p: float | None = None,
) -> NextTokenDistribution:
    """Turn logits into probabilities, as a sampler would before it draws.

    The filters apply in the order temperature, top-k, top-p, min-p, each to the renormalised result
    of the one before. Every filter keeps a prefix of the tokens in order of likelihood, equals in
    the order of their ids.

    Args:
        logits: (d_vocab,) scores; minus infinity is allowed and means "never".
        temperature: the logits are divided by it. 0 puts all probability on the most likely token.
        top_k: keep the ``top_k`` most likely tokens; None, or the vocabulary and more, keeps all.
        top_p: keep the fewest tokens that together reach this share (nucleus sampling,
            Holtzman et al. 2020); None or 1 keeps all.
        min_p: keep tokens at least this share as likely as the most likely one
            (Nguyen et al. 2024); None or 0 keeps all.

    Raises:
        ValueError: a parameter or a logit is out of range; the message says which.

    Examples:
        >>> next_token_distribution([2.0, 1.0, 0.0], top_k=2).probs.round(3).tolist()
        [0.731, 0.269, 0.0]
    """
    logits = np.asarray(logits, np.float64)
    _check_logits(logits)
    check_sampling(temperature, top_k, top_p, min_p)

    order = np.argsort(-logits, kind="stable")
    ranked = logits[order]
    if temperature == 0:
        top_k, temperature = 1, 1.0
    with np.errstate(over="ignore"):  # a tiny temperature sends the rest to minus infinity
        weights = np.exp((ranked - ranked[0]) / temperature)
    count = len(weights)
    if top_k is not None:
        count = min(count, top_k)
    if top_p is not None and top_p < 1:
        count = _nucleus(np.cumsum(weights[:count]), top_p)
    if min_p is not None:
        count = int(np.count_nonzero(weights[:count] >= min_p * weights[0]))
    count = max(count, 1)

    share = weights[:count] / weights[:count].sum()
    probs = np.zeros(len(logits))
    probs[order[:count]] = share
    kept = np.zeros(len(logits), bool)
    kept[order[:count]] = True
    some = share[share > 0]
    entropy = max(0.0, float(-(some * np.log2(some)).sum()))
    return NextTokenDistribution(probs, kept, order, entropy)


def log_softmax(logits: Any) -> Array:
    """Logarithms of the probabilities (…, d_vocab), in nats and in double precision."""
    exact = np.asarray(logits, np.float64)
    below = exact - exact.max(axis=-1, keepdims=True)
    found: Array = below - np.log(np.exp(below).sum(axis=-1, keepdims=True))
    return found


def check_sampling(
    temperature: float, top_k: int | None, top_p: float | None, min_p: float | None
) -> None:
    """Raise a ValueError that names the first sampling parameter out of range."""
    if not _is_number(temperature) or not math.isfinite(temperature) or temperature < 0:
        raise ValueError(
            f"temperature is {temperature!r}; it must be a finite number, 0 (greedy) or more"
        )
    if top_k is not None and (not _is_number(top_k) or top_k != top_k // 1 or top_k < 1):
        raise ValueError(f"top_k is {top_k!r}; it must be a whole number, 1 or more, or None")
    if top_p is not None:
        _check_share("top_p", top_p)
    if min_p is not None and (not _is_number(min_p) or not 0 <= min_p <= 1):
        raise ValueError(f"min_p is {min_p!r}; it must lie between 0 and 1, or be None")


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)


def _check_share(name: str, value: float) -> None:
    if not _is_number(value) or not 0 < value <= 1:
        raise ValueError(f"{name} is {value!r}; it must be above 0 and at most 1, or None")


def _check_logits(logits: Array) -> None:
    if logits.ndim != 1 or not len(logits):
        raise ValueError(f"logits have shape {logits.shape}; expected one axis, (d_vocab,)")
    if np.isnan(logits).any() or np.isposinf(logits).any():
        raise ValueError("a logit is NaN or infinite; the model's numbers have overflowed")
    if np.isneginf(logits).all():
        raise ValueError("every logit is minus infinity; no token is left to choose from")


def _nucleus(cumulative: Array, p: float) -> int:
    """Length of the shortest prefix whose share of ``cumulative[-1]`` reaches ``p``."""
    return min(int(np.searchsorted(cumulative, p * cumulative[-1])) + 1, len(cumulative))
