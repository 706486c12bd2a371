"""What switching parts off did to one text, as files and pages hold it: small, its error stated.

Safetensors. n rows (the first with everything on), c followed tokens, k likeliest of each row:

- ``log_probs`` (n, c): F32, nats; a logit difference is the difference of two of them;
- ``top_log_probs`` and ``top_before`` (n, k): U16, how many 1024ths of a nat below certainty. A
  probability is off by at most 0.05 % of itself. What is less likely than e^-63.99 (1 in 10^27)
  counts as that;
- ``top_ids`` (n, k): U16, or U32 for a vocabulary of more than 65,536 tokens;
- ``losses`` (n,): F32, nats a token; NaN for a text of one token.

Under ``llm_viz_switched`` in the header: the schema, the text, its tokens and their ids, how many
layers and heads there are, the answer, the rival, the followed tokens, the names of tokens by id,
and what is off in each row, as `llm_viz.analyses.switched.label` writes it ("" for nothing).
`js/src/switches/file.js` reads it.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import safetensors.numpy

from llm_viz.analyses.switched import SwitchedOff, component_of, label

Array = np.ndarray[Any, np.dtype[Any]]

KEY = "llm_viz_switched"
SCHEMA = 1
STEPS = 1024  # a nat
LARGEST = 2**16 - 1


def pack(result: SwitchedOff) -> bytes:
    """A result as bytes."""
    whole = np.uint16 if max(result.shown) <= LARGEST else np.uint32
    tensors = {
        "log_probs": result.log_probs.astype(np.float32),
        "top_ids": result.top_ids.astype(whole),
        "top_log_probs": _steps(result.top_log_probs),
        "top_before": _steps(result.top_before),
        "losses": result.losses.astype(np.float32),
    }
    told = {
        "schema": SCHEMA,
        "text": result.text,
        "tokens": result.tokens,
        "token_ids": result.token_ids,
        "layers": result.n_layers,
        "heads": result.n_heads,
        "answer": result.answer,
        "rival": result.rival,
        "followed": result.followed,
        "names": result.shown,
        "edits": [label(edit) if edit else "" for edit in result.edits],
    }
    held = {name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()}
    return safetensors.numpy.save(held, {KEY: json.dumps(told, ensure_ascii=False)})


def unpack(data: bytes) -> SwitchedOff:
    """The result that `pack` packed, within the error that is stated above."""
    length = int.from_bytes(data[:8], "little")
    told = json.loads(json.loads(data[8 : 8 + length])["__metadata__"][KEY])
    tensors = safetensors.numpy.load(data)
    return SwitchedOff(
        text=told["text"],
        tokens=tuple(told["tokens"]),
        token_ids=tuple(told["token_ids"]),
        n_layers=told["layers"],
        n_heads=told["heads"],
        answer=told["answer"],
        rival=told["rival"],
        edits=tuple(
            tuple(component_of(part) for part in edit.split(", ") if part) for edit in told["edits"]
        ),
        followed=tuple(told["followed"]),
        log_probs=tensors["log_probs"].astype(np.float64),
        top_ids=tensors["top_ids"].astype(np.int64),
        top_log_probs=tensors["top_log_probs"].astype(np.float64) / -STEPS,
        top_before=tensors["top_before"].astype(np.float64) / -STEPS,
        losses=tensors["losses"].astype(np.float64),
        shown={int(token): name for token, name in told["names"].items()},
    )


def _steps(log_probs: Array) -> Array:
    return np.clip(np.rint(-STEPS * log_probs), 0, LARGEST).astype(np.uint16)
