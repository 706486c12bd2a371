"""Switches on a page without Python, and with Python at the other end: a tiny model."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

import llm_viz
from llm_viz.analyses import switched_off
from llm_viz.analyses.switched import SwitchedOff
from llm_viz.model import LanguageModel
from llm_viz.studies.switched_file import unpack
from llm_viz.widgets import Switches
from tests.browser.live import live as live_page
from tests.browser.support import Visitor, barriers

pytestmark = pytest.mark.browser

TEXTS = ["the cat sat on the mat", "the dog <b>ran</b> \u202e😀"]
GROUPS = {"a pair": ["L1H2", "L0H5"]}
COLUMNS = ("heads", "attention", "mlp")


@pytest.fixture(scope="module")
def made(tiny_folder, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Switches]:
    folder = tmp_path_factory.mktemp("switches")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LLM_VIZ_CACHE", str(folder / "cache"))
        lm: LanguageModel = llm_viz.load_model(tiny_folder("llama"), device="cpu")
        widget = Switches(
            lm,
            TEXTS,
            answers=[7, None],
            rivals=[9, None],
            groups=GROUPS,
            columns=COLUMNS,
            title="Switches",
        )
        llm_viz.export_html(widget, folder / "switches.html")
    return folder / "switches.html", widget


def opened(made: tuple[Path, Switches], visitor: Visitor, query: str = "", **how) -> Locator:
    page = visitor.open(made[0].as_uri() + query, **how)
    view = page.locator(".lv-switches")
    expect(view.locator(".lv-switch")).to_have_count(3 * (6 + 2))
    return view


@pytest.fixture
def view(made: tuple[Path, Switches], visitor: Visitor) -> Locator:
    return opened(made, visitor)


def held(made: tuple[Path, Switches], prompt: int = 0) -> SwitchedOff:
    return unpack(made[1].traces[prompt])


def switch(view: Locator, name: str) -> Locator:
    return view.get_by_role("switch", name=re.compile(f"^{name}, "))


def figures(view: Locator) -> list[str]:
    return view.locator(".lv-switch-figure").all_inner_texts()


def two(number: float) -> str:
    return f"{number:.2f}".replace("-", "−")


def told(result: SwitchedOff, row: int) -> list[str]:
    """The logit difference and the loss of a row, as they are written."""
    return [two(result.logit_difference[row]), two(result.losses[row])]


def off(view: Locator) -> list[str]:
    names = view.locator(".lv-switch[aria-checked=false]").all()
    return [(each.get_attribute("aria-label") or "").split(",")[0] for each in names]


def test_a_switch_moves_every_figure(view: Locator, made) -> None:
    result = held(made)
    assert figures(view)[1:] == told(result, 0)
    switch(view, "L1H2").click()
    expect(switch(view, "L1H2")).to_have_attribute("aria-checked", "false")
    row = result.row(["L1H2"])
    assert figures(view)[1:] == told(result, row)
    expect(view.locator(".lv-switch-result")).to_contain_text("With L1H2 off")
    expect(view.locator(".lv-switch-bars li")).to_have_count(8)
    expect(view.locator(".lv-switch-value-after").first).not_to_be_empty()
    expect(view.locator(".lv-spoken").last).to_contain_text("With L1H2 off")
    switch(view, "L2H0").click()  # a page knows each alone: the other is on again
    assert off(view) == ["L2H0"]
    switch(view, "L2H0").click()
    assert off(view) == []
    assert figures(view)[1:] == told(result, 0)


def test_a_group_is_switched_together(view: Locator, made) -> None:
    pair = view.get_by_role("button", name="a pair")
    pair.click()
    expect(pair).to_have_attribute("aria-pressed", "true")
    assert sorted(off(view)) == ["L0H5", "L1H2"]
    result = held(made)
    assert figures(view)[1:] == told(result, result.row(GROUPS["a pair"]))
    expect(view.locator(".lv-switch-result")).to_contain_text("With a pair off")
    view.get_by_role("button", name="everything").click()
    expect(view.locator(".lv-switch-result")).to_contain_text("Nothing is left but the embedding")
    expect(view.locator(".lv-switch[aria-checked=true]")).to_have_count(0)
    view.get_by_role("button", name="Switch all on").click()
    assert off(view) == []


def test_a_whole_attention_layer_takes_its_heads_along(view: Locator) -> None:
    switch(view, "L1 attention").click()
    assert sorted(off(view)) == ["L1 attention", *(f"L1H{head}" for head in range(6))]


def test_other_combinations_say_why_not(made, visitor: Visitor) -> None:
    view = opened(made, visitor)
    expect(view.get_by_role("checkbox", name="Several at once")).to_be_disabled()
    expect(view.get_by_text("Any combination needs the model running")).to_be_visible()
    expect(view.get_by_label("Your own text")).to_be_disabled()
    view = opened(made, visitor, "?switches.off=L0H0,L0H1")
    expect(view.get_by_role("status").filter(has_text="was not tried")).to_be_visible()
    assert off(view) == ["L0H0", "L0H1"]
    assert figures(view)[1:] == told(held(made), 0)


def test_everything_is_reached_by_keyboard(view: Locator) -> None:
    view.get_by_role("combobox", name="Colour shows").focus()
    top = switch(view, "L2H0")
    expect(view.locator(".lv-switch[tabindex='0']")).to_have_count(1)
    top.focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowRight"):
        view.page.keyboard.press(key)
    expect(switch(view, "L1H2")).to_be_focused()
    expect(view.locator(".lv-switch-look")).to_contain_text("L1H2, switched off alone: ")
    view.page.keyboard.press(" ")
    assert off(view) == ["L1H2"]
    view.page.keyboard.press("Enter")
    assert off(view) == []
    for key, name in (
        ("End", "L1 FFN"),
        ("Home", "L1H0"),
        ("PageDown", "L0H0"),
        ("PageUp", "L2H0"),
    ):
        view.page.keyboard.press(key)
        expect(switch(view, name)).to_be_focused()
    ranked = view.locator(".lv-switch-ranked").first
    ranked.press("Enter")
    expect(ranked).to_have_attribute("aria-pressed", "true")
    assert ranked.inner_text() in off(view)


def test_colours_follow_what_is_missed(view: Locator, made) -> None:
    result = held(made)
    for measure, sign in (("difference", -1), ("loss", 1)):
        view.get_by_role("combobox", name="Colour shows").select_option(measure)
        changes = result.changes(measure)
        heads = [
            row
            for row, edit in enumerate(result.edits)
            if len(edit) == 1 and edit[0].kind == "head"
        ]
        worst = max(heads, key=lambda row: sign * changes[row])
        best = min(heads, key=lambda row: sign * changes[row])
        for row, is_missed in ((worst, True), (best, False)):
            assert (sign * changes[row] > 0) == is_missed
            cell = switch(view, result.labels[row])
            classes = cell.get_attribute("class") or ""
            assert ("lv-switch-missed" in classes) == is_missed
            assert two(changes[row]) in (cell.get_attribute("aria-label") or "")
        assert "100.0%" in str(
            [cell.get_attribute("style") for cell in view.locator(".lv-switch").all()]
        )


def test_the_table_holds_all_that_was_tried(view: Locator, made) -> None:
    view.get_by_text("The same as a table").click()
    result = held(made)
    rows = view.locator(".lv-table tbody tr")
    expect(rows).to_have_count(len(result.edits))
    cells = rows.nth(5).locator("td").all_inner_texts()
    assert cells[0] == result.labels[5]
    assert cells[2:4] == told(result, 5)
    expect(rows.filter(has_text="a pair")).to_have_count(1)


def test_another_text_keeps_the_switches(view: Locator, made) -> None:
    switch(view, "L0H3").click()
    view.get_by_role("combobox", name="Text").select_option("1")
    result = held(made, 1)
    expect(view.locator(".lv-switch-read .lv-chip")).to_have_count(len(result.tokens))
    assert view.locator("b").count() == 0
    assert off(view) == ["L0H3"]
    assert figures(view)[1:] == told(result, result.row(["L0H3"]))
    view.get_by_role("button", name="Reset").click()
    assert off(view) == []
    expect(view.get_by_role("combobox", name="Text")).to_have_value("0")


def test_its_state_is_in_the_address(made, visitor: Visitor) -> None:
    view = opened(made, visitor, "?switches.prompt=1&switches.off=L1H2,L0H5&switches.measure=loss")
    assert sorted(off(view)) == ["L0H5", "L1H2"]
    expect(view.get_by_role("combobox", name="Colour shows")).to_have_value("loss")
    result = held(made, 1)
    assert figures(view)[1:] == told(result, result.row(GROUPS["a pair"]))
    view.get_by_role("button", name="Switch all on").click()
    switch(view, "L2 FFN").click()
    expect(view.page).to_have_url(re.compile(r"switches\.off=L2\+FFN"))
    view = visitor.open(made[0].as_uri() + "?switches.off=L7H0").locator(".lv-switches")
    expect(view.get_by_role("alert").filter(has_text="there is no L7H0")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_stands_in_anyones_way(made, visitor: Visitor, theme: str) -> None:
    view = opened(made, visitor, "?switches.off=L1H2", theme=theme, width=360)
    view.get_by_text("The same as a table").click()
    page: Page = view.page
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_it_is_a_still_picture_without_javascript(made, visitor: Visitor) -> None:
    page = visitor.open(made[0].as_uri(), javascript=False)
    expect(page.locator(".llm-viz-still tbody tr")).to_have_count(10)


def test_it_can_be_saved_as_a_picture(view: Locator) -> None:
    switch(view, "L1H2").click()
    view.get_by_text("Share", exact=True).click()
    with view.page.expect_download() as download:
        view.get_by_role("button", name="Picture as SVG").click()
    text = download.value.path().read_text(encoding="utf-8")
    assert text.count("<rect") > 24
    assert "With L1H2 off" in text
    assert "NaN" not in text


@pytest.fixture
def live(tiny: LanguageModel, visitor: Visitor, tmp_path: Path):
    """The view with Python at the other end, without a notebook; and what Python was asked."""
    widget = Switches(tiny, TEXTS[0], answers=[7], rivals=[9], groups=GROUPS)
    asked: list[dict] = []
    with live_page(widget, visitor, tmp_path, asked.append) as page:
        view = page.locator(".lv-switches")
        expect(view.get_by_role("checkbox", name="Several at once")).to_be_enabled()
        yield view, asked


def test_with_python_any_combination_is_run(tiny: LanguageModel, live) -> None:
    view, asked = live
    view.get_by_role("checkbox", name="Several at once").check()
    switch(view, "L0H0").click()
    assert not [each for each in asked if each["kind"] == "switch"]  # that one is known
    switch(view, "L2H3").click()
    expect(view.locator(".lv-switch-result")).to_contain_text("With L0H0, L2H3 off")
    result = switched_off(tiny, TEXTS[0], [["L0H0", "L2H3"]], answer=7, rival=9)
    assert figures(view)[1:] == told(result, 1)
    view.get_by_role("button", name="a pair").click()
    expect(view.locator(".lv-switch-result")).to_contain_text("With L0H0, L0H5, L1H2, L2H3 off")
    expect(view.get_by_role("button", name="a pair")).to_have_attribute("aria-pressed", "true")
    switches = [each["off"] for each in asked if each["kind"] == "switch"]
    assert switches == ["L0H0, L2H3", "L0H0, L0H5, L1H2, L2H3"]
    switch(view, "L2H3").click()
    expect(view.locator(".lv-switch-result")).to_contain_text("With L0H0, L0H5, L1H2 off")


def test_with_python_ones_own_text_is_read(tiny: LanguageModel, live) -> None:
    view, _ = live
    own = view.get_by_role("textbox", name="Your own text")
    own.fill("the <b>dog</b> ran")
    own.press("Enter")
    expect(view.get_by_role("combobox", name="Text")).to_have_value("-1")
    expect(view.locator(".lv-switch-unknown")).to_have_count(18)
    switch(view, "L1H1").click()
    expect(view.locator(".lv-switch-result")).to_contain_text("With L1H1 off")
    result = switched_off(tiny, "the <b>dog</b> ran")
    assert figures(view)[1:] == told(result, result.row(["L1H1"]))
    view.get_by_role("button", name="Try all 18 heads, one by one").click()
    expect(view.locator(".lv-switch-unknown")).to_have_count(0)
    expect(view.get_by_role("button", name="Try all 18 heads")).to_be_hidden()
    assert figures(view)[1:] == told(result, result.row(["L1H1"]))
    for text, problem in (("  ", "the text is empty"), ("cat " * 90, "reads at most 64")):
        own.fill(text)
        own.press("Enter")
        expect(view.get_by_role("alert").filter(has_text=problem)).to_be_visible()
        expect(view.locator(".lv-switch-read")).to_contain_text("dog")


def test_a_run_that_fails_is_told_and_the_picture_stays(live, monkeypatch) -> None:
    view, _ = live
    view.get_by_role("checkbox", name="Several at once").check()
    switch(view, "L0H0").click()
    before = figures(view)

    def fail(*_args, **_how) -> None:
        raise MemoryError("the model ran out of memory")

    with monkeypatch.context() as patch:
        patch.setattr("llm_viz.widgets.switches.switched_off", fail)
        switch(view, "L2H3").click()
        expect(view.get_by_role("alert").filter(has_text="ran out of memory")).to_be_visible()
    assert figures(view) == before
    expect(view.locator(".lv-switch-waiting")).to_have_count(0)
    switch(view, "L2H4").click()
    expect(view.locator(".lv-switch-result")).to_contain_text("With L0H0, L2H3, L2H4 off")
    expect(view.get_by_role("alert").filter(visible=True)).to_have_count(0)
