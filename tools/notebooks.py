"""Keep outputs out of git: `python tools/notebooks.py [--check] [files]`.

Removes outputs, execution counts and what editors leave in the metadata; with --check only says
which notebooks need it. Without files it takes all of `notebooks/`.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
CELL_METADATA = ("tags", "slideshow", "mystnb")  # what a page means; the rest is an editor's


def stripped(notebook: dict[str, Any]) -> dict[str, Any]:
    """The notebook as it belongs into git."""
    cells = []
    for cell in notebook["cells"]:
        kept = {key: value for key, value in cell.items() if key != "metadata"}
        kept["metadata"] = {k: v for k, v in cell["metadata"].items() if k in CELL_METADATA}
        if cell["cell_type"] == "code":
            kept |= {"outputs": [], "execution_count": None}
        cells.append(dict(sorted(kept.items())))
    own = {k: v for k, v in notebook["metadata"].items() if k in {"mystnb", "jupytext"}}
    metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}, **own}
    return {**notebook, "cells": cells, "metadata": metadata}


def as_text(notebook: dict[str, Any]) -> str:
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="change nothing, fail if needed")
    parser.add_argument("files", nargs="*", type=Path)
    options = parser.parse_args()
    files = options.files or sorted((ROOT / "notebooks").rglob("*.ipynb"))
    changed = 0
    for path in files:
        if ".ipynb_checkpoints" in path.parts:
            continue
        before = path.read_text(encoding="utf-8")
        after = as_text(stripped(json.loads(before)))
        if after == before:
            continue
        changed += 1
        if options.check:
            print(f"{path}: has outputs or an editor's metadata; run `python tools/notebooks.py`")
        else:
            temporary = path.with_name(f".{path.name}.part")
            temporary.write_text(after, encoding="utf-8")
            os.replace(temporary, path)
            print(f"stripped {path}")
    return 1 if changed else 0


if __name__ == "__main__":
    sys.exit(main())
