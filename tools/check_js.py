"""Check the types of the front end with tsc: `python tools/check_js.py`.

Uses the Node that the front-end build uses, which may come from PyPI and not be on PATH.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).resolve().parent.parent / "llm_viz" / "js" / "build.py"


def main() -> int:
    spec = importlib.util.spec_from_file_location("llm_viz_front_end", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    front_end = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(front_end)
    try:
        node = front_end.prepare(quiet=True)
    except front_end.BuildError as problem:
        sys.exit(f"error: {problem}")
    path = os.pathsep.join([str(Path(node.program).parent), os.environ.get("PATH", "")])
    command = [*node.npm, "run", "--silent", "check"]
    return subprocess.run(
        command, cwd=SCRIPT.parent, env=os.environ | {"PATH": path}, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
