"""`Config`: the handful of choices in which the supported transformers differ.

Every family is one row of choices over the same block; `llm_viz.model.families` fills them in from
a checkpoint's own configuration, and `llm_viz.model.transformer` obeys them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from llm_viz.trace import Dims


@dataclass(frozen=True)
class Config:
    """The shape of a transformer.

    Attributes:
        family: ``"llama"``, ``"gpt2"``, ``"gpt_neox"`` or ``"bert"``.
        dims: its sizes.
        norm: RMSNorm (Zhang & Sennrich 2019) or LayerNorm (Ba et al. 2016).
        norm_eps: added under the root.
        activation: of the feed-forward neurons.
        gated: True for SwiGLU-like layers, ``act(gate) * pre`` (Shazeer 2020).
        rotary: inverse frequencies (rotary dims / 2,) of RoPE (Su et al. 2021) in half-split
            order; None for learned positions.
        causal: False for an encoder, which looks both ways.
        post_norm: True if a block normalises after each addition (the original order, BERT).
        parallel: True if attention and feed-forward read the same stream side by side.
        qk_norm: True if queries and keys are normalised per head before rotation.
        attn_scale: factor on query · key.
    """

    family: str
    dims: Dims
    norm: Literal["rms", "layer"]
    norm_eps: float
    activation: Literal["silu", "gelu", "gelu_tanh", "relu"]
    gated: bool
    rotary: tuple[float, ...] | None
    causal: bool = True
    post_norm: bool = False
    parallel: bool = False
    qk_norm: bool = False
    attn_scale: float = 0.125
