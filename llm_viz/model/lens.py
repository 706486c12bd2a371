"""`readings`: what many residual streams would predict, summed up where the unembedding lives.

Logits of every layer and position would fill gigabytes. So streams pass through the final norm and
the unembedding a block at a time, and of each only a few figures are kept: its best tokens, the
logarithm of the softmax's sum, the entropy, how far it is from the last stream of its position, and
the ranks of chosen tokens. All of it is exact: over the whole vocabulary, no sampling, no cut.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor

from llm_viz.model.transformer import Transformer

Array = np.ndarray[Any, np.dtype[Any]]

BLOCK_BYTES = 36 * 2**20  # of float32 logits held at once: smaller blocks make a slower product
CACHE_ROWS = 32  # streams whose softmax is held at once: few enough to stay in the cache
GROUP = 64  # tokens of which `best_tokens` first sees only the maximum


@dataclass(frozen=True, eq=False)
class Readings:
    """What residual streams would predict; n streams at each of several positions.

    Attributes:
        token_ids: (n, pos, k) best tokens, best first; equals in the order of their ids.
        logits: (n, pos, k) of these.
        log_sum: (n, pos) log of the sum of e^logit over the vocabulary, in nats: a logit minus this
            is the logarithm of a probability.
        entropy: (n, pos) of the prediction, in bits.
        kl: (n, pos) Kullback-Leibler divergence KL(this || last) in bits, from each prediction to
            that of the last stream at its position; 0 for the last stream itself.
        chosen_ids: (pos, c) tokens that were followed.
        chosen_logits: (n, pos, c) of these.
        ranks: (n, pos, c) of these, 1 for the best; of equal logits the lower id comes first.
    """

    token_ids: Array
    logits: Array
    log_sum: Array
    entropy: Array
    kl: Array
    chosen_ids: Array
    chosen_logits: Array
    ranks: Array


@torch.inference_mode()
def readings(network: Transformer, resid: Array, k: int, token_ids: Array, follow: int) -> Readings:
    """See `LanguageModel.readings`; the arguments were checked there.

    Args:
        network: holds the final norm and the unembedding.
        resid: (n, pos, d_model).
        k: how many of the best tokens are kept, at most d_vocab.
        token_ids: (pos, c) tokens to follow.
        follow: how many of the last stream's best tokens to follow as well, at most ``k``.
    """
    n, n_pos, _ = resid.shape
    c = token_ids.shape[1] + follow
    made = Readings(
        np.empty((n, n_pos, k), np.int64),
        np.empty((n, n_pos, k), np.float32),
        np.empty((n, n_pos), np.float32),
        np.empty((n, n_pos), np.float32),
        np.empty((n, n_pos), np.float32),
        np.concatenate([token_ids, np.zeros((n_pos, follow), np.int64)], axis=1),
        np.empty((n, n_pos, c), np.float32),
        np.empty((n, n_pos, c), np.int64),
    )
    d_vocab = network.config.dims.d_vocab
    most = max(1, BLOCK_BYTES // (4 * d_vocab))  # streams a block
    held = torch.empty(0)
    last = torch.empty(0)
    for positions, streams in blocks(n, n_pos, most):
        part = resid[streams, positions].swapaxes(0, 1)  # (P, S, d_model)
        x = torch.from_numpy(part.copy()).to(network.device, network.dtype).flatten(0, 1)
        if len(held) < len(x):
            held = torch.empty(len(x), d_vocab, device=network.device)
        logits = _logits(network, x, held[: len(x)]).view(*part.shape[:2], d_vocab)
        if streams.stop == n:
            last = logits[:, -1] if streams.start == 0 else logits[:, -1].clone()
        _sum_up(logits, last, made, positions, streams)
        if streams.stop == n and follow:
            made.chosen_ids[positions, c - follow :] = made.token_ids[-1, positions, :follow]
        _follow(logits, made, positions, streams)
    return made


def blocks(n: int, n_pos: int, most: int) -> Iterator[tuple[slice, slice]]:
    """Positions and streams of each block; of a position, the last stream comes first."""
    wide = max(1, most // n)
    for start in range(0, n_pos, wide):
        for stop in range(n, 0, -most):
            yield slice(start, min(start + wide, n_pos)), slice(max(0, stop - most), stop)


def _logits(
    network: Transformer, x: Float[Tensor, "rows d_model"], out: Float[Tensor, "rows d_vocab"]
) -> Float[Tensor, "rows d_vocab"]:
    """Float32 logits, written into ``out``, each stream's side by side in memory."""
    assert network.W_U is not None
    x = network.final_norm(x) if network.final_norm is not None else x
    if x.dtype == out.dtype:
        torch.mm(x, network.W_U.t(), out=out)
        return out if network.b_U is None else out.add_(network.b_U)
    return out.copy_(F.linear(x, network.W_U, network.b_U))


