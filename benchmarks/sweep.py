"""Every head switched off by itself: a sweep, against as many runs one by one, and against a peer.

One by one is `lm.ablate` around `lm.run(text, sites=("logits",), positions=[-1])`, the least that
gives a prediction. The peer is TransformerLens, by the route of its own documentation: a hook that
sets a head's ``hook_z`` to zero, one run for each head. Same weights, same token ids, same run.
"""

from __future__ import annotations

import sys
from contextlib import ExitStack
from functools import partial
from typing import Any

from benchmarks._common import (
    Worker,
    beside,
    heading,
    in_turn,
    machine,
    peer_python,
    ratio,
    reference_folder,
    table,
    verdict,
)
from benchmarks.capture import prompt

TOKENS, PAIRS = 15, 3
OURS, LENS = "llm_viz", "TransformerLens"
SWEEP, SINGLY, PEER = "sweep", "one by one", "one by one, TransformerLens"
BUDGET = 0.2  # of the time of as many runs one by one
SAME = 1e-3  # logits of two libraries that compute in another order


def main() -> None:
    folder = str(reference_folder())
    heading(f"270 heads switched off, one at a time ({machine()})", "Medians; ratios: of pairs.")
    with ExitStack() as stack:
        ours = stack.enter_context(Worker(sys.executable, OURS))
        lens = stack.enter_context(Worker(peer_python(), LENS, folder))
        request = prompt(ours, TOKENS)
        _check_same_numbers(ours, lens, request)
        times = in_turn(
            {
                SWEEP: partial(ours.ask, "sweep", **request),
                SINGLY: partial(ours.ask, "singly", **request),
                PEER: partial(lens.ask, "singly", **request),
            },
            PAIRS,
            warm_up=0,
        )
    table((f"{TOKENS} tokens", "time", "× one by one"), beside(times, SINGLY))
    share = ratio(times[SWEEP], times[SINGLY])
    speed = ratio(times[PEER], times[SWEEP])
    print(f"\n{share:.2f}, {verdict(share, BUDGET)}; {speed:.1f} × the speed of TransformerLens")


def _check_same_numbers(ours: Worker, lens: Worker, request: dict[str, Any]) -> None:
    """What is faster must also be the same."""
    swept, singly, theirs = (
        ours.ask("swept_logits", **request),
        ours.ask("single_logits", **request),
        lens.ask("single_logits", **request),
    )
    for name, other in (("one by one", singly), (LENS, theirs)):
        worst = max(abs(a - b) for a, b in zip(swept, other, strict=True))
        print(f"largest difference of a best token's logit from {name}: {worst:.1e}")
        assert worst < SAME, f"{name} gives other logits"


if __name__ == "__main__":
    main()
