"""One file of arrays with a few words on them: the form in which views and studies keep a result.

Safetensors whose header holds one JSON text under a name of its own. What stands in the arrays, and
how far off a packed value may be, is said by each of the modules that use this. Traces have a
format of their own, `llm_viz.trace`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import safetensors.numpy

Array = np.ndarray[Any, np.dtype[Any]]

STEPS = 1024  # a nat
LARGEST = 2**16 - 1


def pack(key: str, arrays: Mapping[str, Array], told: Mapping[str, Any]) -> bytes:
    """Arrays, and what is told of them under ``key``, as bytes."""
    # The format wants C order, which neither slices nor fancy indexing promise.
    held = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    return safetensors.numpy.save(held, {key: json.dumps(told, ensure_ascii=False)})


def unpack(key: str, data: bytes) -> tuple[dict[str, Any], dict[str, Array]]:
    """What is told under ``key``, and the arrays as they were packed."""
    length = int.from_bytes(data[:8], "little")
    told: dict[str, Any] = json.loads(json.loads(data[8 : 8 + length])["__metadata__"][key])
    return told, safetensors.numpy.load(data)


def to_steps(log_probs: Array) -> Array:
    """Log-probabilities in nats as U16: how many 1024ths of a nat below certainty.

    A probability is off by at most 0.05 % of itself. What is less likely than e^-63.99 (1 in 10^27)
    counts as that.
    """
    return np.clip(np.rint(-STEPS * log_probs.astype(np.float64)), 0, LARGEST).astype(np.uint16)


def from_steps(steps: Array) -> Array:
    """Log-probabilities in nats, float64, from what `to_steps` made of them."""
    return steps.astype(np.float64) / -STEPS
