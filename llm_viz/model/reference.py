"""`Reference`: what parts of a model put out on a set of texts, to stand in for a part's own work.

Zero is a value that a part may never give; its mean over other texts, or its value on another text,
says "as usual, but not about this text" (mean and resample ablation: Wang et al., "Interpretability
in the Wild", 2022; Chan et al., "Causal Scrubbing", 2022).

Where texts of one form are compared, each position has its own stand-ins (``per_position``). Else
those of all tokens are thrown together, but for each text's first: the token that starts a text
takes in far larger numbers than any other, and keeps to itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypedDict

import numpy as np
import torch
from torch import Tensor

from llm_viz.trace import Dims

Array = np.ndarray[Any, np.dtype[Any]]
By = Literal["zero", "mean", "resample"]
PARTS = ("z", "attn_out", "mlp_out")  # what heads, attention layers and feed-forward layers put out


class StandIn(TypedDict, total=False):
    """The part of a `Write` that says what goes in."""

    values: Tensor
    take: Tensor
    n_tokens: int


@dataclass(frozen=True, eq=False)
class Reference:
    """The outputs of heads or layers on some texts.

    Attributes:
        lengths: tokens of each text.
        outputs: by site, of each text (layer, head, pos, d_head) or (layer, pos, d_model).
        weight_hash: of the model.
    """

    lengths: tuple[int, ...]
    outputs: Mapping[str, tuple[Array, ...]]
    weight_hash: str

    def __repr__(self) -> str:
        sites = ", ".join(self.outputs)
        return f"Reference({len(self.lengths)} texts, {sum(self.lengths):,} tokens, sites: {sites})"

    def stand_in(
        self,
        site: str,
        layer: int,
        heads: tuple[int, ...] | None,
        by: By,
        per_position: bool,
        seed: int,
        like: Tensor,
        dims: Dims,
    ) -> StandIn:
        """What goes in the place of a part's output; see `Write` for the form.

        Args:
            site: one of `PARTS`.
            layer, heads: which part; heads for ``z`` only.
            by: ``"mean"`` or ``"resample"``.
            per_position: keep to the position, rather than throwing all tokens together.
            seed: of the draw; parts that are drawn with one seed follow one text.
            like: a tensor of the wanted device and dtype.
            dims: of the model.

        Raises:
            ValueError: the site was not kept, or texts differ in length though positions matter.
        """
        if site not in self.outputs:
            raise ValueError(
                f"the reference holds {', '.join(self.outputs)}; make it with sites=({site!r},)"
            )
        parts = [array[layer] for array in self.outputs[site]]
        if heads is not None:
            parts = [part[list(heads)] for part in parts]
        rng = np.random.default_rng(seed)

        def tensor(array: Array) -> Tensor:
            return torch.tensor(array, device=like.device).to(like.dtype)

        if per_position:
            length = self.lengths[0]
            if set(self.lengths) != {length}:
                raise ValueError(
                    f"the reference texts have {min(self.lengths)} to {max(self.lengths)} tokens; "
                    "give texts of equal length, or per_position=False"
                )
            chosen = np.mean(parts, axis=0) if by == "mean" else parts[rng.integers(len(parts))]
            take = torch.arange(length)
            return {"values": tensor(chosen), "take": take, "n_tokens": length}

        first = np.stack([part[..., 0, :] for part in parts], axis=-2)
        others = np.concatenate([part[..., 1:, :] for part in parts], axis=-2)
        if not others.shape[-2]:
            raise ValueError("the reference texts hold one token each; give longer ones")
        if by == "mean":
            first, others = first.mean(-2, keepdims=True), others.mean(-2, keepdims=True)
        rows = first.shape[-2] + rng.integers(others.shape[-2], size=dims.n_ctx)
        rows[0] = rng.integers(first.shape[-2])
        values = np.concatenate([first, others], axis=-2)
        return {"values": tensor(values), "take": torch.from_numpy(rows)}
