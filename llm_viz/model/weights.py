"""Where a model's weights are: every matrix of the network, its shape, how many numbers it holds.

Counted from the tensors that the model computes with, so that nothing is taken from a table. What
published models hold, from their shapes alone, is left to `llm_viz.analyses.sizes`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from llm_viz.model.network import Network
from llm_viz.model.operations import Norm
from llm_viz.model.transformer import Block, Transformer

Group = Literal["embedding", "attention", "mlp", "norm", "unembedding"]
GROUPS: dict[str, Group] = {
    "W_E": "embedding",
    "W_pos": "embedding",
    "embed_norm": "norm",
    "attn_norm": "norm",
    "W_Q": "attention",
    "W_K": "attention",
    "W_V": "attention",
    "q_norm": "norm",
    "k_norm": "norm",
    "W_O": "attention",
    "mlp_norm": "norm",
    "W_gate": "mlp",
    "W_in": "mlp",
    "W_out": "mlp",
    "final_norm": "norm",
    "W_U": "unembedding",
}


@dataclass(frozen=True)
class WeightCount:
    """One matrix (or the vector of a norm) of a model.

    Attributes:
        part: a key of `GROUPS`, such as ``"W_Q"``.
        layer: of the block that it belongs to; None outside of the blocks.
        shape: rows by columns: numbers given by numbers read. Of the embedding: tokens by width.
        biases: numbers that are added after it; 0 if it has none.
        tied: True for an unembedding that is the embedding once more: its weights count there.
    """

    part: str
    layer: int | None
    shape: tuple[int, ...]
    biases: int = 0
    tied: bool = False

    @property
    def count(self) -> int:
        """How many weights it adds to the model, biases included."""
        return 0 if self.tied else math.prod(self.shape) + self.biases

    @property
    def group(self) -> Group:
        """Which part of the model it belongs to: embedding, attention, FFN, norms, unembedding."""
        return GROUPS[self.part]


def count_weights(network: Network) -> tuple[WeightCount, ...]:
    """Every matrix of a network in the order in which a text passes them.

    Raises:
        TypeError: the network is not the project's own, so its parts are not known.
    """
    if not isinstance(network, Transformer):
        raise TypeError(f"a {type(network).__name__} does not show its parts")
    held = tuple(_parts(network, tied=False))
    # A tied unembedding is laid out as a matrix of its own, but was counted once when it was read.
    if sum(row.count for row in held) == network.n_parameters():
        return held
    return tuple(_parts(network, tied=True))


def _parts(network: Transformer, *, tied: bool) -> Iterator[WeightCount]:
    yield _matrix("W_E", None, network.W_E)
    if network.W_pos is not None:
        yield _matrix("W_pos", None, network.W_pos)
    yield from _norm("embed_norm", None, network.embed_norm)
    d = network.config.dims
    for layer, block in enumerate(network.blocks):
        yield from _block(layer, block, d.n_heads * d.d_head, d.n_kv_heads * d.d_head)
    yield from _norm("final_norm", None, network.final_norm)
    if network.W_U is not None:
        yield _matrix("W_U", None, network.W_U, network.b_U, tied=tied)


def _block(layer: int, block: Block, queries: int, keys: int) -> Iterator[WeightCount]:
    yield from _norm("attn_norm", layer, block.attn_norm)
    qkv = _rows(block.W_QKV, block.b_QKV, [queries, keys, keys])
    for part, (weight, bias) in zip(("W_Q", "W_K", "W_V"), qkv, strict=True):
        yield _matrix(part, layer, weight, bias)
    for part, scale in (("q_norm", block.q_norm), ("k_norm", block.k_norm)):
        if scale is not None:
            yield _matrix(part, layer, scale)
    yield _matrix("W_O", layer, block.W_O, block.b_O)
    yield from _norm("mlp_norm", layer, block.mlp_norm)
    neurons = block.W_out.shape[1]
    gates = block.W_in.shape[0] // neurons - 1  # rows of W_in: the gate's, if there is one, first
    fed = _rows(block.W_in, block.b_in, [neurons] * (gates + 1))
    for part, (weight, bias) in zip(("W_gate", "W_in")[-len(fed) :], fed, strict=True):
        yield _matrix(part, layer, weight, bias)
    yield _matrix("W_out", layer, block.W_out, block.b_out)


def _rows(
    weight: Tensor, bias: Tensor | None, sizes: list[int]
) -> list[tuple[Tensor, Tensor | None]]:
    """A matrix that was stored for several, taken apart."""
    biases = (None,) * len(sizes) if bias is None else torch.split(bias, sizes)
    return list(zip(torch.split(weight, sizes), biases, strict=True))


def _norm(part: str, layer: int | None, norm: Norm | None) -> Iterator[WeightCount]:
    if norm is not None:
        yield _matrix(part, layer, norm.weight, norm.bias)


def _matrix(
    part: str, layer: int | None, weight: Tensor, bias: Tensor | None = None, *, tied: bool = False
) -> WeightCount:
    return WeightCount(part, layer, tuple(weight.shape), 0 if bias is None else bias.numel(), tied)
