"""`Network`: what `LanguageModel` needs of the thing that holds the weights.

Two classes offer it: `Transformer`, this project's own pass, which gives every site and obeys every
edit; and `Outside`, which runs any other architecture through the transformers library and gives
what can be seen from there.
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import torch
from torch import Tensor

from llm_viz.model.capture import Recorder
from llm_viz.model.config import Config
from llm_viz.model.interventions import NO_EDITS, Edits


@runtime_checkable
class Cache(Protocol):
    """Keys and values of the positions read so far."""

    length: int


class Network(Protocol):
    """A stack of blocks that reads token ids and predicts.

    Attributes:
        config: its choices and sizes.
        device, dtype: where and in what it computes.
        sites: the sites it can capture, in table order.
        opens: True if its parts can be edited and its residual streams read out.
        attention_bias: True if an attention layer adds a bias to what its heads write.
    """

    config: Config
    device: torch.device
    dtype: torch.dtype
    sites: tuple[str, ...]
    opens: bool
    attention_bias: bool

    def forward(
        self,
        ids: Tensor,
        *,
        record: Recorder | None = None,
        edits: Edits = NO_EDITS,
        cache: Cache | None = None,
        lengths: Tensor | None = None,
    ) -> Tensor:
        """Read token ids (B, T); returns what `readout` turns into logits, (B, T, …)."""
        ...

    def readout(
        self, x: Tensor, *, token_ids: Tensor | None = None, norm_scale: Tensor | None = None
    ) -> Tensor:
        """Logits (…, d_vocab) of what `forward` returned, or of some tokens only.

        A network that ``opens`` takes a ``norm_scale`` (…) and is then linear: no biases.
        """
        ...

    def final_scale(self, x: Tensor) -> Tensor:
        """What the final norm of a network that ``opens`` divides by, (…)."""
        ...

    def new_cache(self, batch: int, length: int) -> Cache:
        """An empty cache for ``batch`` texts of up to ``length`` tokens."""
        ...

    def embeddings(self) -> Tensor:
        """The input embedding of every token, (d_vocab, d_model)."""
        ...

    def n_parameters(self) -> int:
        """How many weights it holds; shared ones count once."""
        ...
