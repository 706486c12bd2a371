"""Writing: tokens a second of `lm.generate` against transformers' `generate`, greedy.

Both must write the same tokens; if they do not, there is nothing to compare.
"""

from __future__ import annotations

import statistics
import sys
from functools import partial

from benchmarks._common import (
    Worker,
    heading,
    in_turn,
    machine,
    ratio,
    reference_folder,
    table,
    verdict,
)

PROMPT = "The history of the lighthouse begins in"
NEW_TOKENS = 64
PAIRS = 7
BUDGET = 1.25


def main() -> None:
    folder = str(reference_folder())
    with (
        Worker(sys.executable, "llm_viz") as ours,
        Worker(sys.executable, "transformers", folder) as theirs,
    ):
        ids = ours.ask("token_ids", text=PROMPT)
        request = {"text": PROMPT, "ids": ids, "new": NEW_TOKENS}

        def seconds(worker: Worker) -> float:
            reply = worker.ask("generate", **request)
            assert len(reply["ids"]) == NEW_TOKENS, f"{worker.peer} stopped early; change PROMPT"
            written.setdefault(worker.peer, reply["ids"])
            return float(reply["seconds"])

        written: dict[str, list[int]] = {}
        times = in_turn({w.peer: partial(seconds, w) for w in (ours, theirs)}, PAIRS)
    assert written["llm_viz"] == written["transformers"], "the texts differ"
    heading(f"Generation ({machine()})", f"{NEW_TOKENS} tokens, greedy, equal token for token.")
    speed = {name: [NEW_TOKENS / s for s in times[name]] for name in times}
    table(("", "tokens a second"), [(n, f"{statistics.median(s):.1f}") for n, s in speed.items()])
    gain = ratio(speed["llm_viz"], speed["transformers"])
    print(f"\nspeed over transformers: {gain:.2f}, {verdict(gain, BUDGET, at_least=True)}")


if __name__ == "__main__":
    main()
