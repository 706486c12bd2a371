"""Every chapter keeps its promises: short cells, tagged claims, a closing table."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

NOTEBOOKS = sorted(Path("notebooks").glob("*.ipynb"))
VERDICTS = ("reproduced", "partly", "not on this model", "cannot be tested here")
CLOSING = "## What the articles said / what we saw"


def cells(path: Path, kind: str) -> list[dict[str, Any]]:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    return [cell for cell in notebook["cells"] if cell["cell_type"] == kind]


def text_of(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


def closing_rows(path: Path) -> dict[str, str]:
    """Claim id to verdict, from the closing table."""
    last = text_of(cells(path, "markdown")[-1])
    assert last.startswith(CLOSING)
    rows = [line.split("|")[1:-1] for line in last.splitlines() if line.startswith("| **")]
    return {row[0].strip().strip("*"): row[-1].strip() for row in rows}


def test_there_are_notebooks() -> None:
    assert NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_no_outputs_are_kept(path: Path) -> None:
    for cell in cells(path, "code"):
        assert not cell["outputs"]
        assert cell["execution_count"] is None


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_cells_are_short_and_hold_no_plumbing(path: Path) -> None:
    for cell in cells(path, "code"):
        source = text_of(cell)
        assert len(source.splitlines()) <= 10, source
        assert not re.search(r"^\s*(class|def) ", source, re.MULTILINE), source


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_every_claim_of_the_table_is_tried_in_a_cell_and_judged(path: Path) -> None:
    rows = closing_rows(path)
    assert rows
    tried = {tag for cell in cells(path, "code") for tag in cell["metadata"].get("tags", [])}
    for claim, verdict in rows.items():
        assert claim in tried, f"no cell is tagged {claim}"
        assert any(f"**{known}**" in verdict for known in VERDICTS), verdict
    claims = {tag for tag in tried if re.fullmatch(r"[A-Z]{1,2}\d+", tag)}
    assert claims == set(rows)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_the_reader_predicts_before_each_reveal(path: Path) -> None:
    asks = re.compile(r"\*\*(Predict|Before you look):\*\*")
    asked = sum(bool(asks.search(text_of(cell))) for cell in cells(path, "markdown"))
    sections = sum(text_of(cell).startswith("## ") for cell in cells(path, "markdown")) - 1
    assert asked >= sections
