"""The index of all neurons: its time over that of plain forward passes on the same windows.

Plain passes keep no activation and compute no logits, the least that reading can cost. The index is
measured while it is empty, when nearly every place beats what was kept so far, and over the same
windows again, when none does; the hundred batches of the study lie between the two.
"""

from __future__ import annotations

import sys
from functools import partial

from benchmarks._common import Worker, beside, heading, in_turn, machine, ratio, table, verdict

BATCHES, PAIRS = 1, 3
BUDGET = 2.0  # of the time of the plain passes
PLAIN, EMPTY, AGAIN = "plain passes", "index, empty", "index, again"


def main() -> None:
    with Worker(sys.executable, "llm_viz") as ours:
        tokens = ours.ask("cut_windows", batches=BATCHES)
        heading(f"Index of all neurons ({machine()})", f"{tokens:,} tokens. Medians.")
        times = in_turn(
            {
                PLAIN: partial(ours.ask, "plain"),
                EMPTY: partial(ours.ask, "index", afresh=True),
                AGAIN: partial(ours.ask, "index", afresh=False),
            },
            PAIRS,
        )
        memory = ours.ask("index memory", afresh=False)
    table(("", "time", "× plain passes"), beside(times, PLAIN))
    over = ratio(times[EMPTY], times[PLAIN])
    print(f"\nempty, the dearest: {over:.2f}, {verdict(over, BUDGET)}")
    print(f"memory beyond what is kept, at the peak of a batch: {memory:,.0f} MB")


if __name__ == "__main__":
    main()
