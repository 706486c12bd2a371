"""Make the environment: `python tools/environment.py`. Standard library only.

Creates `.venv` in the checkout, installs the lock file (`requirements.txt`) into it, then the
package itself, editable. Does nothing when neither the lock nor the package's metadata changed.

    PIP_FLAGS     further options for pip, as one string
    TORCH_INDEX   address of a package index that has torch built for the CPU (Linux: see README)
"""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import subprocess
import sys
import venv
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
PYTHON = (
    ENVIRONMENT / "Scripts" / "python.exe" if os.name == "nt" else ENVIRONMENT / "bin" / "python"
)
LOCK = ROOT / "requirements.txt"
METADATA = (ROOT / "pyproject.toml", ROOT / "hatch_build.py")

# How pip begins its lines on a package: fetched, a file at hand, already there, or not for here.
_PACKAGE = re.compile(
    r"(?:Collecting |Processing \S*/|Requirement already satisfied: |Ignoring )([\w.-]+)"
)


def main() -> None:
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):
        sys.exit(
            f"error: Python 3.11, 3.12 or 3.13 is needed, and this is {sys.version.split()[0]}"
        )
    if not _works(PYTHON):
        say(f"environment: creating .venv with Python {sys.version.split()[0]}")
        venv.create(ENVIRONMENT, clear=True, with_pip=True)
    step("requirements", [LOCK], _install_requirements)
    step("package", METADATA, _install_package)


def step(name: str, inputs: Sequence[Path], action: Callable[[], None]) -> None:
    """Run ``action`` unless it was done for inputs of the same content."""
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in inputs)).hexdigest()
    stamp = ENVIRONMENT / f".{name}.sha256"
    if stamp.is_file() and stamp.read_text(encoding="ascii") == digest:
        return
    action()
    stamp.write_text(digest, encoding="ascii")


def _install_requirements() -> None:
    wanted = len(re.findall(r"(?m)^\w", LOCK.read_text(encoding="utf-8")))
    say(f"environment: installing {wanted} locked packages into .venv (minutes, once)")
    index = os.environ.get("TORCH_INDEX")
    if sys.platform == "linux" and not index:
        say("environment: torch may bring CUDA, some gigabytes; README says how to avoid that")
    extra = ["--extra-index-url", index] if index else []
    pip("install", "--requirement", str(LOCK), *extra, progress_of=wanted)


def _install_package() -> None:
    say("environment: installing llm_viz itself, editable")
    pip("install", "--no-deps", "--no-build-isolation", "--editable", str(ROOT))


def pip(*arguments: str, progress_of: int = 0) -> None:
    """Run the environment's pip; show how far it is instead of its hundreds of lines."""
    command = [str(PYTHON), "-m", "pip", *arguments]
    command += ["--no-input", "--disable-pip-version-check", "--progress-bar=off"]
    command += shlex.split(os.environ.get("PIP_FLAGS", ""))
    said: list[str] = []
    seen: set[str] = set()
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            said.append(line.rstrip())
            mark = _PACKAGE.match(line)
            if progress_of and mark and mark[1] not in seen:
                seen.add(mark[1])
                _progress(f"  fetching {min(len(seen), progress_of)} of {progress_of}", len(seen))
            elif progress_of and line.startswith("Installing collected packages"):
                _progress("  unpacking ...", 0)
    if progress_of and sys.stdout.isatty():
        print()
    if process.returncode:
        tail = "\n".join(said[-25:])
        sys.exit(f"error: {shlex.join(command)}\n{tail}")


def _progress(text: str, count: int) -> None:
    """One line that rewrites itself; in a log, one line now and then."""
    if sys.stdout.isatty():
        print(f"\r{text:<40}", end="", flush=True)
    elif count % 50 == 0:
        say(text)


def _works(python: Path) -> bool:
    try:
        return subprocess.run([python, "-c", ""], check=False).returncode == 0
    except OSError:
        return False


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    main()
