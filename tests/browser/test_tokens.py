"""Tokens on a page without Python: the tokenizer comes when wanted, and cuts as Python does."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

import llm_viz
from llm_viz.model import LanguageModel
from llm_viz.site.files import STATIC, as_script
from llm_viz.widgets import Tokens
from llm_viz.widgets.assets import asset_path
from tests.browser.support import Visitor, barriers, serving

pytestmark = pytest.mark.browser

GIVEN = "the <b>cat</b>"
ODD = "12½ <i>naïve</i> סלאם 👩‍👩‍👧 \u202e中\n\n5"
TEXTS = {"First": "the cat sat", "Second": "le chat était assis", "Third": "猫坐下了"}
EMBEDDED = re.compile(r"<script[^>]*assets\+json[^>]*>.*?</script>", re.DOTALL)
HOST = re.compile(r"<script>(?!.*<script>).*?</script>\s*</body>", re.DOTALL)


@pytest.fixture(scope="module")
def site(tiny: LanguageModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an exported page, and with the same page as a site has it: assets apart."""
    folder = tmp_path_factory.mktemp("site")
    one = Tokens(tiny, GIVEN, title="One")
    many = Tokens(
        tiny, texts=list(TEXTS.values()), labels=list(TEXTS), translations=True, title="Many"
    )
    whole = llm_viz.export_html([one, many], folder / "whole.html").read_text(encoding="utf-8")
    below = folder / "_static" / "llm_viz"
    (below / "assets").mkdir(parents=True)
    shutil.copy(STATIC / "host.js", below)
    for name in one.assets.values():
        content = asset_path(name).read_bytes()
        (below / "assets" / name).write_bytes(content)
        (below / "assets" / f"{name}.js").write_bytes(as_script(name, content))
    apart, embedded = EMBEDDED.subn("", whole)
    apart, inline = HOST.subn('<script async src="_static/llm_viz/host.js"></script></body>', apart)
    assert (embedded, inline) == (1, 1)
    (folder / "apart.html").write_text(apart, encoding="utf-8")
    return folder


@pytest.fixture(params=["http", "file", "exported"])
def page(request, site: Path, visitor: Visitor) -> Iterator[Page]:
    if request.param == "http":
        with serving(site) as address:
            yield visitor.open(f"{address}/apart.html")
    else:
        name = {"file": "apart", "exported": "whole"}[request.param]
        yield visitor.open((site / f"{name}.html").as_uri())


def shown(strip: Locator) -> list[str]:
    return strip.locator(".lv-chip:not(.lv-around)").all_text_contents()


def test_any_text_is_cut_as_in_python(page: Page, tiny: LanguageModel) -> None:
    view = page.locator(".lv-tokens").first
    strip, field = view.get_by_role("group", name="Your text as"), view.get_by_role("textbox")
    expect(strip.locator(".lv-chip")).not_to_have_count(0)
    assert shown(strip) == tiny.tokens(GIVEN, add_start=False)
    expect(strip.locator(".lv-around")).to_have_text("<s>")
    for text in (ODD, "the cats", ""):
        field.fill(text)
        wanted = tiny.tokens(text, add_start=False)
        expect(strip.locator(".lv-chip:not(.lv-around)")).to_have_count(len(wanted))
        assert shown(strip) == wanted
    expect(view.get_by_text("There is nothing to cut yet.")).to_be_visible()
    field.fill("the <script>alert(1)</script>")
    strip.locator(".lv-chip").last.focus()
    expect(view.get_by_role("tooltip")).to_contain_text("1 byte: 3E")


def test_of_a_long_text_the_beginning_is_cut(page: Page, tiny: LanguageModel) -> None:
    view = page.locator(".lv-tokens").first
    told = view.get_by_text("the first 2,000 are cut here")
    view.get_by_role("textbox").fill("😀" * 2001)
    expect(told).to_be_visible()
    wanted = tiny.tokens("😀" * 2000, add_start=False)
    expect(view.locator(".lv-cut .lv-chip:not(.lv-around)")).to_have_count(len(wanted))
    expect(view.get_by_role("textbox")).to_have_value("😀" * 2001)
    view.get_by_role("button", name="Reset").click()
    expect(told).to_be_hidden()
    expect(view.get_by_role("textbox")).to_have_value(GIVEN)


def test_texts_side_by_side(page: Page, tiny: LanguageModel) -> None:
    view = page.locator(".lv-tokens").last
    rows = view.locator(".lv-texts > li")
    expect(rows).to_have_count(3)
    counts = [len(tiny.token_ids(text, add_start=False)) for text in TEXTS.values()]
    expect(rows.nth(1)).to_contain_text(f"{counts[1]} ({counts[1] / counts[0]:.1f}\u00a0×)")
    view.get_by_role("radio", name="tokens per word").press(" ")
    expect(rows.nth(0)).to_contain_text(f"{counts[0] / 3:.2f}\u00a0a word")
    expect(rows.nth(2)).to_contain_text("no spaces between words")
    view.get_by_role("textbox").fill("the dog")
    expect(rows).to_have_count(4)
    expect(rows.first).to_contain_text("Your text")
    view.get_by_text("The same as a table").filter(visible=True).click()
    expect(view.get_by_role("row", name=f"First {counts[0]}")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_stands_in_anyones_way(site: Path, visitor: Visitor, theme: str) -> None:
    page = visitor.open((site / "whole.html").as_uri(), theme=theme, width=360)
    expect(page.locator(".lv-texts > li")).to_have_count(3)
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_tokenizer_comes_only_when_a_text_is_typed(site: Path, visitor: Visitor) -> None:
    with serving(site) as address:
        page = visitor.open(f"{address}/_static/llm_viz/host.js")  # any page: to listen first
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{address}/apart.html", wait_until="networkidle")
        assert any("/vocabulary-" in url for url in asked)
        assert not any("/tokenizer" in url for url in asked)
        page.get_by_role("textbox").first.focus()
        page.wait_for_load_state("networkidle")
        expect(page.locator(".lv-chip").first).to_be_visible()
        page.get_by_role("textbox").first.fill("the cat")
        expect(page.locator(".lv-cut").first.locator(".lv-chip")).to_have_count(3)
        assert sum("/tokenizer" in url for url in asked) == 2
