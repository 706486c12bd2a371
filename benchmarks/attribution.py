"""Direct logit attribution of one position by all heads: against one forward pass, and a peer.

The pass is `lm.run(text, sites=("logits",), positions=[-1])`: all that a prediction needs, and not
one site more. The peer is TransformerLens, by the route of its own documentation: `run_with_cache`,
`stack_head_results`, `logit_attrs`. Same weights, same token ids, same run; the difference of two
tokens' logits.
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

PAIRS = {15: 15, 50: 11, 200: 7}
TOKENS = {"token": 7042, "minus": 260}  # any two
OURS, LENS = "llm_viz", "TransformerLens, folded"
FORWARD, ATTRIBUTION, PEER = "one forward pass", "attribution", "attribution, TransformerLens"
BUDGET = 1.5  # over one forward pass


def main() -> None:
    folder = str(reference_folder())
    heading(f"A logit taken apart by all heads ({machine()})", "Medians; ratios: of pairs.")
    with ExitStack() as stack:
        ours = stack.enter_context(Worker(sys.executable, OURS))
        lens = stack.enter_context(Worker(peer_python(), LENS, folder))
        requests = {n: prompt(ours, n) | TOKENS for n in PAIRS}
        _check_same_numbers(ours, lens, requests[15])
        times = {
            n: in_turn(
                {
                    FORWARD: partial(ours.ask, "forward", **request),
                    ATTRIBUTION: partial(ours.ask, "attribution", **request),
                    PEER: partial(lens.ask, "attribution", **request),
                },
                PAIRS[n],
            )
            for n, request in requests.items()
        }
    rows = [
        (f"{n} tokens: {name}", *told)
        for n, by_name in times.items()
        for name, *told in beside(by_name, FORWARD)
    ]
    table(("", "time", "× one forward pass"), rows)
    print()
    for n, by_name in times.items():
        over = ratio(by_name[ATTRIBUTION], by_name[FORWARD])
        speed = ratio(by_name[PEER], by_name[ATTRIBUTION])
        print(f"{n} tokens: {over:.2f}, {verdict(over, BUDGET)}; {speed:.1f} × TransformerLens")


def _check_same_numbers(ours: Worker, lens: Worker, request: dict[str, Any]) -> None:
    """A peer that gives other contributions is compared with something else."""
    mine, theirs = (worker.ask("contributions", **request) for worker in (ours, lens))
    assert len(mine) == len(theirs), f"{len(mine)} heads here, {len(theirs)} there"
    worst = max(abs(a - b) for a, b in zip(mine, theirs, strict=True))
    print(f"largest difference of a head's contribution: {worst:.1e}")
    assert worst < 1e-3, "TransformerLens gives other contributions"


if __name__ == "__main__":
    main()
