"""`sweep`: many changes tried on one text, with what they share computed once.

A run that is changed at layer 20 is the unchanged run up to there; and as a model looks only
backwards, a run that is changed at position 12 is the unchanged run before it, at every layer. So
the unchanged run is read once, its stream and its keys and values are kept at every layer, and each
changed run joins the batch at the layer where it starts to differ, from the position on where it
does. Changes are taken in batches of like position, each in the order of depth.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
from llm_viz.model.transformer import KeyValueCache, Transformer

Array = np.ndarray[Any, np.dtype[Any]]

BATCH_TOKENS = 2048  # read side by side: enough for a CPU's two cores, little memory
LEAST_TOKENS = 96  # fewer are hardly quicker: the weights are fetched all the same
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
    stream, seen = _unchanged(network, base, ids)
    n = len(plan) + 1  # the unchanged run is read out with the others, as the last
    logits = np.empty((n, len(positions), width), np.float32)
    kept_losses = np.empty((n, len(ids) - 1), np.float32) if losses else None

    def keep(which: Array, x: Float[Tensor, "B T d_model"], start: int) -> None:
        """Read out runs from ``start`` on; before it, they are the last: the unchanged one."""
        later = np.array(positions) >= start
        rows = torch.tensor(np.array(positions)[later] - start, device=x.device)
        read = network.readout(x[:, rows], token_ids=chosen)
        logits[np.ix_(which, later.nonzero()[0])] = read.float().cpu().numpy()
        logits[np.ix_(which, (~later).nonzero()[0])] = logits[-1, ~later]
        if kept_losses is not None:
            kept_losses[which] = kept_losses[-1]
            kept_losses[which, start:] = _losses(network, x, ids[start:])

    keep(np.array([len(plan)]), stream[-1:], 0)
    with tqdm(total=len(plan), desc="trying changes", unit="run", delay=1, leave=False) as bar:
        for start, batch in _batches(plan, len(ids)):
            changes = [plan[i] for i in batch]
            keep(np.array(batch), _changed(network, base, ids, changes, start, stream, seen), start)
            bar.update(len(batch))
    return Sweep(
        positions,
        None if token_ids is None else tuple(map(int, token_ids)),
        logits[:-1],
        logits[-1],
        None if kept_losses is None else kept_losses[:-1],
        None if kept_losses is None else kept_losses[-1],
    )


class _Before(KeyValueCache):
    """Keys and values before the first position that differs, lent to many runs side by side.

    They are the unchanged run's. The runs need no layer's keys but those of the layer that they are
    in, so all layers write to the same memory.
    """

    def __init__(self, seen: KeyValueCache, start: int, runs: int) -> None:
        layers, _, heads, length, width = seen.k.shape
        self.length = start
        self._seen = seen
        self._k, self._v = (
            seen.k.new_empty(1, runs, heads, length, width).expand(layers, -1, -1, -1, -1)
            for _ in "kv"
        )

    def fill(self, layer: int, runs: int) -> None:
        """Lend what was seen at a layer to the first runs of the batch."""
        before = slice(self.length)
        self.k, self.v = self._k[:, :runs], self._v[:, :runs]
        self.k[layer, :, :, before] = self._seen.k[layer, :, :, before]
        self.v[layer, :, :, before] = self._seen.v[layer, :, :, before]


def _batches(plan: Sequence[Edits], length: int) -> Iterator[tuple[int, list[int]]]:
    """The changes that are tried side by side, and the position from which their runs differ.

    Changes at different positions share a batch, read from the earliest of them on, where that
    costs no more tokens than batches of their own.
    """
    at: dict[int, list[int]] = {}
    for i, change in enumerate(plan):
        at.setdefault(_first_position(change, length), []).append(i)
    batches: list[tuple[int, list[int]]] = []

    def cost(runs: int, start: int) -> int:
        return max(LEAST_TOKENS, runs * (length - start))

    for start in sorted(at, reverse=True):
        last_start, last = batches[-1] if batches else (start, [])
        joined = cost(len(last) + len(at[start]), start)
        if last and joined <= cost(len(last), last_start) + cost(len(at[start]), start):
            batches.pop()
            at[start] += last
        batches.append((start, at[start]))
    for start, batch in batches:
        batch.sort(key=lambda i: plan[i].first_layer)
        size = max(1, BATCH_TOKENS // (length - start))
        for i in range(0, len(batch), size):
            yield start, batch[i : i + size]


def _first_position(change: Edits, length: int) -> int:
    """The first position that differs; the last of the text, if none does."""
    first = length - 1
    for write in change.writes:
        if write.take is None:
            return 0
        changed = (write.take >= 0).nonzero()
        first = min(first, int(changed[0])) if len(changed) else first
    return first


def _unchanged(
    network: Transformer, base: Edits, ids: list[int]
) -> tuple[Float[Tensor, "layers T d_model"], KeyValueCache]:
    """The stream that enters each block and the one that leaves the last; keys and values."""
    tokens = torch.tensor([ids], device=network.device)
    seen = network.new_cache(1, len(ids))
    x, shared = network.begin(tokens, edits=base, cache=seen)
    streams = [x]
    for layer in range(len(network.blocks)):
        x = network.block(layer, x, shared)
        streams.append(x)
    streams[-1] = base.apply("resid_pre", len(network.blocks), x)
    return torch.cat(streams), seen


def _changed(
    network: Transformer,
    base: Edits,
    ids: list[int],
    plan: Sequence[Edits],
    start: int,
    stream: Float[Tensor, "layers T d_model"],
    seen: KeyValueCache,
) -> Float[Tensor, "B after d_model"]:
    """The stream before the final norm under each change, the earliest changes first.

    Only the positions from ``start`` on are computed, and given.
    """
    layers = len(network.blocks)
    edits = together([base, *(change.in_row(row) for row, change in enumerate(plan))])
    starts = [change.first_layer for change in plan]
    early = starts.count(BEFORE_BLOCKS)
    tokens = torch.tensor([ids[start:]] * max(1, early), device=network.device)
    before = _Before(seen, start, len(plan)) if start else None
    x, shared = network.begin(tokens, edits=edits, cache=before)
    x = x[:early]
    for layer in range(layers + 1):
        joining = starts.count(layer)
        if joining:
            x = torch.cat([x, stream[layer, start:].expand(joining, -1, -1)])
        if layer < layers and len(x):
            if before is not None:
                before.fill(layer, len(x))
            x = network.block(layer, x, shared)
    return edits.apply("resid_pre", layers, x, start)


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
