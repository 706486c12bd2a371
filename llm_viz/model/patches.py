"""Values from another run, brought into the form in which the forward pass puts them in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from llm_viz.model.interventions import Write, position_of, write_to
from llm_viz.names import SITES
from llm_viz.trace import Dims, Trace

Array = np.ndarray[Any, np.dtype[Any]]


def patch(
    dims: Dims,
    like: Tensor,
    source: Trace | Array,
    site: str,
    layer: int | None,
    heads: Sequence[int] | None,
    positions: Sequence[int] | None,
) -> Write:
    """One site of one layer replaced by what stands in ``source``; see `Editing.patching`.

    Args:
        dims: of the model that is changed.
        like: a tensor of its device and dtype.
        source: a trace, or values (position, width) or (head, position, width).
        site, layer, heads: what is replaced.
        positions: where; None: everywhere.
    """
    place = write_to(dims, site, layer, heads)
    if isinstance(source, Trace):
        if positions is not None:
            positions = [position_of(p, len(source)) for p in positions]
        values = _from_trace(source, site, layer, place.heads, positions)
        length = len(source)
    else:
        values = np.asarray(source, np.float32)
        length = values.shape[-2] if values.ndim > 1 else 0
    of_text = positions is None
    if SITES[site].axes[-1] == "key":  # a row of it looks at every token of its text
        of_text, length = True, values.shape[-1] if values.ndim else 0
    at = list(range(length) if positions is None else positions)
    width = length if SITES[site].axes[-1] == "key" else getattr(dims, SITES[site].axes[-1])
    shape = (len(at), width) if place.heads is None else (len(place.heads), len(at), width)
    if values.shape != shape or not at:
        raise ValueError(f"the values for {site} have shape {values.shape}; expected {shape}")
    if not np.isfinite(values).all():
        raise ValueError(f"the values for {site} are not all finite numbers")
    if min(at) < 0:
        raise ValueError("positions hold a negative one; with an array, count them from 0 on")
    take = torch.full((max(at) + 1,), -1, dtype=torch.long)
    take[at] = torch.arange(len(at))
    held = torch.tensor(values).to(like.device, like.dtype)
    return write_to(dims, site, layer, heads, held, take, length if of_text else None, max(at) + 1)


def _from_trace(
    trace: Trace,
    site: str,
    layer: int | None,
    heads: tuple[int, ...] | None,
    positions: Sequence[int] | None,
) -> Array:
    if heads is None:
        values = trace[site] if layer is None else trace[site][layer]
    elif SITES[site].derived:
        assert layer is not None
        values = np.stack([trace.head(site, layer, head) for head in heads])
    else:
        values = trace[site][layer, list(heads)]
    return values if positions is None else values[..., list(positions), :]
