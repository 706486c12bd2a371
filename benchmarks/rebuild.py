"""How long the book takes to build: everything, then again with nothing changed.

Builds into a folder of its own, with an execution cache of its own, so that "everything" runs every
notebook and the reader's `_build/html` stays as it is.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path

from benchmarks._common import ROOT, SCRATCH, heading, machine, table, verdict

FULL, UNCHANGED = 360.0, 30.0  # seconds


def main() -> None:
    target = SCRATCH / "book"
    shutil.rmtree(target, ignore_errors=True)
    full = build(target)
    unchanged = build(target)
    heading(f"Building the book ({machine()})", "One build each: a build takes minutes.")
    rows = [("everything", full, FULL), ("nothing changed", unchanged, UNCHANGED)]
    table(
        ("", "seconds", "budget"),
        [(name, f"{seconds:.1f}", verdict(seconds, budget)) for name, seconds, budget in rows],
    )


def build(target: Path) -> float:
    """Seconds of one build with the options of `make html`."""
    program = Path(sys.executable).with_name("jupyter-book")
    command = [str(program), "build", ".", "--path-output", str(target)]
    began = time.perf_counter()
    done = subprocess.run(
        [*command, "--warningiserror", "--nitpick", "--keep-going"],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise SystemExit(f"error: the book does not build\n{done.stdout}{done.stderr}"[-4000:])
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
