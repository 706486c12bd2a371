"""The cell that makes a notebook run in Google Colab, and does nothing anywhere else."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from IPython.core.interactiveshell import InteractiveShell

from tools.notebooks import COLAB, ROOT, as_text, colab_cell, stripped, with_colab_cell

REPOSITORY = {"url": "https://github.com/example/a-book", "branch": "main"}
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def read(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))


def source() -> str:
    cell = colab_cell(REPOSITORY)
    assert cell is not None
    return "".join(cell["source"])


@pytest.fixture
def asked() -> list[str]:
    """What the cell asks pip for when it is run."""
    shell = InteractiveShell()
    lines: list[str] = []
    shell.register_magic_function(lines.append, magic_name="pip")
    shell.run_cell(source()).raise_error()
    return lines


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_notebooks_have_the_cell_that_the_setting_calls_for(path: Path) -> None:
    repository = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["repository"]
    kept = read(path)
    assert with_colab_cell(kept, colab_cell(repository)) == kept


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_it_comes_and_goes_and_leaves_the_notebook_as_it_was(path: Path) -> None:
    without = with_colab_cell(read(path), None)
    given = with_colab_cell(without, colab_cell(REPOSITORY))
    kinds = [cell["cell_type"] for cell in given["cells"]]
    assert given["cells"][kinds.index("code")]["id"] == COLAB
    assert with_colab_cell(given, colab_cell(REPOSITORY)) == given
    assert with_colab_cell(given, None) == without
    assert as_text(stripped(given)) == as_text(given)


def test_another_repository_takes_the_place_of_the_first() -> None:
    other = {"url": "https://github.com/someone/else", "branch": "next"}
    notebook = with_colab_cell(read(NOTEBOOKS[0]), colab_cell(REPOSITORY))
    moved = with_colab_cell(notebook, colab_cell(other))
    assert "git+https://github.com/someone/else@next" in as_text(moved)
    assert REPOSITORY["url"] not in as_text(moved)


def test_no_repository_no_cell() -> None:
    assert colab_cell({"url": "", "branch": "main"}) is None


def test_in_colab_it_installs_the_package(monkeypatch: pytest.MonkeyPatch, request) -> None:
    monkeypatch.setitem(sys.modules, "google.colab", ModuleType("google.colab"))
    assert request.getfixturevalue("asked") == [
        'install --quiet "llm_viz @ git+https://github.com/example/a-book@main"'
    ]


def test_anywhere_else_it_does_nothing(asked: list[str]) -> None:
    assert asked == []


def test_the_page_does_not_show_it_and_it_is_short() -> None:
    cell = colab_cell(REPOSITORY)
    assert cell is not None
    assert cell["metadata"]["tags"] == ["remove-cell"]
    assert len(source().splitlines()) <= 6


def test_it_is_as_ruff_would_write_it(tmp_path: Path) -> None:
    bare = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [colab_cell(REPOSITORY)]}
    path = tmp_path / "cell.ipynb"
    path.write_text(as_text(stripped(bare)), encoding="utf-8")
    settings = ["--config", str(ROOT / "pyproject.toml")]
    for command in (["format", "--check"], ["check", "--ignore", "INP001"]):
        ruff = [sys.executable, "-m", "ruff", *command, "--quiet", *settings, str(path)]
        done = subprocess.run(ruff, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
