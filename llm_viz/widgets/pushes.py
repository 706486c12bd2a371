"""What `ResidualStream` carries of a prompt: contributions in hundredths of a logit that add up.

On screen the steps must add up to the total to the digits shown, and separately rounded numbers do
not. So the running total is rounded, after each component in order of depth, and a step is the
difference of two rounded totals: each total is within 0.005 of the exact one, each step within
0.01, and whatever is added up on screen is exact. (For a difference of two tokens: twice that.)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from llm_viz.analyses.attribution import attribution_sites, logit_attribution
from llm_viz.model import LanguageModel

Array = np.ndarray[Any, np.dtype[Any]]
BEST = 10  # likeliest tokens of each position
MOST_POSITIONS = 32  # of a text, where the author does not choose; of a longer one the last
IN_A_LOGIT = 100


def stepwise(contributions: Array) -> Array:
    """Contributions (component, token) as whole hundredths (token, component) that add up."""
    totals = np.rint(IN_A_LOGIT * np.cumsum(contributions, axis=0, dtype=np.float64))
    return np.diff(totals, axis=0, prepend=0).T.astype("<i4")


def shape_of(lm: LanguageModel) -> dict[str, Any]:
    """Which components a prompt's steps stand for, in order of depth.

    The embedding; of each layer its heads, its attention's bias (if ``bias``), its FFN; and, if
    ``constant``, the biases after the last layer.
    """
    d = lm.dims
    constant = lm.readout(np.zeros(d.d_model, np.float32)).any()
    return {
        "layers": d.n_layers,
        "heads": d.n_heads,
        "bias": lm.attention_bias,
        "constant": bool(constant),
    }


def pack_prompt(
    lm: LanguageModel,
    text: str,
    tokens: Sequence[int],
    constant: bool,
    positions: Sequence[int] | None = None,
) -> dict[str, Any]:
    """A text with the contributions to some tokens' logits, after each of some positions.

    The tokens of a position are those given, the one that comes next in the text, and the likeliest
    ten; likeliest first.

    Returns:
        ``text``; ``tokens`` and ``token_ids`` of the text; ``positions``, rising; ``candidates``,
        for each position the ids; ``names`` of all these; ``chances``, float32 bytes, the
        probability of each candidate; ``steps``, int32 bytes (candidate, component), all little
        endian, the candidates of all positions one after the other.

    Raises:
        ValueError: empty text, text beyond the context.
        IndexError: a position is out of range.
    """
    n = len(lm.readable(text))
    if positions is None:
        positions = range(max(0, n - MOST_POSITIONS), n)
    sites = (*attribution_sites(), "logits")
    trace = lm.run(text, sites, positions=positions)
    kept = sorted(set(trace.rows["logits"]))
    chosen, chances, steps = [], [], []
    for position in kept:
        logits = trace.logits_at(position).astype(np.float64)
        best = np.argpartition(-logits, min(BEST, len(logits) - 1))[:BEST]
        after = trace.token_ids[position + 1 : position + 2]
        wanted = np.array(sorted({*tokens, *after, *map(int, best)}))
        ids = [int(i) for i in wanted[np.argsort(-logits[wanted], kind="stable")]]
        found = logit_attribution(lm, trace, ids, position=position)
        contributions = found.contributions
        if constant and found.components[-1].kind != "constant":  # these tokens have none
            contributions = np.concatenate([contributions, np.zeros((1, len(ids)), np.float32)])
        chosen.append(ids)
        shares = np.exp(logits - logits.max())
        chances.append((shares[ids] / shares.sum()).astype("<f4"))
        steps.append(stepwise(contributions))
    every = sorted({token for ids in chosen for token in ids})
    return {
        "text": text,
        "tokens": list(trace.tokens),
        "token_ids": list(trace.token_ids),
        "positions": kept,
        "candidates": chosen,
        "names": {str(token): lm.tokenizer.show(token) for token in every},
        "chances": np.concatenate(chances).tobytes(),
        "steps": np.concatenate(steps).tobytes(),
    }


def steps_of(prompt: Mapping[str, Any], position: int) -> tuple[dict[int, Array], dict[int, float]]:
    """By token, its steps and its probability after a position, from a packed prompt.

    Raises:
        ValueError: this position is not among those carried.
    """
    if position not in prompt["positions"]:
        raise ValueError(f"position {position} is not carried: {prompt['positions']} are")
    at = prompt["positions"].index(position)
    ids = prompt["candidates"][at]
    before = sum(map(len, prompt["candidates"][:at]))
    n = sum(map(len, prompt["candidates"]))
    steps = np.frombuffer(prompt["steps"], "<i4").reshape(n, -1)[before : before + len(ids)]
    chances = np.frombuffer(prompt["chances"], "<f4")[before : before + len(ids)]
    return dict(zip(ids, steps, strict=True)), dict(zip(ids, map(float, chances), strict=True))
