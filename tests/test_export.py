"""`export_html`: one file with everything in it. How it looks in a browser: tests/browser."""

from __future__ import annotations

import base64
import gzip
import json
import re
import threading
from pathlib import Path

import ipywidgets
import pytest

import llm_viz
from llm_viz import widget_state
from llm_viz.model import LanguageModel
from llm_viz.widgets import NextToken
from llm_viz.widgets.assets import asset_path


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("LLM_VIZ_CACHE", str(tmp_path / "cache"))


def held(page: str, mime_type: str) -> dict:
    return json.loads(re.search(f'<script type="{re.escape(mime_type)}">(.*?)</script>', page)[1])


def test_the_file_holds_the_widget_its_code_and_its_assets(
    tiny: LanguageModel, tmp_path: Path, capsys
) -> None:
    widget = NextToken(tiny, "the cat", title="A <title> & more")
    path = llm_viz.export_html(widget, tmp_path / "page.html")
    page = path.read_text(encoding="utf-8")
    state = held(page, widget_state.STATE)["state"]
    assert state.keys() == {widget.model_id}
    assert state[widget.model_id]["state"]["temperature"] == 1.0
    assert set(held(page, widget_state.SOURCES).values()) == {widget._esm, widget._css}
    (name, packed), *others = held(page, widget_state.ASSETS).items()
    assert not others
    assert gzip.decompress(base64.b64decode(packed)) == asset_path(name).read_bytes()
    assert "<title>A &lt;title&gt; &amp; more</title>" in page
    assert re.search(r"""(src|href)=["'](https?:)?//""", page) is None
    told = capsys.readouterr().out
    assert f"{path.stat().st_size / 1000:,.0f} KB" in told
    assert '<iframe src="page.html" title="A &lt;title&gt; &amp; more"' in told


def test_linked_widgets_stay_linked(tiny: LanguageModel, tmp_path: Path) -> None:
    pair = [NextToken(tiny, text) for text in ("the cat", "the dog")]
    link = ipywidgets.jslink((pair[0], "temperature"), (pair[1], "temperature"))
    page = llm_viz.export_html(pair, tmp_path / "pair.html").read_text(encoding="utf-8")
    state = held(page, widget_state.STATE)["state"]
    assert state.keys() == {pair[0].model_id, pair[1].model_id, link.model_id}


def test_text_cannot_leave_its_place(tiny: LanguageModel, tmp_path: Path) -> None:
    text = "</script><script>alert(1)</script><!--"
    widget = NextToken(tiny, "the cat", labels=[text], caption=text)
    page = llm_viz.export_html(widget, tmp_path / "page.html").read_text(encoding="utf-8")
    assert "alert(1)</script>" not in page


@pytest.mark.parametrize("wrong", ["text", 3, None])
def test_what_is_no_widget_is_refused(wrong, tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="takes widgets, not"):
        llm_viz.export_html([wrong], tmp_path / "page.html")
    with pytest.raises(ValueError, match="empty"):
        llm_viz.export_html([], tmp_path / "page.html")


def test_a_core_ipywidget_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="cannot show IntSlider"):
        llm_viz.export_html(ipywidgets.IntSlider(), tmp_path / "page.html")
    assert not (tmp_path / "page.html").exists()


def test_two_that_write_the_same_file_leave_one_whole_file(
    tiny: LanguageModel, tmp_path: Path
) -> None:
    path = tmp_path / "page.html"
    both = [NextToken(tiny, text) for text in ("the cat", "the dog")]
    threads = [threading.Thread(target=llm_viz.export_html, args=(w, path)) for w in both * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    page = path.read_text(encoding="utf-8")
    (shown,) = widget_state.shown_in(page)
    assert held(page, widget_state.STATE)["state"].keys() == {shown}
    assert page.rstrip().endswith("</html>")
    assert list(tmp_path.glob("*.html*")) == [path]


@pytest.mark.real_model
def test_one_prompt_of_the_real_model_weighs_little(lm: LanguageModel, tmp_path: Path) -> None:
    widget = NextToken(lm, "The cat sat on the")
    assert llm_viz.export_html(widget, tmp_path / "page.html").stat().st_size <= 600_000
