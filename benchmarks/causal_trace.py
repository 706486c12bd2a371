"""A causal trace of 540 cells: against as many forward passes one by one, and against a peer.

30 layers by 18 positions, the residual stream restored, one noise. A forward pass is
`lm.run(text, sites=("logits",), positions=[-1])`, the least that gives a prediction; several are
timed and counted up to 540. The peer is TransformerLens, by the route of its own documentation: one
hook that adds the noise, one that puts the clean stream back, one run for each cell. Same weights,
same token ids, same noise, same run; the two maps are compared.
"""

from __future__ import annotations

import statistics
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

TEXT = "The Space Needle is a tower that stands in the middle of the city of Seattle"
SUBJECT = "Space Needle"
CELLS, FORWARDS, PAIRS = 540, 54, 3
OURS, LENS = "llm_viz, tracing", "TransformerLens, tracing"
TRACE, SINGLY, PEER = "causal trace", "540 forward passes", "causal trace, TransformerLens"
BUDGET = 0.25  # of the time of as many forward passes
SPEED = 6.0  # over TransformerLens, at least
SAME = 1e-3  # probabilities of two libraries that compute in another order


def main() -> None:
    folder = str(reference_folder())
    heading(f"A causal trace of {CELLS} cells ({machine()})", "Medians; ratios: of pairs.")
    with ExitStack() as stack:
        ours = stack.enter_context(Worker(sys.executable, OURS))
        lens = stack.enter_context(Worker(peer_python(), LENS, folder))
        request = {"text": TEXT, "subject": SUBJECT, "seed": 0}
        given = ours.ask("noise", **request)
        cells = len(given["ids"]) * 30
        assert cells == CELLS, f"the text gives {cells} cells"
        _check_same_map(ours, lens, request, given)

        def forwards() -> float:
            each = [ours.ask("forward", text=TEXT) for _ in range(FORWARDS)]
            return CELLS * statistics.mean(each)

        times = in_turn(
            {
                TRACE: partial(ours.ask, "trace", **request),
                SINGLY: forwards,
                PEER: partial(lens.ask, "trace", **given),
            },
            PAIRS,
            warm_up=0,
        )
    table((f"{len(given['ids'])} tokens", "time", "× forward passes"), beside(times, SINGLY))
    share = ratio(times[TRACE], times[SINGLY])
    speed = ratio(times[PEER], times[TRACE])
    print(
        f"\n{share:.2f}, {verdict(share, BUDGET)}; {speed:.1f} × the speed of TransformerLens, "
        f"{verdict(speed, SPEED, at_least=True)}"
    )


def _check_same_map(
    ours: Worker, lens: Worker, request: dict[str, Any], given: dict[str, Any]
) -> None:
    """What is faster must also be the same."""
    mine, theirs = ours.ask("traced", **request), lens.ask("traced", **given)
    worst = max(
        abs(a - b)
        for row, other in zip(mine, theirs, strict=True)
        for a, b in zip(row, other, strict=True)
    )
    print(f"largest difference of a probability from {LENS}: {worst:.1e}")
    assert worst < SAME, f"{LENS} gives another map"


if __name__ == "__main__":
    main()
