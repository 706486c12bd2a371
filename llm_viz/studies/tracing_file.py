"""A causal trace as files and pages hold it: small, and with its error stated.

Safetensors. c kinds, n layers, pos positions, k likeliest tokens of each cell:

- ``p``, ``low``, ``high`` (c, n, pos) and ``top_p`` (c, n, pos, k): U16, how many 1024ths of a nat
  the logarithm lies below certainty. A probability is off by at most 0.05 % of itself. What is less
  likely than e^-63.99 (1 in 10^27) counts as that. With one noise there is no spread, and ``low``
  and ``high`` are ``p``;
- ``top_ids`` (c, n, pos, k): U16, or U32 for a vocabulary of more than 65,536 tokens.

Under ``llm_viz_tracing`` in the header: the schema, the text, its tokens and their ids, the
positions of the subject, the answer, the number of layers, the kinds, the window, the noise, the
seeds, the names of tokens by id, the answer's probability in the clean and the corrupted run (the
latter with its spread, as ``corrupted_interval``), and the likeliest tokens of both with their
probabilities. `js/src/causal_trace/file.js` reads it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from llm_viz import packed
from llm_viz.analyses.tracing import Tracing
from llm_viz.packed import LARGEST, from_steps, to_steps

Array = np.ndarray[Any, np.dtype[Any]]

KEY = "llm_viz_tracing"
SCHEMA = 1


def pack(traced: Tracing) -> bytes:
    """A trace as bytes."""
    single = len(traced.seeds) < 2
    whole = np.uint16 if max(traced.shown) <= LARGEST else np.uint32
    tensors = {
        "p": _steps(traced.p),
        "low": _steps(traced.p if single else traced.low),
        "high": _steps(traced.p if single else traced.high),
        "top_ids": traced.top_ids.astype(whole),
        "top_p": _steps(traced.top_probs),
    }
    ends = (traced.p_corrupted,) * 2 if single else traced.corrupted_spread
    told = {
        "schema": SCHEMA,
        "text": traced.text,
        "tokens": traced.tokens,
        "token_ids": traced.token_ids,
        "subject": traced.subject,
        "answer": traced.answer,
        "layers": traced.n_layers,
        "kinds": traced.kinds,
        "window": traced.window,
        "noise": traced.noise,
        "seeds": traced.seeds,
        "names": traced.shown,
        "p_clean": traced.p_clean,
        "p_corrupted": traced.p_corrupted,
        "corrupted_interval": ends,
        "clean": _said(traced.clean_ids, traced.clean_probs),
        "corrupted": _said(traced.corrupted_ids, traced.corrupted_probs),
    }
    return packed.pack(KEY, tensors, told)


def unpack(data: bytes) -> Tracing:
    """The trace that `pack` packed, within the error that is stated above."""
    told, tensors = packed.unpack(KEY, data)
    p, low, high, top_probs = (
        np.exp(from_steps(tensors[name])) for name in ("p", "low", "high", "top_p")
    )
    ends = told["corrupted_interval"]
    if len(told["seeds"]) < 2:
        low, high, ends = np.full_like(p, np.nan), np.full_like(p, np.nan), (np.nan, np.nan)
    (clean_ids, clean_probs), (corrupted_ids, corrupted_probs) = (
        map(np.array, zip(*told[run], strict=True)) for run in ("clean", "corrupted")
    )
    return Tracing(
        text=told["text"],
        tokens=tuple(told["tokens"]),
        token_ids=tuple(told["token_ids"]),
        subject=tuple(told["subject"]),
        answer=told["answer"],
        n_layers=told["layers"],
        kinds=tuple(told["kinds"]),
        window=told["window"],
        noise=told["noise"],
        seeds=tuple(told["seeds"]),
        p_clean=told["p_clean"],
        p_corrupted=told["p_corrupted"],
        corrupted_spread=(ends[0], ends[1]),
        p=p,
        low=low,
        high=high,
        clean_ids=clean_ids,
        clean_probs=clean_probs,
        corrupted_ids=corrupted_ids,
        corrupted_probs=corrupted_probs,
        top_ids=tensors["top_ids"].astype(np.int64),
        top_probs=top_probs,
        shown={int(token): name for token, name in told["names"].items()},
    )


def _steps(probs: Array) -> Array:
    with np.errstate(divide="ignore"):  # what is too unlikely for a number counts as the least
        return to_steps(np.log(probs))


def _said(ids: Array, probs: Array) -> list[tuple[int, float]]:
    return [(int(token), float(p)) for token, p in zip(ids, probs, strict=True)]
