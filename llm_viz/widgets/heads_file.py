"""The attention of one text as a page gets it: every head small, and some or all of them whole.

A pattern travels as `llm_viz.encoding` packs it: the square root of each share, in 255ths, row by
row; for a model that looks only backwards, the lower triangle only. Before that a share below a
tenth of an even one (1 in 10 n for n tokens, and never more than 1 in 1,000) is set to nothing:
half of a pattern is such dust, and it is what makes a page heavy. So a share p is off by at most
0.004 √p, or by that tenth.

Safetensors. n positions, b tokens to a block, side = n / b rounded up:

- ``patterns`` (k, cells): U8, the heads that travel, k of them;
- ``small`` (layer, head, side, side): U8, every head pooled: of each b by b block the largest
  share. The first token is left out, and stands apart in
- ``small_first`` (layer, head, side): U8, so that a page can hide it. Both are missing where all
  heads travel: then the page pools them itself;
- ``scores`` (score, layer, head): F32, over the whole text; NaN where a score means nothing.

Under ``llm_viz_heads`` in the header: the schema, the text, its tokens and their ids at these
positions, the positions, whether the model looks only backwards, the size of a block, the names of
the scores, and which heads travel. `js/src/heads/file.js` reads it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from llm_viz import encoding, packed
from llm_viz.analyses.attention import head_scores
from llm_viz.trace import Trace

Array = np.ndarray[Any, np.dtype[Any]]
Head = tuple[int, int]

KEY = "llm_viz_heads"
SCHEMA = 1
SIDE = 24  # cells of a small picture, at most, in each direction
FAINT = 0.001  # the largest share that may be set to nothing


def pack(trace: Trace, positions: Sequence[int], heads: Sequence[Head] | None) -> bytes:
    """The attention of a text as bytes.

    Args:
        trace: holds ``pattern``; it is computed head by head, never for all heads at once.
        positions: which tokens are shown, rising.
        heads: (layer, head) of those that travel whole; None: all.
    """
    d = trace.dims
    carried = d.heads if heads is None else list(heads)
    n = len(positions)
    causal = trace.attention.causal
    scores = head_scores(trace).as_dict()
    tensors: dict[str, Array] = {"scores": np.stack(list(scores.values())).astype(np.float32)}
    whole = np.zeros((len(carried), cells(n, causal=causal)), np.uint8)
    if heads is None:
        for i, head in enumerate(d.heads):
            whole[i] = codes(trace, head, positions)
    else:
        side = -(-n // block_of(n))
        small = np.zeros((d.n_layers, d.n_heads, side, side), np.uint8)
        first = np.zeros((d.n_layers, d.n_heads, side), np.uint8)
        for head in d.heads:
            row = codes(trace, head, positions)
            small[head], first[head] = pool(spread(row, n, causal=causal), positions[0] == 0)
            if head in carried:
                whole[carried.index(head)] = row
        tensors |= {"small": small, "small_first": first}
    tensors["patterns"] = whole
    told = {
        "schema": SCHEMA,
        "text": trace.text,
        "tokens": [trace.tokens[p] for p in positions],
        "token_ids": [trace.token_ids[p] for p in positions],
        "positions": list(positions),
        "causal": causal,
        "block": block_of(n),
        "scores": list(scores),
        "heads": None if heads is None else carried,
    }
    return packed.pack(KEY, tensors, told)


def unpack(data: bytes) -> tuple[dict[str, Any], dict[str, Array]]:
    """What is told of a text, and its arrays as they were packed."""
    return packed.unpack(KEY, data)


def codes(trace: Trace, head: Head, positions: Sequence[int]) -> Array:
    """The pattern of one head at some positions, packed: U8 (cells,)."""
    n = len(positions)
    at = np.asarray(positions)
    shares = trace.head("pattern", *head)[np.ix_(at, at)]
    shares = np.where(shares < min(FAINT, 0.1 / n), np.float32(0), shares)
    if trace.attention.causal:
        return encoding.pack("sqrt_u8_lower", "pattern", shares)["pattern"]
    return np.rint(255 * np.sqrt(shares)).astype(np.uint8).ravel()


def spread(row: Array, n: int, *, causal: bool) -> Array:
    """A packed pattern as a square U8 (n, n)."""
    square = np.zeros((n, n), np.uint8)
    if causal:
        square[np.tril_indices(n)] = row
    else:
        square[:] = row.reshape(n, n)
    return square


def pool(square: Array, has_first: bool) -> tuple[Array, Array]:
    """A pattern made small: the largest of each block, and that of the first column apart.

    Args:
        square: U8 (n, n).
        has_first: its first column is the first token of the text, and is left out of the blocks.

    Returns:
        U8 (side, side), and U8 (side,): zeros if there is no such column.
    """
    starts = np.arange(0, len(square), block_of(len(square)))
    first = np.maximum.reduceat(square[:, 0], starts) if has_first else np.zeros_like(starts)
    others = square.copy()
    others[:, 0] = 0 if has_first else square[:, 0]
    rows = np.maximum.reduceat(others, starts, axis=0)
    return np.maximum.reduceat(rows, starts, axis=1), first.astype(np.uint8)


def block_of(n: int) -> int:
    """How many tokens share a row of a small picture."""
    return -(-n // SIDE)


def cells(n: int, *, causal: bool) -> int:
    """How many bytes a whole pattern takes."""
    return n * (n + 1) // 2 if causal else n * n
