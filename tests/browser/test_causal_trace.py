"""CausalTrace on a page without Python, and with Python at the other end: a tiny model."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

import llm_viz
from llm_viz.analyses import causal_trace
from llm_viz.analyses.tracing import Tracing
from llm_viz.model import LanguageModel
from llm_viz.studies.tracing_file import unpack
from llm_viz.style import written
from llm_viz.widgets import CausalTrace
from llm_viz.widgets.causal_trace import SEEDS
from tests.browser.live import live as live_page
from tests.browser.support import Visitor, barriers

pytestmark = pytest.mark.browser

FACTS = [("the cat sat on the mat", "cat", 7), ("the <b>dog</b> \u202e😀 ran", "dog")]


@pytest.fixture(scope="module")
def made(tiny_folder, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, CausalTrace]:
    folder = tmp_path_factory.mktemp("causal_trace")
    lm: LanguageModel = llm_viz.load_model(tiny_folder("llama"), device="cpu")
    widget = CausalTrace(None, [causal_trace(lm, *fact) for fact in FACTS], title="Trace")
    llm_viz.export_html(widget, folder / "trace.html")
    return folder / "trace.html", widget


def opened(made: tuple[Path, CausalTrace], visitor: Visitor, query: str = "", **how) -> Locator:
    view = visitor.open(made[0].as_uri() + query, **how).locator(".lv-trace")
    expect(view.locator(".lv-trace-cell").first).to_be_visible()
    return view


@pytest.fixture
def view(made: tuple[Path, CausalTrace], visitor: Visitor) -> Locator:
    return opened(made, visitor)


def held(made: tuple[Path, CausalTrace], prompt: int = 0) -> Tracing:
    return unpack(made[1].traces[prompt])


def cell(view: Locator, layer: int, position: int) -> Locator:
    return view.locator(f".lv-trace-cell[data-row='{layer}'][data-column='{position}']")


def values(view: Locator) -> list[str]:
    texts = view.locator(".lv-trace-value").all_inner_texts()
    return [text.replace("\u00a0", " ") for text in texts]


def check_shown(view: Locator, traced: Tracing, kind: str, layer: int, position: int) -> None:
    expect(cell(view, layer, position)).to_have_attribute("aria-selected", "true")
    expect(view.locator("[aria-selected=true]")).to_have_count(1)
    p = float(traced.map(kind)[layer, position])
    assert values(view)[2] == written(p)
    said = view.locator(".lv-trace-restored .lv-chip").all_inner_texts()
    best = traced.top_ids[traced.kinds.index(kind), layer, position, :3]
    assert said == [traced.shown[int(token)] for token in best]


def test_a_click_shows_what_was_restored(view: Locator, made) -> None:
    traced = held(made)
    assert view.locator(".lv-trace-cell").count() == 3 * len(traced.tokens)
    assert values(view)[:2] == [written(traced.p_clean), written(traced.p_corrupted)]
    check_shown(view, traced, "hidden", 0, traced.subject[-1])
    cell(view, 2, 4).click()
    check_shown(view, traced, "hidden", 2, 4)
    expect(view.locator(".lv-trace-outcome")).to_contain_text("With the stream after layer 2")
    expect(view.locator(".lv-spoken").last).to_contain_text("With the stream after layer 2")
    cell(view, 1, 0).click()
    expect(view.locator(".lv-trace-outcome")).to_contain_text("stands before the subject")


def test_another_kind_has_another_map(view: Locator, made) -> None:
    traced = held(made)
    for name, kind in (("attention", "attention"), ("FFNs", "mlp"), ("the stream", "hidden")):
        view.get_by_role("radio", name=name).check()
        check_shown(view, traced, kind, 0, traced.subject[-1])
        shares = view.locator(".lv-trace-cell").evaluate_all(
            "cells => cells.map((cell) => parseFloat(cell.style.getPropertyValue('--share')))"
        )
        expected = 100 * (traced.map(kind)[::-1] / traced.p_clean).clip(0, 1)
        assert shares == pytest.approx(expected.flatten().tolist(), abs=0.06)


def test_sliders_and_keys_move_the_cell(view: Locator, made) -> None:
    traced = held(made)
    view.get_by_role("spinbutton", name="Layer, as a number").fill("1")
    view.get_by_role("slider", name="Token").press("End")
    last = len(traced.tokens) - 1
    check_shown(view, traced, "hidden", 1, last)
    cell(view, 1, last).focus()
    for key, at in (
        ("ArrowUp", (2, last)),
        ("ArrowLeft", (2, last - 1)),
        ("PageDown", (0, last - 1)),
        ("Home", (0, 0)),
        ("ArrowDown", (0, 0)),
        ("ArrowRight", (0, 1)),
        ("Control+Home", (2, 0)),
        ("End", (2, last)),
    ):
        view.page.keyboard.press(key)
        expect(cell(view, *at)).to_be_focused()
        check_shown(view, traced, "hidden", *at)
    expect(view.locator(".lv-trace-cell[tabindex='0']")).to_have_count(1)


def test_another_text_and_back(view: Locator, made) -> None:
    view.get_by_role("combobox", name="Text").select_option("1")
    traced = held(made, 1)
    expect(view.locator(".lv-trace-noisy.lv-chip")).to_have_count(len(traced.subject))
    assert view.locator("b").count() == 0
    check_shown(view, traced, "hidden", 0, len(traced.tokens) - 1)
    view.get_by_role("button", name="Reset").click()
    check_shown(view, held(made), "hidden", 0, held(made).subject[-1])


def test_a_fact_that_is_none_is_said_to_be(view: Locator, made) -> None:
    assert not held(made).known
    expect(view.locator(".lv-trace-unknown")).to_contain_text("does not seem to know this")
    view.get_by_role("combobox", name="Text").select_option("1")
    expect(view.locator(".lv-trace-unknown")).to_be_hidden()


def test_the_table_holds_every_cell(view: Locator, made) -> None:
    traced = held(made)
    view.get_by_text("The same as a table").click()
    rows = view.locator(".lv-table tbody tr")
    expect(rows).to_have_count(3 * len(traced.tokens))
    cells = rows.nth(1).locator("td").all_inner_texts()
    assert cells[1:3] == ["1", traced.tokens[1]]
    assert cells[3].replace("\u00a0", " ") == written(float(traced.map("hidden")[2, 1]))


def test_its_state_is_in_the_address(made, visitor: Visitor) -> None:
    query = "?trace.prompt=1&trace.kind=mlp&trace.layer=2"
    view = opened(made, visitor, f"{query}&trace.position=3")
    check_shown(view, held(made, 1), "mlp", 2, 3)
    cell(view, 1, 2).click()
    expect(view.page).to_have_url(re.compile(r"trace\.layer=1"))


def test_without_python_a_text_of_ones_own_says_why_not(view: Locator) -> None:
    view.get_by_text("A text of your own").click()
    for name in ("Its subject", "Answer (or none)"):
        expect(view.get_by_label(name)).to_be_disabled()
    expect(view.get_by_role("button", name="Trace")).to_be_disabled()
    expect(view.get_by_text("needs Python")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_stands_in_anyones_way(made, visitor: Visitor, theme: str) -> None:
    view = opened(made, visitor, theme=theme, width=360)
    view.get_by_text("The same as a table").click()
    view.get_by_text("A text of your own").click()
    assert barriers(view.page) == []
    assert view.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_it_is_a_still_picture_without_javascript(made, visitor: Visitor) -> None:
    page = visitor.open(made[0].as_uri(), javascript=False)
    expect(page.locator(".llm-viz-still tbody tr")).to_have_count(10)


def test_it_can_be_saved_as_a_picture(view: Locator) -> None:
    view.get_by_text("Share", exact=True).click()
    with view.page.expect_download() as download:
        view.get_by_role("button", name="Picture as SVG").click()
    text = download.value.path().read_text(encoding="utf-8")
    assert text.count("<rect") > 20
    assert "With the stream after layer 0" in text
    assert "NaN" not in text


@pytest.fixture
def live(tiny: LanguageModel, visitor: Visitor, tmp_path: Path):
    """The view with Python at the other end, without a notebook; and what Python was asked."""
    widget = CausalTrace(tiny, FACTS[:1])
    asked: list[dict] = []
    with live_page(widget, visitor, tmp_path, asked.append) as page:
        view = page.locator(".lv-trace")
        view.get_by_text("A text of your own").click()
        expect(view.get_by_role("button", name="Trace")).to_be_enabled()
        yield view, asked


def own(view: Locator, text: str, subject: str) -> None:
    view.get_by_role("textbox", name="Text").fill(text)
    view.get_by_role("textbox", name="Its subject").fill(subject)
    view.get_by_role("button", name="Trace").click()


def test_with_python_ones_own_text_is_traced(tiny: LanguageModel, live) -> None:
    view, asked = live
    own(view, "the <b>dog</b> ran to", "dog")
    traced_by_now = expect(view.get_by_role("combobox", name="Text"))
    traced_by_now.to_have_value("-1", timeout=60_000)  # many runs; how fast they are is no matter
    traced = causal_trace(tiny, "the <b>dog</b> ran to", "dog", seeds=SEEDS)
    check_shown(view, traced, "hidden", 0, traced.subject[-1])
    steps = [each for each in asked if each["kind"] == "trace"]
    assert [each["begin"] for each in steps] == [True] + [False] * (len(steps) - 1)
    for text, subject, problem in (
        ("  ", "x", "the text is empty"),
        ("cat " * 40, "x", "traces at most 24"),
        ("the cat ran", "dog", "the subject 'dog' does not stand in"),
    ):
        own(view, text, subject)
        expect(view.get_by_role("alert").filter(has_text=problem)).to_be_visible()
        check_shown(view, traced, "hidden", 0, traced.subject[-1])
