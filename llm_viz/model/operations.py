"""The operations that blocks are built of: norms, activations, rotation, wide products.

Each is a formula and no more; which of them a family uses, and in what order, is left to
`llm_viz.model.transformer`. Their shapes are checked as the tests run.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from llm_viz.model.config import Config

MANY_POSITIONS = 20  # from here on `wide_linear` turns its product round
Turns = tuple[Tensor, Tensor]  # cosines and sines of RoPE's angles, see `rotate`

ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "silu": F.silu,
    "gelu": F.gelu,
    "gelu_tanh": lambda x: F.gelu(x, approximate="tanh"),
    "relu": F.relu,
}


def rms_norm(
    x: Float[Tensor, "... d"], weight: Float[Tensor, " d"], eps: float
) -> Float[Tensor, "... d"]:
    """``x / rms(x) * weight``, in float32 whatever ``x`` is; torch's own is slower on the CPU."""
    wide = x.float()
    return (wide * (wide.square().mean(-1, keepdim=True) + eps).rsqrt()).to(x.dtype) * weight


def wide_linear(
    x: Float[Tensor, "... d_in"], weight: Float[Tensor, "d_out d_in"], bias: Tensor | None
) -> Float[Tensor, "... d_out"]:
    """``x @ weight.T + bias`` for a matrix with many more rows than columns.

    From a few dozen positions on, a CPU is a quarter quicker at ``weight @ x.T``. In memory the
    result then lies output by output, not position by position; later steps read it as well.
    """
    rows = x.flatten(0, -2)
    if x.device.type != "cpu" or len(rows) < MANY_POSITIONS:
        return F.linear(x, weight, bias)
    out = torch.mm(weight, rows.t()).t()
    return (out if bias is None else out + bias).view(*x.shape[:-1], -1)


class Norm:
    """RMSNorm or LayerNorm with its learned weights."""

    def __init__(self, config: Config, weight: Tensor, bias: Tensor | None) -> None:
        self.kind = config.norm
        self.eps = config.norm_eps
        self.weight = weight
        self.bias = bias

    def __call__(self, x: Float[Tensor, "... d_model"]) -> Float[Tensor, "... d_model"]:
        if self.kind == "rms":
            return rms_norm(x, self.weight, self.eps)
        return F.layer_norm(x, self.weight.shape, self.weight, self.bias, self.eps)

    def scale(self, x: Float[Tensor, "*rows d_model"]) -> Float[Tensor, "*rows"]:
        """What the norm divides by."""
        return (self._centred(x).pow(2).mean(-1) + self.eps).sqrt()

    def frozen(
        self, x: Float[Tensor, "*rows d_model"], scale: Float[Tensor, "*rows"]
    ) -> Float[Tensor, "*rows d_model"]:
        """The norm with another's scale and without its bias: linear in ``x``; in float32."""
        return self._centred(x) / scale[..., None] * self.weight.float()

    def _centred(self, x: Float[Tensor, "... d_model"]) -> Float[Tensor, "... d_model"]:
        x = x.float()
        return x - x.mean(-1, keepdim=True) if self.kind == "layer" else x


def rotate(
    x: Float[Tensor, "B heads T d_head"],
    cos: Float[Tensor, "T turned"],
    sin: Float[Tensor, "T turned"],
) -> Float[Tensor, "B heads T d_head"]:
    """RoPE (Su et al. 2021): turn each pair of dimensions by an angle that grows with the position.

    Dimension i is paired with i + turned / 2, so that a roll by half brings each its partner.
    ``sin`` carries the sign of each half. Dimensions beyond ``turned`` stay as they are.
    """
    turned = cos.shape[-1]
    if turned < x.shape[-1]:
        return torch.cat([rotate(x[..., :turned], cos, sin), x[..., turned:]], dim=-1)
    return x * cos + x.roll(turned // 2, dims=-1) * sin
