"""Write the lock file: `python tools/lock.py`, or `make lock`.

Resolves pyproject.toml with every extra, for every supported Python and system at once, with uv
(fetched into `_build/uv` when it is not on PATH).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.txt"

# torch moves on purpose only: raise it here, look at `make test` and `make bench`, then commit.
PINNED = ["torch==2.13.0"]

# On Linux torch's ordinary build asks for these; its CPU build does not. Whoever has a GPU gets the
# versions that their torch names, so the lock says nothing of them.
CUDA = re.compile(r"^(nvidia-|cuda-|triton)")

HEADER = """\
# The lock: exact versions for the book, CI and Binder, on Python 3.11-3.13, any system.
# Written by `make lock` (python tools/lock.py) from the ranges in pyproject.toml. Do not edit.
# torch's CUDA packages are left out on purpose: README, "A smaller torch", says why.
"""


def main() -> None:
    scratch = ROOT / "_build" / "lock"
    scratch.mkdir(parents=True, exist_ok=True)
    constraints = scratch / "constraints.txt"
    constraints.write_text("\n".join(PINNED) + "\n", encoding="utf-8")
    command = [_uv(), "pip", "compile", "--quiet", "--universal", "--python-version", "3.11"]
    command += ["--all-extras", "--no-header", "--no-annotate", "--no-emit-index-url"]
    # The lock of before is uv's starting point: what need not move does not; --upgrade moves all.
    before = scratch / "requirements.txt"
    before.write_text(LOCK.read_text(encoding="utf-8") if LOCK.exists() else "", encoding="utf-8")
    command += ["--output-file", str(before), "--constraints", str(constraints), *sys.argv[1:]]
    subprocess.run([*command, "pyproject.toml"], cwd=ROOT, check=True)
    resolved = before.read_text(encoding="utf-8").splitlines()
    lines = [
        line for line in resolved if line and not line.startswith("#") and not CUDA.match(line)
    ]
    after = HEADER + "\n".join(lines) + "\n"
    temporary = LOCK.with_name(f".{LOCK.name}.part")
    temporary.write_text(after, encoding="utf-8")
    os.replace(temporary, LOCK)
    print(f"lock: {len(lines)} packages in requirements.txt")


def _uv() -> str:
    if program := shutil.which("uv"):
        return program
    folder = ROOT / "_build" / "uv"
    scripts = folder / ("Scripts" if os.name == "nt" else "bin")
    if not (program := shutil.which("uv", path=str(scripts))):
        print("lock: fetching uv", flush=True)
        venv.create(folder, clear=True, with_pip=True)
        pip = [str(scripts / "python"), "-m", "pip", "install", "--quiet", "uv"]
        subprocess.run(pip, check=True)
        program = shutil.which("uv", path=str(scripts))
    if not program:
        sys.exit("error: pip installed uv, and it is not there; install uv and try again")
    return program


if __name__ == "__main__":
    main()
