"""`sweep`: many changes tried on one text, with what they share computed once.

A run that is changed at layer 20 is the unchanged run up to there. So the unchanged run is read
once, its stream kept at every layer, and each changed run joins the batch at the layer where it
starts to differ. Changes are taken in the order of that layer, in batches of like depth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor
from tqdm.auto import tqdm

from llm_viz.model.interventions import BEFORE_BLOCKS, Edits, together
from llm_viz.model.readout import chosen_tokens
from llm_viz.model.transformer import Transformer

Array = np.ndarray[Any, np.dtype[Any]]

BATCH_TOKENS = 2048  # read side by side: enough for a CPU's two cores, little memory
LOSS_ROWS = 256  # positions whose logits over the whole vocabulary exist at once


@dataclass(frozen=True, eq=False)
class Sweep:
    """What the model predicts under each of many changes, and under none.

    Attributes:
        positions: of the text, after which predictions were kept.
        token_ids: the tokens whose logits were kept; None: all.
        logits: (edit, position, token) float32.
        base_logits: (position, token), without any of the changes.
        losses: (edit, n_tokens - 1), how badly each next token of the text was foreseen: minus the
            natural logarithm of its probability; None if not asked for.
        base_losses: (n_tokens - 1,), likewise.
    """

    positions: tuple[int, ...]
    token_ids: tuple[int, ...] | None
    logits: Array
    base_logits: Array
    losses: Array | None = None
    base_losses: Array | None = None

    def __len__(self) -> int:
        return len(self.logits)


@torch.inference_mode()
def sweep(
    network: Transformer,
    base: Edits,
    ids: list[int],
    plan: Sequence[Edits],
    positions: tuple[int, ...],
    token_ids: Sequence[int] | None,
    losses: bool,
) -> Sweep:
    """See `Editing.sweep`; the positions and the changes were checked there.

    Args:
        network: holds the weights.
        base: changes that are in force for all runs.
        ids: tokens of the text.
        plan: changes to try, one by one.
        positions: whose predictions to keep, from 0 on.
        token_ids: whose logits to keep; None keeps all.
        losses: keep each run's losses as well.
    """
    width = network.config.dims.d_vocab if token_ids is None else len(token_ids)
    chosen = None
    if token_ids is not None:
        chosen = chosen_tokens(token_ids, network.config.dims.d_vocab, network.device)
    stream = _unchanged(network, base, ids)
    n = len(plan) + 1  # the unchanged run is read out with the others, as the last
    logits = np.empty((n, len(positions), width), np.float32)
    kept_losses = np.empty((n, len(ids) - 1), np.float32) if losses else None
    rows = torch.tensor(positions, device=network.device)

    def keep(which: Sequence[int], x: Float[Tensor, "B T d_model"]) -> None:
        read = network.readout(x[:, rows], token_ids=chosen)
        logits[which] = read.float().cpu().numpy()
        if kept_losses is not None:
            kept_losses[which] = _losses(network, x, ids)

    keep([len(plan)], stream[-1:])
    order = sorted(range(len(plan)), key=lambda i: plan[i].first_layer)
    size = max(1, BATCH_TOKENS // len(ids))
    with tqdm(total=len(plan), desc="trying changes", unit="run", delay=1, leave=False) as bar:
        for batch in (order[i : i + size] for i in range(0, len(order), size)):
            keep(batch, _changed(network, base, ids, [plan[i] for i in batch], stream))
            bar.update(len(batch))
    return Sweep(
        positions,
        None if token_ids is None else tuple(map(int, token_ids)),
        logits[:-1],
        logits[-1],
        None if kept_losses is None else kept_losses[:-1],
        None if kept_losses is None else kept_losses[-1],
    )


def _unchanged(
    network: Transformer, base: Edits, ids: list[int]
) -> Float[Tensor, "layers T d_model"]:
    """The stream that enters each block, and the one that leaves the last."""
    tokens = torch.tensor([ids], device=network.device)
    x, shared = network.begin(tokens, edits=base)
    streams = [x]
    for layer in range(len(network.blocks)):
        x = network.block(layer, x, shared)
        streams.append(x)
    streams[-1] = base.apply("resid_pre", len(network.blocks), x)
    return torch.cat(streams)


def _changed(
    network: Transformer,
    base: Edits,
    ids: list[int],
    plan: Sequence[Edits],
    stream: Float[Tensor, "layers T d_model"],
) -> Float[Tensor, "B T d_model"]:
    """The stream before the final norm under each change, the earliest changes first."""
    layers = len(network.blocks)
    edits = together([base, *(change.in_row(row) for row, change in enumerate(plan))])
    starts = [change.first_layer for change in plan]
    early = starts.count(BEFORE_BLOCKS)
    tokens = torch.tensor([ids] * max(1, early), device=network.device)
    x, shared = network.begin(tokens, edits=edits)
    x = x[:early]
    for layer in range(layers + 1):
        joining = starts.count(layer)
        if joining:
            x = torch.cat([x, stream[layer].expand(joining, -1, -1)])
        if layer < layers and len(x):
            x = network.block(layer, x, shared)
    return edits.apply("resid_pre", layers, x)


def _losses(network: Transformer, x: Float[Tensor, "B T d_model"], ids: list[int]) -> Array:
    """(B, T - 1) minus the logarithm of the probability of each next token."""
    targets = torch.tensor(ids[1:], device=x.device).repeat(len(x))
    rows = x[:, :-1].flatten(0, 1)
    found = np.empty(len(rows), np.float32)
    for start in range(0, len(rows), LOSS_ROWS):
        block = slice(start, start + LOSS_ROWS)
        logits = network.readout(rows[block]).float()
        found[block] = F.cross_entropy(logits, targets[block], reduction="none").cpu().numpy()
    return found.reshape(len(x), len(ids) - 1)
