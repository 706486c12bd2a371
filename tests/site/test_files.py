"""What is put into the site beside the theme."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest

from llm_viz.site import files
from llm_viz.widgets.assets import publish_plotly


def test_an_equal_file_keeps_its_time(tmp_path: Path) -> None:
    target = tmp_path / "folder" / "file"
    files.write_if_changed(target, b"one")
    before = target.stat().st_mtime_ns
    files.write_if_changed(target, b"one")
    assert target.stat().st_mtime_ns == before
    files.write_if_changed(target, b"two")
    assert target.read_bytes() == b"two"
    assert list(target.parent.iterdir()) == [target]


def test_a_twin_calls_the_page_with_the_same_bytes() -> None:
    content = bytes(range(256))
    script = files.as_script("vocabulary-1.json", content).decode("ascii")
    name, data = re.fullmatch(r'globalThis\.llmVizAsset\("(.*)","(.*)"\);\n', script).groups()  # type: ignore[union-attr]
    assert name == "vocabulary-1.json"
    assert base64.b64decode(data) == content


def test_assets_come_with_their_twins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "cache" / "words-1.bin"
    source.parent.mkdir()
    source.write_bytes(b"words")
    monkeypatch.setattr(files, "_asset_path", {"words-1.bin": source}.__getitem__)
    files.copy_assets({"words-1.bin"}, tmp_path / "html", "page")
    folder = tmp_path / "html" / "_static" / "llm_viz" / "assets"
    assert (folder / "words-1.bin").read_bytes() == b"words"
    assert (folder / "words-1.bin.js").read_bytes() == files.as_script("words-1.bin", b"words")


def test_a_classic_script_needs_no_twin_and_is_there_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LLM_VIZ_CACHE", str(tmp_path / "cache"))
    name = files.copy_plotly(tmp_path / "html", "page")
    assert name == publish_plotly()  # what a widget names: figures and widgets share one file
    (path,) = (tmp_path / "html").rglob("*.js*")
    assert path.relative_to(tmp_path / "html").as_posix() == f"_static/llm_viz/assets/{name}"
    assert path.read_bytes().startswith(b"/**\n* plotly.js")
    before = path.stat().st_mtime_ns
    files.copy_plotly(tmp_path / "html", "another")
    assert path.stat().st_mtime_ns == before


@pytest.mark.parametrize("problem", [FileNotFoundError, ValueError])
def test_a_missing_asset_is_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, problem: type[Exception]
) -> None:
    def missing(name: str) -> Path:
        raise problem(f"no asset {name}")

    warnings: list[str] = []
    monkeypatch.setattr(files, "_asset_path", missing)
    monkeypatch.setattr(
        files.logger, "warning", lambda text, *values, **_where: warnings.append(text % values)
    )
    files.copy_assets({"words-1.bin"}, tmp_path, "page")
    assert "no asset words-1.bin" in warnings[0]
    assert not (tmp_path / "_static").exists()