def _sum_up(
    logits: Float[Tensor, "P S d_vocab"],
    last: Float[Tensor, "P d_vocab"],
    made: Readings,
    positions: slice,
    streams: slice,
) -> None:
    """Best tokens, log of the sum, entropy and divergence of a block.

    With p = softmax(x) and log p = x - log_sum, the entropy is log_sum - p·x, and the divergence
    from the last stream's x' is (p·x - log_sum) - (p·x' - log_sum').
    """
    k = made.token_ids.shape[-1]
    n_pos, n, _ = logits.shape
    ids, best = (found.view(n_pos, n, k) for found in best_tokens(logits.flatten(0, 1), k))
    own = logits.new_empty(n_pos, n)  # p·x
    other = logits.new_empty(n_pos, n)  # p·x'
    top_p = logits.new_empty(n_pos, n)
    space = torch.empty_like(logits[0, :CACHE_ROWS])
    for at in range(n_pos):
        for start in range(0, n, CACHE_ROWS):
            rows = slice(start, min(start + CACHE_ROWS, n))
            x = logits[at, rows]
            p = torch.softmax(x, dim=-1, out=space[: len(x)])
            top_p[at, rows] = p.gather(1, ids[at, rows, :1])[:, 0]
            other[at, rows] = p @ last[at]
            own[at, rows] = p.mul_(x).sum(-1)
    log_sum = best[..., 0] - top_p.log()

    def put(into: Array, values: Tensor) -> None:
        into[streams, positions] = values.transpose(0, 1).cpu().numpy()

    put(made.token_ids, ids)
    put(made.logits, best)
    put(made.log_sum, log_sum)
    put(made.entropy, ((log_sum - own) / math.log(2)).clamp(min=0))
    log_sum_last = torch.from_numpy(made.log_sum[-1, positions]).to(logits.device)
    kl = (own - log_sum) - (other - log_sum_last[:, None])
    put(made.kl, (kl / math.log(2)).clamp(min=0))
    made.kl[-1, positions] = 0  # but for rounding


def _follow(
    logits: Float[Tensor, "P S d_vocab"], made: Readings, positions: slice, streams: slice
) -> None:
    """Logits and ranks of the chosen tokens in a block.

    A token's rank is 1, plus all tokens with a higher logit, plus the equal ones before it.
    """
    for at, tokens in enumerate(made.chosen_ids[positions]):
        where = positions.start + at
        for i, token in enumerate(map(int, tokens)):
            x = logits[at]
            own = x[:, token, None]
            ahead = (x[:, :token] >= own).sum(-1) + (x[:, token:] > own).sum(-1)
            made.chosen_logits[streams, where, i] = own[:, 0].cpu().numpy()
            made.ranks[streams, where, i] = 1 + ahead.cpu().numpy()


def best_tokens(
    logits: Float[Tensor, "rows d_vocab"], k: int
) -> tuple[Int[Tensor, "rows k"], Float[Tensor, "rows k"]]:
    """The ``k`` highest logits of each row and their ids; of equal ones, the lower ids.

    Seeing every logit is left to a plain maximum over groups of neighbouring tokens, which is many
    times as fast as a search: the best k tokens lie in the k groups with the highest maxima. Only
    those groups are searched, and the few tokens behind the last whole group.
    """
    rows, d_vocab = logits.shape
    whole = d_vocab // GROUP * GROUP
    ids = torch.arange(d_vocab, device=logits.device)
    if k * GROUP >= whole:
        return _best(logits, ids.expand(rows, -1), k)
    groups = logits[:, :whole].view(rows, -1, GROUP)
    maxima = groups.amax(dim=-1)
    order = torch.arange(maxima.shape[1], device=logits.device).expand(rows, -1)
    chosen = _best(maxima, order, k)[0]
    found = groups.gather(1, chosen[:, :, None].expand(-1, -1, GROUP)).flatten(1)
    found_ids = (chosen[:, :, None] * GROUP + ids[:GROUP]).flatten(1)
    return _best(
        torch.cat([found, logits[:, whole:]], dim=1),
        torch.cat([found_ids, ids[whole:].expand(rows, -1)], dim=1),
        k,
    )


def _best(
    scores: Float[Tensor, "rows n"], ids: Int[Tensor, "rows n"], k: int
) -> tuple[Int[Tensor, "rows k"], Float[Tensor, "rows k"]]:
    """Highest scores first; of equal ones, lower ids first.

    A plain search gives equals in any order, so it serves only where the best have no equals. Else
    score and id are made into one whole number that sorts as they do: a float's bits, read as an
    integer, rise with it, once those of negative numbers are turned round.
    """
    best, places = scores.topk(min(k + 1, scores.shape[1]), dim=-1)
    if not (best[:, 1:] == best[:, :-1]).any():
        return ids.gather(1, places[:, :k]), best[:, :k]
    bits = (scores + 0.0).contiguous().view(torch.int32).long()  # + 0.0: no negative zero
    rising = torch.where(bits < 0, bits ^ 0x7FFFFFFF, bits)
    places = ((rising << 32) - ids).topk(k, dim=-1).indices
    return ids.gather(1, places), scores.gather(1, places)
