"""How arrays are packed for a page, and what each packing costs in accuracy.

Two packings, each with the error it is tested against. JavaScript reads them in `js/src/trace.js`.

``half_below_max`` (logits): half-precision differences from the row's maximum, and the maximum in
float32. Within 3 nats of the top a probability is off by at most 0.1 %. (Plain halves of logits
near 20 would err by 4 % at T = 0.2.)

``sqrt_u8_lower`` (causal attention patterns): the lower triangle row by row, each share as the
rounded square root in 8 bits. A share p is off by at most 0.004 √p, plus 4 in a million. (Linear
steps err by 0.002 everywhere, and would round uniform attention over 1,000 tokens to nothing.)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]

# The packing of each site in a page; other sites travel as float32.
COMPACT: dict[str, str] = {"logits": "half_below_max", "pattern": "sqrt_u8_lower"}


def pack(how: str, name: str, array: Array) -> dict[str, Array]:
    """The tensors that stand for ``array`` of site ``name``, packed as ``how``."""
    if how == "half_below_max":
        top = array.max(axis=-1, keepdims=True)
        # Beyond the range of a half (65,504 nats below the top) a probability is nothing anyway.
        below = np.maximum(array - top, np.finfo(np.float16).min)
        return {name: below.astype(np.float16), f"{name}.max": top[..., 0].copy()}
    if how == "sqrt_u8_lower":
        rows, columns = np.tril_indices(array.shape[-1])
        return {name: np.rint(255 * np.sqrt(array[..., rows, columns])).astype(np.uint8)}
    raise ValueError(f"unknown encoding {how!r}")


def unpack(how: str, name: str, tensors: Mapping[str, Array], n_tokens: int) -> Array:
    """The float32 array of site ``name`` from its packed ``tensors``."""
    if how == "half_below_max":
        return tensors[name].astype(np.float32) + tensors[f"{name}.max"][..., None]
    if how == "sqrt_u8_lower":
        packed = tensors[name]
        array = np.zeros((*packed.shape[:-1], n_tokens, n_tokens), np.float32)
        rows, columns = np.tril_indices(n_tokens)
        array[..., rows, columns] = (packed.astype(np.float32) / 255) ** 2
        return array
    raise ValueError(f"unknown encoding {how!r}; update llm_viz, or run the text again")
