"""From a warm cache to a model that is ready, beyond importing torch; transformers for comparison.

A process a measurement: torch is imported first, then the clock runs until the model is there.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
from functools import partial

from benchmarks._common import (
    heading,
    in_turn,
    machine,
    ratio,
    reference_folder,
    table,
    verdict,
)

PAIRS = 5
BUDGET = 1.0  # seconds

FRAME = """
import sys, time
import torch
began = time.perf_counter()
{load}
print(time.perf_counter() - began)
"""
LOADS = {
    "llm_viz": 'import llm_viz; llm_viz.load_model(device="cpu")',
    "transformers": """
from transformers import AutoModelForCausalLM, AutoTokenizer
AutoModelForCausalLM.from_pretrained(sys.argv[1], dtype=torch.float32)
AutoTokenizer.from_pretrained(sys.argv[1])
""",
}


def main() -> None:
    folder = str(reference_folder())

    def seconds(name: str) -> float:
        command = [sys.executable, "-c", FRAME.format(load=LOADS[name]), folder]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        return float(done.stdout.strip().splitlines()[-1])

    times = in_turn({name: partial(seconds, name) for name in LOADS}, PAIRS)
    heading(f"Loading from a warm cache ({machine()})", "Beyond importing torch.")
    table(("", "seconds"), [(n, f"{statistics.median(s):.2f}") for n, s in times.items()])
    ready = statistics.median(times["llm_viz"])
    print(f"\nmodel ready: {ready:.2f} s, {verdict(ready, BUDGET)}")
    print(f"of transformers' time: {ratio(times['llm_viz'], times['transformers']):.2f}")


if __name__ == "__main__":
    main()
