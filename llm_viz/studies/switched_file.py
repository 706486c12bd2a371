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

import numpy as np

from llm_viz import packed
from llm_viz.analyses.switched import SwitchedOff, component_of, label
from llm_viz.packed import LARGEST, from_steps, to_steps

KEY = "llm_viz_switched"
SCHEMA = 1


def pack(result: SwitchedOff) -> bytes:
    """A result as bytes."""
    whole = np.uint16 if max(result.shown) <= LARGEST else np.uint32
    tensors = {
        "log_probs": result.log_probs.astype(np.float32),
        "top_ids": result.top_ids.astype(whole),
        "top_log_probs": to_steps(result.top_log_probs),
        "top_before": to_steps(result.top_before),
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
    return packed.pack(KEY, tensors, told)


def unpack(data: bytes) -> SwitchedOff:
    """The result that `pack` packed, within the error that is stated above."""
    told, tensors = packed.unpack(KEY, data)
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
        top_log_probs=from_steps(tensors["top_log_probs"]),
        top_before=from_steps(tensors["top_before"]),
        losses=tensors["losses"].astype(np.float64),
        shown={int(token): name for token, name in told["names"].items()},
    )
