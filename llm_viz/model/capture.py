"""`Recorder`: takes down the sites of one forward pass, only those asked for, layers stacked.

Each site gets one buffer on the model's device before the pass; each layer is copied into its
place, and the whole moves to the CPU once. The stream that leaves a block is the one that enters
the next, so ``resid_pre``, ``resid_post`` and ``resid_final`` share one buffer: a pass tells the
first for each block and the last at its end, and nothing is copied twice. ``head_out`` may be kept
at some positions only; it is then not even computed at the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from llm_viz.model.config import Config
from llm_viz.names import NARROWED, SITES
from llm_viz.trace import site_shape

_STREAM = ("resid_pre", "resid_post", "resid_final")


class Recorder:
    """Buffers (B, layer, …) for the wanted sites of a batch of B texts of up to T positions.

    Args:
        sites: their names.
        config: of the network.
        batch, length: B and T.
        device: where the network computes.
        rows: for each text the positions at which ``head_out`` is kept; None keeps all.
    """

    def __init__(
        self,
        sites: Iterable[str],
        config: Config,
        batch: int,
        length: int,
        device: torch.device,
        rows: Sequence[Sequence[int]] | None = None,
    ) -> None:
        self._sites = frozenset(sites)
        self._rows = None if rows is None else torch.tensor(rows, dtype=torch.long, device=device)
        self._buffers: dict[str, Tensor] = {}
        if self._sites & set(_STREAM):
            d = config.dims
            stream = (batch, d.n_layers + 1, length, d.d_model)
            self._buffers["resid"] = torch.empty(stream, device=device)
        for site in self._sites - set(_STREAM):
            narrow = rows[0] if rows is not None and site in NARROWED else None
            shape = (batch, *site_shape(site, config.dims, length, narrow))
            if SITES[site].axes[-2:] == ("pos", "d_mlp"):  # as `wide_linear` gives them
                buffer = torch.empty((*shape[:-2], shape[-1], shape[-2]), device=device)
                self._buffers[site] = buffer.transpose(-1, -2)
            else:
                self._buffers[site] = torch.empty(shape, device=device)

    def wants(self, *sites: str) -> bool:
        """True if any of the sites is to be taken down."""
        return not self._sites.isdisjoint(sites)

    def kept(self, value: Tensor) -> Tensor:
        """The rows of ``value`` (B, head, T, …) at the positions where ``head_out`` is kept."""
        if self._rows is None:
            return value
        texts = torch.arange(len(value), device=value.device)[:, None]
        return value[texts, :, self._rows].transpose(1, 2)

    def put(self, site: str, value: Tensor, layer: int | None = None, norm: int = 0) -> None:
        """Take down ``value`` (B, …) of a site, if it is wanted."""
        if site in _STREAM:
            if "resid" in self._buffers:
                self._buffers["resid"][:, -1 if layer is None else layer].copy_(value)
        elif site not in self._sites:
            return
        elif site == "norm_scale":
            self._buffers[site][:, layer, norm].copy_(value)
        elif layer is None:
            self._buffers[site].copy_(value)
        else:
            self._buffers[site][:, layer].copy_(value)

    def arrays(self, lengths: list[int]) -> list[dict[str, np.ndarray[Any, np.dtype[np.float32]]]]:
        """For each text of the batch its arrays, cut to its length, on the CPU."""
        host = {name: buffer.cpu().numpy() for name, buffer in self._buffers.items()}
        return [
            {site: self._cut(host, site, i, length) for site in SITES if site in self._sites}
            for i, length in enumerate(lengths)
        ]

    def _cut(
        self, host: dict[str, np.ndarray[Any, Any]], site: str, index: int, length: int
    ) -> np.ndarray[Any, Any]:
        if site in _STREAM:
            stream = host["resid"][index, :, :length]
            part = {"resid_pre": stream[:-1], "resid_post": stream[1:], "resid_final": stream[-1]}
            return part[site]
        if self._rows is not None and site in NARROWED:
            return host[site][index]
        axes = ("query", "key", "pos")
        cut = tuple(slice(length) if a in axes else slice(None) for a in SITES[site].axes)
        return host[site][index][cut]
