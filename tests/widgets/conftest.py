"""Every test of a widget has a cache of its own."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Assets go into the test's folder; models and vectors of the whole run were loaded before."""
    monkeypatch.setenv("LLM_VIZ_CACHE", str(tmp_path))
    return tmp_path
