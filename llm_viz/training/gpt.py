"""A small GPT, whole: every step from token ids to logits, for the reader to train.

Of the same family as the real model (Llama): RMSNorm, RoPE, SwiGLU, and an unembedding that is the
embedding again. Each matrix begins as random numbers; training changes the numbers and nothing
else. How it learns is left to `llm_viz.training.trainer`, and how it becomes a folder that
`llm_viz.load_model` reads to `llm_viz.training.gpt_folder`.

Shapes: B texts, T positions, H heads, d_head, d_model, d_mlp, d_vocab.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from llm_viz.model.operations import Turns, rms_norm, rotate

NORM_EPS = 1e-5
ROPE_THETA = 10_000.0
SPREAD = 0.02  # standard deviation of the first random weights, as in GPT-2


@dataclass(frozen=True)
class GPTConfig:
    """The sizes of a GPT; by default 0.79 million parameters, a minute's work for a laptop.

    Attributes:
        d_vocab: how many tokens there are.
        n_ctx: how many tokens it reads at a time.
        n_layers: how many blocks stand on each other.
        n_heads: attention heads in each block.
        d_model: width of the residual stream.
        d_mlp: neurons in each block.

    Raises:
        ValueError: a size is below 1, or ``d_model`` cannot be shared out among the heads.
    """

    d_vocab: int = 1024
    n_ctx: int = 64
    n_layers: int = 4
    n_heads: int = 4
    d_model: int = 128
    d_mlp: int = 256

    def __post_init__(self) -> None:
        for field in fields(self):
            size = getattr(self, field.name)
            if not isinstance(size, int) or size < 1:
                raise ValueError(f"{field.name} is {size!r}; expected a whole number from 1 on")
        if self.d_model % (2 * self.n_heads):
            raise ValueError(
                f"d_model is {self.d_model}; expected a multiple of {2 * self.n_heads}, so that "
                f"each of the {self.n_heads} heads gets an even share of it, in pairs to turn"
            )

    @property
    def d_head(self) -> int:
        return self.d_model // self.n_heads


class RMSNorm(nn.Module):
    """Every position scaled to the same mean square, then each dimension by its own weight."""

    def __init__(self, d_model: int) -> None:
        super().__init__()
        self.w = nn.Parameter(torch.ones(d_model))

    def forward(self, x: Tensor) -> Tensor:
        return rms_norm(x, self.w, NORM_EPS)


class Attention(nn.Module):
    """Positions ask the ones before them (queries meet keys), and take over what they say."""

    def __init__(self, config: GPTConfig) -> None:
        super().__init__()
        self.n_heads, self.d_head = config.n_heads, config.d_head
        self.W_QKV = nn.Linear(config.d_model, 3 * config.d_model, bias=False)
        self.W_O = nn.Linear(config.d_model, config.d_model, bias=False)

    def forward(self, x: Tensor, turns: Turns) -> Tensor:
        B, T, d_model = x.shape
        qkv = self.W_QKV(x).view(B, T, 3 * self.n_heads, self.d_head).transpose(1, 2)
        q, k, v = qkv.chunk(3, dim=1)  # each (B, H, T, d_head)
        q, k = rotate(q, *turns), rotate(k, *turns)
        z = F.scaled_dot_product_attention(q, k, v, is_causal=True)  # (B, H, T, d_head)
        return self.W_O(z.transpose(1, 2).reshape(B, T, d_model))


class FeedForward(nn.Module):
    """Every position on its own: neurons match, each opened or shut by a gate (SwiGLU)."""

    def __init__(self, config: GPTConfig) -> None:
        super().__init__()
        self.W_in = nn.Linear(config.d_model, 2 * config.d_mlp, bias=False)
        self.W_out = nn.Linear(config.d_mlp, config.d_model, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        gate, pre = self.W_in(x).chunk(2, dim=-1)  # each (B, T, d_mlp)
        return self.W_out(F.silu(gate) * pre)


class Block(nn.Module):
    """Attention and feed-forward each read the residual stream and add to it."""

    def __init__(self, config: GPTConfig) -> None:
        super().__init__()
        self.attn_norm, self.attn = RMSNorm(config.d_model), Attention(config)
        self.mlp_norm, self.mlp = RMSNorm(config.d_model), FeedForward(config)

    def forward(self, x: Tensor, turns: Turns) -> Tensor:
        x = x + self.attn(self.attn_norm(x), turns)
        return x + self.mlp(self.mlp_norm(x))


class GPT(nn.Module):
    """Token ids in, logits of the next token out, at every position.

    Args:
        config: its sizes.
        seed: the same seed begins with the same random weights.
    """

    cos: Tensor  # (n_ctx, d_head), RoPE's angles at every position
    sin: Tensor

    def __init__(self, config: GPTConfig, seed: int = 0) -> None:
        super().__init__()
        self.config = config
        self.W_E = nn.Embedding(config.d_vocab, config.d_model)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.n_layers))
        self.final_norm = RMSNorm(config.d_model)

        rates = ROPE_THETA ** -(torch.arange(0, config.d_head, 2) / config.d_head)
        angles = torch.outer(torch.arange(config.n_ctx), rates)
        self.register_buffer("cos", angles.cos().repeat(1, 2), persistent=False)
        self.register_buffer("sin", torch.cat([-angles.sin(), angles.sin()], 1), persistent=False)

        random = torch.Generator().manual_seed(seed)
        for name, weight in self.named_parameters():
            if weight.ndim == 2:
                # All blocks write to one stream: the more of them, the more softly each begins.
                writes = name.endswith(("W_O.weight", "W_out.weight"))
                share = (2 * config.n_layers) ** -0.5 if writes else 1.0
                nn.init.normal_(weight, std=SPREAD * share, generator=random)

    def forward(self, ids: Tensor) -> Tensor:
        """Logits (B, T, d_vocab) of token ids (B, T), T at most ``n_ctx``."""
        T = ids.shape[1]
        x = self.W_E(ids)  # (B, T, d_model)
        for block in self.blocks:
            x = block(x, (self.cos[:T], self.sin[:T]))
        return F.linear(self.final_norm(x), self.W_E.weight)

    @torch.no_grad()
    def generate(
        self, ids: Sequence[int], n_new: int, *, temperature: float = 0.8, seed: int = 0
    ) -> list[int]:
        """Write on from token ids, reading the last ``n_ctx`` of them anew for each token.

        Raises:
            ValueError: there is no id to begin with, or the temperature is no number from 0 on.
        """
        if not ids:
            raise ValueError("there is no token to write on from; give at least the start token")
        if not (math.isfinite(temperature) and temperature >= 0):
            raise ValueError(f"temperature is {temperature}; expected a finite number from 0 on")
        random, written = torch.Generator().manual_seed(seed), list(ids)
        for _ in range(n_new):
            read = torch.tensor([written[-self.config.n_ctx :]], device=self.cos.device)
            logits = self(read)[0, -1].float().cpu()  # (d_vocab,)
            if temperature == 0:
                written.append(int(logits.argmax()))
            else:
                probs = (logits / temperature).softmax(dim=-1)
                written.append(int(torch.multinomial(probs, 1, generator=random)))
        return written

    def n_parameters(self) -> int:
        """How many weights it has; the unembedding is the embedding and counts once."""
        return sum(weight.numel() for weight in self.parameters())
