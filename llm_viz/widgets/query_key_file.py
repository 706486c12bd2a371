"""One text as `QueryKey` carries it: the queries, keys and values of some heads, small enough.

Safetensors. n tokens, h heads, c tokens of the vocabulary (each head has its own):

- ``queries``, ``keys`` (h, n, d_head): F32, before the turn. The page turns, multiplies and
  softmaxes them itself; halves would move a share by several per cent;
- ``strength`` (n,): F32. How many times further a value moves a logit after this position than
  after the last one: the last position's scale of the final norm over this one's;
- ``token_ids.i`` (c,): U32, and ``said.i`` (n, c): U16, the bits of halves: what each value, moved
  whole by the i-th head, would add to the logit of each of these tokens after the last position.
  Off by at most 1 in 2,000 of itself.

The tokens of a head are those that each value promotes or suppresses most, those of the text, and
the author's. An encoder has none, and no ``strength``.

Under ``llm_viz_query_key`` in the header: the schema, the text, its tokens and their ids, the
(layer, head) pairs, the scale, the rates of the turn, whether the model is causal, and what each
token is called. `js/src/query_key/file.js` reads it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from llm_viz import packed
from llm_viz.analyses.query_key import furthest, reads_out
from llm_viz.model import LanguageModel
from llm_viz.trace import Trace

Array = np.ndarray[Any, np.dtype[Any]]

KEY = "llm_viz_query_key"
SCHEMA = 1
SAID = 4  # tokens that a value promotes, and as many that it suppresses


def pack(
    lm: LanguageModel,
    trace: Trace,
    heads: Sequence[tuple[int, int]],
    tokens: Sequence[int] = (),
) -> bytes:
    """A text with what some heads make of it.

    Args:
        lm: the model.
        trace: of the text, with the sites that `llm_viz.analyses.query_key.SITES` names.
        heads: (layer, head) pairs, within the model's range.
        tokens: ids that each head reads out besides its own choice.
    """
    kv = [head * lm.dims.n_kv_heads // lm.dims.n_heads for _, head in heads]
    layers = [layer for layer, _ in heads]
    tensors: dict[str, Array] = {
        "queries": trace["q"][layers, [head for _, head in heads]],
        "keys": trace["k"][layers, kv],
    }
    names: set[int] = set()
    if reads_out(lm):
        scales = lm.final_scale(trace["resid_final"])
        tensors["strength"] = (scales[-1] / scales).astype(np.float32)
        for i, (layer, head) in enumerate(heads):
            written = lm.head_write(layer, head, trace["v"][layer, kv[i]])
            said = lm.readout(written, norm_scale=float(scales[-1]))
            ids = np.unique([*furthest(said, SAID).flat, *trace.token_ids, *tokens])
            names.update(map(int, ids))
            tensors[f"token_ids.{i}"] = ids.astype(np.uint32)
            tensors[f"said.{i}"] = said[:, ids].astype(np.float16).view(np.uint16)
    told = {
        "schema": SCHEMA,
        "text": trace.text,
        "tokens": trace.tokens,
        "token_ids": trace.token_ids,
        "heads": [list(pair) for pair in heads],
        "scale": trace.attention.scale[0],
        "rates": list(lm.config.rotary or ()),
        "causal": trace.attention.causal,
        "names": {i: lm.tokenizer.show(i) for i in sorted(names)},
    }
    return packed.pack(KEY, tensors, told)


def unpack(data: bytes) -> tuple[dict[str, Any], dict[str, Array]]:
    """What is told of a text, and its arrays; ``said.i`` as float32."""
    told, tensors = packed.unpack(KEY, data)
    for name in [name for name in tensors if name.startswith("said.")]:
        tensors[name] = tensors[name].view(np.float16).astype(np.float32)
    return told, tensors
