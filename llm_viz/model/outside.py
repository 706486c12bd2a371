"""`Outside`: any causal model of the transformers library, seen from outside.

Architectures that `llm_viz.model.families` does not know still run: they predict, generate, and
show their residual stream between blocks and, where the library hands them out, their attention
patterns. What happens inside a block is not taken apart, so no part can be switched off.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from llm_viz.model.capture import Recorder
from llm_viz.model.config import Config
from llm_viz.model.families import UnsupportedError
from llm_viz.model.interventions import NO_EDITS, Edits
from llm_viz.model.network import Cache
from llm_viz.trace import Dims

_STREAM = ("resid_pre", "resid_post", "resid_final")


class _LibraryCache:
    """The library's own cache, with the length that ours has."""

    def __init__(self) -> None:
        from transformers import DynamicCache

        self.held = DynamicCache()
        self.length = 0


class Outside:
    """Wraps a causal model of the transformers library.

    Args:
        model: loaded with its attention in ``eager`` mode, so that it can give its patterns.
    """

    opens = False
    attention_bias = False  # unknown, and nothing can ask

    def __init__(self, model: Any) -> None:
        self.model = model.eval().requires_grad_(False)
        self.config = _config(model)
        self.device = torch.device(model.device)
        self.dtype: torch.dtype = model.dtype
        self._blocks = _find_blocks(model, self.config.dims.n_layers)
        stream = _STREAM if self._blocks is not None else ()
        pattern = ("pattern",) if self._gives_patterns() else ()
        self.sites = (*stream, *pattern, "logits")

    @torch.inference_mode()
    def forward(
        self,
        ids: Tensor,
        *,
        record: Recorder | None = None,
        edits: Edits = NO_EDITS,
        cache: Cache | None = None,
        lengths: Tensor | None = None,
    ) -> Tensor:
        """Read token ids (B, T); returns logits (B, T, d_vocab). Padding is on the right."""
        if edits:
            raise UnsupportedError("the parts of this architecture cannot be switched off")
        if cache is not None and not isinstance(cache, _LibraryCache):
            raise TypeError("a cache of another network was given")
        record = record or Recorder((), self.config, 0, 0, ids.device)
        with self._listening(record):
            out = self.model(
                ids,
                past_key_values=cache.held if cache is not None else None,
                use_cache=cache is not None,
                output_attentions=record.wants("pattern"),
            )
        if record.wants("pattern"):
            for layer, pattern in enumerate(out.attentions):
                record.put("pattern", pattern, layer)
        if cache is not None:
            cache.length += ids.shape[1]
        logits: Tensor = out.logits
        return logits

    def readout(
        self, x: Tensor, *, token_ids: Tensor | None = None, norm_scale: Tensor | None = None
    ) -> Tensor:
        """The logits that `forward` returned."""
        if norm_scale is not None:
            raise UnsupportedError("the final norm of this architecture cannot be held still")
        return x if token_ids is None else x[..., token_ids]

    def final_scale(self, x: Tensor) -> Tensor:
        """Unknown here."""
        raise UnsupportedError("the final norm of this architecture cannot be looked into")

    def new_cache(self, batch: int, length: int) -> Cache:
        return _LibraryCache()

    def embeddings(self) -> Tensor:
        weight: Tensor = self.model.get_input_embeddings().weight
        return weight

    def n_parameters(self) -> int:
        return sum(p.numel() for p in self.model.parameters())

    @contextlib.contextmanager
    def _listening(self, record: Recorder) -> Iterator[None]:
        """Hooks on the blocks for as long as the pass lasts."""
        hooks = []
        for layer, block in enumerate(self._blocks or ()):

            def hear(_module: nn.Module, args: Any, out: Any, layer: int = layer) -> None:
                after = out[0] if isinstance(out, tuple) else out
                record.put("resid_pre", args[0], layer)
                if layer == self.config.dims.n_layers - 1:
                    record.put("resid_final", after)

            hooks.append(block.register_forward_hook(hear))
        try:
            yield
        finally:
            for hook in hooks:
                hook.remove()

    def _gives_patterns(self) -> bool:
        with torch.inference_mode():
            ids = torch.zeros((1, 3), dtype=torch.long, device=self.device)
            patterns = self.model(ids, output_attentions=True).attentions
        d = self.config.dims
        shape = (1, d.n_heads, 3, 3)
        if not patterns or len(patterns) != d.n_layers:
            return False
        return all(
            p is not None
            and p.shape == shape
            and torch.allclose(p.sum(-1), p.new_ones(()), atol=1e-2)
            for p in patterns
        )


def load_outside(folder: Path, device: torch.device, dtype: torch.dtype) -> Outside:
    """Load a folder of the Hugging Face format through the transformers library.

    Raises:
        UnsupportedError: the library has no causal model for it, or would have to run its code.
    """
    from transformers import AutoModelForCausalLM

    try:
        model: Any = AutoModelForCausalLM.from_pretrained(
            folder,
            dtype=dtype,
            attn_implementation="eager",
            use_safetensors=True,
            trust_remote_code=False,
            local_files_only=True,
        )
    except (ValueError, OSError, KeyError, ImportError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise UnsupportedError(
            f"the transformers library cannot load {folder.name!r} as a causal model: {reason}"
        ) from error
    return Outside(model.to(device))


def _config(model: Any) -> Config:
    """Sizes as the library names them; choices inside a block stay unknown."""
    raw = model.config.get_text_config()
    n_heads, d_model = raw.num_attention_heads, raw.hidden_size
    d_head = getattr(raw, "head_dim", None) or d_model // n_heads
    n_ctx = getattr(raw, "max_position_embeddings", None) or getattr(raw, "seq_length", None)
    return Config(
        family="other",
        dims=Dims(
            n_layers=raw.num_hidden_layers,
            n_heads=n_heads,
            n_kv_heads=getattr(raw, "num_key_value_heads", None) or n_heads,
            d_model=d_model,
            d_head=d_head,
            d_mlp=getattr(raw, "intermediate_size", None) or 4 * d_model,
            d_vocab=model.get_output_embeddings().weight.shape[0],
            n_ctx=n_ctx or 2048,
        ),
        norm="layer",
        norm_eps=0.0,
        activation="gelu",
        gated=False,
        rotary=None,
        attn_scale=d_head**-0.5,
    )


def _find_blocks(model: nn.Module, n_layers: int) -> nn.ModuleList | None:
    lists = [m for m in model.modules() if isinstance(m, nn.ModuleList) and len(m) == n_layers]
    return lists[0] if lists else None
