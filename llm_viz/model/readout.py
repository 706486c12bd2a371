"""`read_out`: residual streams, or parts of them, to logits: in blocks, all tokens or a few."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from llm_viz.model.network import Network

Array = np.ndarray[Any, np.dtype[Any]]
READOUT_ROWS = 256  # positions unembedded at once: bounds the memory of a long text


@dataclass(frozen=True, eq=False)
class TopTokens:
    """The tokens with the highest logits, best first, along the last axis of both arrays."""

    token_ids: Array
    logits: Array


@torch.inference_mode()
def read_out(
    network: Network,
    resid: Array,
    k: int | None,
    token_ids: Sequence[int] | None,
    norm_scale: Array | float | None,
) -> Array | TopTokens:
    """See `LanguageModel.readout`, which says what it takes, gives and refuses."""
    d = network.config.dims
    resid = np.asarray(resid, np.float32)
    if resid.shape[-1:] != (d.d_model,):
        raise ValueError(
            f"resid has shape {resid.shape}; its last axis must be d_model, {d.d_model}"
        )
    if k is not None and token_ids is not None:
        raise ValueError("k and token_ids are both given; ask for the best tokens or for these")
    chosen = None if token_ids is None else chosen_tokens(token_ids, d.d_vocab, network.device)
    shape = resid.shape[:-1]
    rows = resid.reshape(-1, d.d_model)
    scales = None if norm_scale is None else _scales(norm_scale, shape)
    values, indices = [], []
    for start in range(0, len(rows), READOUT_ROWS):
        block = slice(start, start + READOUT_ROWS)
        x = torch.tensor(rows[block], device=network.device)
        frozen = None
        if scales is None:
            x = x.to(network.dtype)
        else:
            frozen = torch.tensor(scales[block], device=network.device)
        logits = network.readout(x, token_ids=chosen, norm_scale=frozen).float()
        if k is not None:
            best = logits.topk(min(k, d.d_vocab), dim=-1)
            logits = best.values
            indices.append(best.indices.cpu().numpy())
        values.append(logits.cpu().numpy())
    width = d.d_vocab if chosen is None else len(chosen)
    if not len(rows):
        values.append(np.empty((0, width if k is None else min(k, width)), np.float32))
        indices.append(np.empty((0, min(k or 0, width)), np.int64))
    found = np.concatenate(values)
    found = found.reshape(*shape, found.shape[-1])
    if k is None:
        return found
    return TopTokens(np.concatenate(indices).reshape(found.shape), found)


def chosen_tokens(
    token_ids: Sequence[int] | Array, d_vocab: int, device: torch.device
) -> torch.Tensor:
    """Ids as a tensor of the device.

    Raises:
        IndexError: there is no such token.
    """
    for token in token_ids:
        if not 0 <= token < d_vocab:
            raise IndexError(f"there is no token {token}; ids go from 0 to {d_vocab - 1}")
    return torch.tensor([int(token) for token in token_ids], dtype=torch.long, device=device)


def _scales(norm_scale: Array | float, shape: tuple[int, ...]) -> Array:
    scales = np.asarray(norm_scale, np.float32)
    if not (np.isfinite(scales) & (scales > 0)).all():
        raise ValueError(
            f"norm_scale holds {float(scales.min())}; what a norm divides by is above 0"
        )
    try:
        return np.broadcast_to(scales, shape).reshape(-1)
    except ValueError as error:
        raise ValueError(
            f"norm_scale has shape {scales.shape}; expected one for each of {shape}"
        ) from error
