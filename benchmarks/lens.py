"""The logit lens over all layers and positions: against its own matrix products, and a peer.

50 tokens, 31 depths, the ten best tokens of each. Ours also gives the entropy and the divergence of
each from the final prediction. The bare product is the unembedding's alone, in the same blocks. The
peer is TransformerLens by its own verbs: `accumulated_resid`, `ln_final`, `unembed`, then
log-softmax and top-k. Same weights, same token ids, same run; the streams were captured before.
"""

from __future__ import annotations

import statistics
import sys
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks._common import (
    Worker,
    heading,
    in_turn,
    machine,
    ms,
    peer_python,
    ratio,
    reference_folder,
    table,
    verdict,
)
from benchmarks.capture import prompt

TOKENS, BEST, PAIRS = 50, 10, 15
OURS, PEER = "llm_viz", "TransformerLens"
PRODUCT, LENS, PEERS_LENS = "the bare product", "logit lens", "logit lens, TransformerLens"
BUDGET = 1.25  # over the bare product
MEMORY = 0.1  # of TransformerLens's, at most
SPEED = 1.0  # over TransformerLens, at least


def main() -> None:
    folder = str(reference_folder())
    heading(f"The logit lens, 31 × {TOKENS} ({machine()})", "Medians; ratios: of pairs.")
    with ExitStack() as stack:
        ours = stack.enter_context(Worker(sys.executable, OURS))
        peer = stack.enter_context(Worker(peer_python(), PEER, folder))
        request = prompt(ours, TOKENS) | {"k": BEST}
        for worker in (ours, peer):
            worker.ask("read_streams", **request)
        _check_same_numbers(ours, peer, request)
        times = in_turn(
            {
                PRODUCT: partial(ours.ask, "product", **request),
                LENS: partial(ours.ask, "lens", **request),
                PEERS_LENS: partial(peer.ask, "lens", **request),
            },
            PAIRS,
        )
    memory = {
        LENS: _memory(sys.executable, OURS, "", request),
        PEERS_LENS: _memory(peer_python(), PEER, folder, request),
    }
    rows = [
        (
            name,
            ms(statistics.median(seconds)),
            f"{ratio(seconds, times[PRODUCT]):.2f}",
            f"{memory[name]:,.0f} MB" if name in memory else "",
        )
        for name, seconds in times.items()
    ]
    table(("", "time", "× bare product", "added memory"), rows)
    over = ratio(times[LENS], times[PRODUCT])
    speed = ratio(times[PEERS_LENS], times[LENS])
    share = memory[LENS] / memory[PEERS_LENS]
    print(f"\nover the bare product: {over:.2f}, {verdict(over, BUDGET)}")
    print(
        f"against TransformerLens: speed {speed:.2f}, {verdict(speed, SPEED, at_least=True)}; "
        f"memory {share:.2f}, {verdict(share, MEMORY)}"
    )


def _check_same_numbers(ours: Worker, peer: Worker, request: dict[str, Any]) -> None:
    """A peer that gives other probabilities is compared with something else."""
    mine, theirs = (worker.ask("lens_top", **request) for worker in (ours, peer))
    assert len(mine) == len(theirs), f"{len(mine)} depths here, {len(theirs)} there"
    worst = max(
        abs(a - b)
        for rows in zip(mine, theirs, strict=True)
        for pair in zip(*rows, strict=True)
        for a, b in zip(*pair, strict=True)
    )
    print(f"largest difference of a log-probability: {worst:.1e}")
    assert worst < 1e-2, "TransformerLens gives other predictions"


def _memory(python: Path | str, name: str, folder: str, request: dict[str, Any]) -> float:
    """What the first lens of a process adds; threads and kernels were made ready by a short one."""
    with Worker(python, name, folder) as worker:
        short = {
            **request,
            "text": " ".join(request["text"].split()[:2]),
            "ids": request["ids"][:3],
        }
        worker.ask("read_streams", **short)
        worker.ask("lens", **short)
        worker.ask("read_streams", **request)
        return float(worker.ask("lens memory", **request))


if __name__ == "__main__":
    main()
