"""Keep notebooks as they belong into git: `python tools/notebooks.py [--check] [files]`.

Removes outputs, execution counts and what editors leave in the metadata, and keeps the cell for
Google Colab in step with `repository` in `_config.yml`: no repository, no cell. With --check it
only says which notebooks need it. Without files it takes all of `notebooks/`.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

ROOT = Path(__file__).resolve().parent.parent
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
CELL_METADATA = ("tags", "slideshow", "mystnb")  # what a page means; the rest is an editor's
COLAB = "colab"  # the id of the cell that installs the package there

# Colab brings its own torch, with CUDA. The package asks for ranges, not for the lock's versions,
# so pip leaves that torch alone. The page does not show the cell.
INSTALL = """\
# Google Colab does not have this book's package yet. Anywhere else this cell does nothing.
import sys

if "google.colab" in sys.modules:
    %pip install --quiet "llm_viz @ git+{url}@{branch}"\
"""


def colab_cell(repository: dict[str, str]) -> dict[str, Any] | None:
    """The cell that makes a notebook run in Google Colab; None without a repository."""
    if not repository["url"]:
        return None
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": COLAB,
        "metadata": {"tags": ["remove-cell"]},
        "outputs": [],
        "source": INSTALL.format(**repository).splitlines(keepends=True),
    }


def with_colab_cell(notebook: dict[str, Any], cell: dict[str, Any] | None) -> dict[str, Any]:
    """The notebook with this cell in front of its code, and no other of its kind."""
    cells = [other for other in notebook["cells"] if other.get("id") != COLAB]
    code = [place for place, other in enumerate(cells) if other["cell_type"] == "code"]
    if cell and code:
        cells.insert(code[0], cell)
    return {**notebook, "cells": cells}


def stripped(notebook: dict[str, Any]) -> dict[str, Any]:
    """The notebook without what a run or an editor left in it."""
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
    settings = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    colab = colab_cell(settings["repository"])
    changed = 0
    for path in files:
        if ".ipynb_checkpoints" in path.parts:
            continue
        before = path.read_text(encoding="utf-8")
        after = as_text(stripped(with_colab_cell(json.loads(before), colab)))
        if after == before:
            continue
        changed += 1
        if options.check:
            print(f"{path}: is not as it belongs into git; run `python tools/notebooks.py`")
        else:
            temporary = path.with_name(f".{path.name}.part")
            temporary.write_text(after, encoding="utf-8")
            os.replace(temporary, path)
            print(f"rewrote {path}")
    return 1 if changed else 0


if __name__ == "__main__":
    sys.exit(main())
