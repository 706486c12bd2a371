"""What heads and neurons write to the residual stream, each by itself.

A head mixes values and multiplies the mixture by its own columns of ``W_O``; a neuron multiplies
its activation by its own column of ``W_out``. Both are linear, so each value can be sent through
alone, and the parts add up to what the whole layer wrote, but for its bias.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from llm_viz.model.transformer import Transformer

Array = np.ndarray[Any, np.dtype[Any]]


@torch.inference_mode()
def written_by_head(network: Transformer, layer: int, head: int, values: Array) -> Array:
    """See `LanguageModel.head_write`, which says what it takes, gives and refuses."""
    d = network.config.dims
    for name, index, size in (("layer", layer, d.n_layers), ("head", head, d.n_heads)):
        if not 0 <= index < size:
            raise IndexError(f"{name} {index} is out of range; it goes from 0 to {size - 1}")
    values = np.asarray(values, np.float32)
    if values.ndim != 2 or values.shape[1] != d.d_head:
        raise ValueError(f"values have shape {values.shape}; expected (n, {d.d_head})")
    columns = network.blocks[layer].W_O.view(d.d_model, d.n_heads, d.d_head)[:, head]
    mixed = torch.tensor(values, device=network.device, dtype=network.dtype)
    return (mixed @ columns.T).float().cpu().numpy()


def written_by_neurons(network: Transformer, layer: int) -> Array:
    """See `LanguageModel.neuron_write`, which says what it gives and refuses."""
    n_layers = network.config.dims.n_layers
    if not 0 <= layer < n_layers:
        raise IndexError(f"layer {layer} is out of range; it goes from 0 to {n_layers - 1}")
    return network.blocks[layer].W_out.T.float().cpu().numpy()
