"""Measure: `python -m benchmarks [names]`. Without names, every figure, one after the other.

Each script runs in a process of its own; one that fails does not stop the others.
"""

from __future__ import annotations

import subprocess
import sys

from benchmarks._common import ROOT

FIGURES = (
    "capture",
    "attribution",
    "lens",
    "sweep",
    "causal_trace",
    "generation",
    "load",
    "page_weight",
    "first_widget",
    "slider",
    "pixels",
    "words",
    "word_map",
    "attention_heads",
    "neurons",
    "rebuild",
)


def main() -> int:
    names = sys.argv[1:] or list(FIGURES)
    if unknown := sorted(set(names) - set(FIGURES)):
        print(f"error: no figure {unknown[0]!r}; there are {', '.join(FIGURES)}", file=sys.stderr)
        return 2
    failed = []
    for name in names:
        print(f"bench: {name}", flush=True)
        command = [sys.executable, "-m", f"benchmarks.{name}"]
        if subprocess.run(command, cwd=ROOT, check=False).returncode:
            failed.append(name)
    if failed:
        print(f"\nerror: not measured: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
