"""The logit lens of one text as a page gets it: small, and with its error stated.

Safetensors. n depths, pos positions, k likeliest tokens of each cell, c tokens that are followed:

- ``token_ids`` (n, pos, k), ``path_ids`` (pos, c), ``ranks`` (n, pos, c): U16, or U32 for a
  vocabulary of more than 65,536 tokens;
- ``log_probs`` (n, pos, k), ``path_log_probs`` (n, pos, c): U16, how many 1024ths of a nat below
  certainty. A probability is off by at most 0.05 % of itself. What is less likely than e^-63.99
  (1 in 10^27) counts as that;
- ``entropy``, ``kl`` (n, pos): F32, bits.

Under ``llm_viz_lens`` in the header: the schema, the text, its tokens and their ids at these
positions, the positions, the number of layers, and whether halves of blocks were read.
`js/src/lens/file.js` reads it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from llm_viz import packed
from llm_viz.analyses.lens import Lens
from llm_viz.packed import LARGEST, from_steps, to_steps

Array = np.ndarray[Any, np.dtype[Any]]

KEY = "llm_viz_lens"
SCHEMA = 1


def pack(lens: Lens, d_vocab: int) -> bytes:
    """A lens over all layers, as bytes."""
    whole = np.uint16 if d_vocab <= LARGEST + 1 else np.uint32
    rank = np.uint16 if d_vocab <= LARGEST else np.uint32
    tensors = {
        "token_ids": lens.token_ids.astype(whole),
        "log_probs": to_steps(lens.log_probs),
        "entropy": lens.entropy.astype(np.float32),
        "kl": lens.kl.astype(np.float32),
        "path_ids": lens.paths.token_ids.astype(whole),
        "path_log_probs": to_steps(lens.paths.log_probs),
        "ranks": lens.paths.ranks.astype(rank),
    }
    told = {
        "schema": SCHEMA,
        "text": lens.text,
        "tokens": lens.tokens,
        "read_ids": lens.read_ids,
        "positions": lens.positions,
        "layers": lens.depths[-1].layer + 1,
        "halves": any(depth.part == "attention" for depth in lens.depths),
    }
    return packed.pack(KEY, tensors, told)


def unpack(data: bytes) -> tuple[dict[str, Any], dict[str, Array]]:
    """What is told of a lens, and its arrays; log-probabilities again in nats."""
    told, tensors = packed.unpack(KEY, data)
    for name in ("log_probs", "path_log_probs"):
        tensors[name] = from_steps(tensors[name])
    return told, tensors
