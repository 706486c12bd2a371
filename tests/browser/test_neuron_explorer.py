"""NeuronExplorer on a page without Python, and with Python and an index at the other end."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

import llm_viz
from llm_viz.analyses.neurons import Neuron
from llm_viz.widgets import NeuronExplorer
from llm_viz.widgets.neuron_explorer import score_text
from tests.browser.live import live as live_page
from tests.browser.support import Visitor, barriers
from tests.fixtures.make_neurons import CONTEXTS, made_up
from tests.widgets.test_neuron_explorer import Index, studied

pytestmark = pytest.mark.browser

MADE = made_up()
SHOWN = 8  # contexts, until all are asked for


@pytest.fixture(scope="module")
def page_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("neurons")
    widget = NeuronExplorer(studied(), layer=2, neuron=7, title="Neurons")
    llm_viz.export_html(widget, folder / "neurons.html")
    return folder / "neurons.html"


def opened(path: Path, visitor: Visitor, query: str = "", **how) -> Locator:
    view = visitor.open(path.as_uri() + query, **how).locator(".lv-neurons")
    expect(view.locator(".lv-neuron-name")).not_to_be_empty()
    return view


@pytest.fixture
def view(page_path: Path, visitor: Visitor) -> Locator:
    return opened(page_path, visitor)


def minus(number: float) -> str:
    return f"{number:+.2f}".replace("-", "−")


def shows(view: Locator, neuron: Neuron, side: int) -> None:
    """That all of one side of a neuron is on screen."""
    name = ("positive", "negative")[side]
    expect(view.locator(".lv-neuron-name")).to_have_text(f"{neuron.label}, {name} side")
    of = neuron.sides[side]
    expect(view.locator(".lv-neuron-context")).to_have_count(min(SHOWN, len(of.contexts)))
    for i, context in enumerate(of.contexts[:SHOWN]):
        row = view.locator(".lv-neuron-context").nth(i)
        expect(row.locator(".lv-chip")).to_have_text(list(context.tokens))
        expect(row.locator(".lv-neuron-peak")).to_have_text(context.tokens[context.peak])
        expect(row.locator(".lv-neuron-value")).to_have_text(
            minus(context.activations[context.peak])
        )
        expect(row.locator(".lv-neuron-from")).to_contain_text(context.source)
        expect(row.locator(".lv-neuron-held")).to_be_visible(visible=context.held_out)
    for kind in ("promoted", "suppressed"):
        bars = view.locator(f".lv-neuron-bars-{kind} li")
        words = getattr(of, kind)
        expect(bars.locator(".lv-chip")).to_have_text([word for word, _ in words])
    says = view.locator(".lv-neuron-says")
    if of.pattern:
        expect(says).to_contain_text(f"Pattern: {of.pattern}")
        expect(says).to_contain_text(score_text(of.score))
    else:
        assert math.isnan(of.score)
        expect(says).not_to_contain_text("Pattern:")


def test_the_sliders_show_other_neurons(view: Locator) -> None:
    shows(view, MADE[0], 0)
    expect(view.locator(".lv-neuron-says")).to_contain_text("Why it is here: in the first half")
    expect(view.get_by_text("2 of 2")).to_be_visible()
    view.get_by_role("slider", name="Neuron").press("ArrowLeft")
    shows(view, MADE[3], 0)
    view.get_by_role("slider", name="Layer").press("ArrowLeft")
    shows(view, MADE[1], 1)  # its pattern is on the negative side
    expect(view.get_by_role("radio", name="negative")).to_be_checked()
    view.get_by_role("slider", name="Neuron").press("ArrowRight")
    shows(view, MADE[2], 0)
    view.get_by_role("spinbutton", name="Neuron").fill("3")
    shows(view, MADE[1], 1)
    expect(view.locator(".lv-spoken[aria-live]")).to_contain_text("L0N3, negative side")
    view.get_by_role("button", name="Reset").click()
    shows(view, MADE[0], 0)


def test_the_other_side_is_shown(view: Locator) -> None:
    view.get_by_role("radio", name="negative").check()
    shows(view, MADE[0], 1)
    expect(view.locator(".lv-neuron-count.lv-neuron-positive")).to_have_class(
        re.compile("lv-neuron-faint")
    )
    view.get_by_role("slider", name="Neuron").press("ArrowLeft")
    view.get_by_role("radio", name="negative").check()
    expect(view.get_by_text("never on this side").first).to_be_visible()
    expect(view.locator(".lv-neuron-context")).to_have_count(0)
    expect(view.get_by_text("No whole word stands out")).to_have_count(2)


def test_activations_are_painted_on_the_words(view: Locator) -> None:
    context = MADE[0].sides[0].contexts[0]
    chips = view.locator(".lv-neuron-context").first.locator(".lv-chip")
    strongest = max(abs(context.activations))
    for i, activation in enumerate(context.activations):
        paint = chips.nth(i).evaluate("e => parseFloat(e.style.getPropertyValue('--share'))")
        assert paint == pytest.approx(62 * abs(activation) / strongest, abs=1.0)
        below = "lv-neuron-below" in (chips.nth(i).get_attribute("class") or "")
        assert below == (activation < 0) or abs(activation) < 0.03
    chips.nth(context.peak).hover()
    look = view.locator(".lv-neuron-look")
    expect(look).to_have_text(f"{context.tokens[context.peak]} +7.50")
    chips.nth(0).focus()
    expect(look).to_contain_text(f"{context.tokens[0]} about ")
    view.page.keyboard.press("ArrowRight")
    expect(chips.nth(1)).to_be_focused()
    view.get_by_role("button", name="Show all 10").click()
    expect(view.locator(".lv-neuron-context")).to_have_count(CONTEXTS)
    view.get_by_role("button", name="Show fewer").click()
    expect(view.locator(".lv-neuron-context")).to_have_count(SHOWN)


def test_bars_are_as_long_as_what_they_say(view: Locator) -> None:
    side = MADE[0].sides[0]
    most = max(abs(push) for _, push in (*side.promoted, *side.suppressed))
    for kind in ("promoted", "suppressed"):
        rows = view.locator(f".lv-neuron-bars-{kind} li").all()
        for row, (_, push) in zip(rows, getattr(side, kind), strict=True):
            bar, track = (
                row.locator(f".lv-neuron-{part}").evaluate("e => e.getBoundingClientRect().width")
                for part in ("bar", "track")
            )
            assert bar / track == pytest.approx(abs(push) / most, abs=0.02)
            shown = f"{push:+#.2g}".replace("-", "−")
            assert row.locator(".lv-neuron-push").inner_text() == shown


def test_a_word_finds_the_neurons_that_promote_it(view: Locator) -> None:
    field = view.get_by_role("combobox", name="Neurons that promote the word")
    field.fill("monday")
    field.press("Enter")
    hits = sorted(
        (
            (push, neuron.label, name)
            for neuron in MADE
            for name, side in zip(("positive", "negative"), neuron.sides, strict=True)
            for word, push in side.promoted
            if word == "·Monday"
        ),
        reverse=True,
    )
    buttons = view.locator(".lv-neuron-hits button")
    expect(buttons).to_have_count(len(hits))
    for button, (_, label, name) in zip(buttons.all(), hits, strict=True):
        expect(button).to_contain_text(f"{label} {name}")
    last = hits[-1]
    buttons.last.click()
    expect(view.locator(".lv-neuron-name")).to_have_text(f"{last[1]}, {last[2]} side")
    expect(buttons.last).to_have_attribute("aria-pressed", "true")
    expect(view.page).to_have_url(re.compile(r"neurons\.search=monday"))
    field.fill("mondey")
    field.press("Enter")
    expect(view.get_by_role("alert").filter(has_text="promotes “mondey”")).to_be_visible()
    view.get_by_role("button", name="Take Monday").click()
    expect(buttons).to_have_count(len(hits))
    field.fill("<b>")
    field.press("Enter")
    expect(buttons.first).to_be_visible()
    assert view.locator("b").count() == 0
    field.fill("")
    field.press("Enter")
    expect(buttons).to_have_count(0)


def test_what_a_page_does_not_hold_is_said(page_path: Path, visitor: Visitor) -> None:
    view = opened(page_path, visitor)
    every = view.get_by_role("checkbox", name="All 120 neurons")
    expect(every).to_be_disabled()
    expect(view.get_by_text("This page holds 4 of 120 neurons")).to_be_visible()
    view.get_by_role("spinbutton", name="Neuron").fill("30")
    told = view.get_by_role("alert").filter(has_text="L2N30 is not among the neurons")
    expect(told).to_be_visible()
    shows(view, MADE[0], 0)
    view.get_by_role("spinbutton", name="Layer").fill("1")
    expect(view.get_by_role("alert").filter(has_text="No neuron of layer 1")).to_be_visible()
    view.get_by_role("spinbutton", name="Neuron").fill("40")
    expect(view.get_by_role("alert").filter(has_text="choose 0 to 39")).to_be_visible()
    page = visitor.open(page_path.as_uri() + "?neurons.neuron=30")
    expect(page.get_by_role("alert").filter(has_text="L2N30 is not")).to_be_visible()
    page.get_by_role("slider", name="Layer").press("ArrowLeft")
    shows(page.locator(".lv-neurons"), MADE[1], 1)


def test_its_state_is_in_the_address(page_path: Path, visitor: Visitor) -> None:
    query = "?neurons.layer=0&neurons.neuron=39&neurons.side=negative&neurons.search=red"
    view = opened(page_path, visitor, query)
    shows(view, MADE[2], 1)
    expect(view.locator(".lv-neuron-hits button").first).to_be_visible()
    view.get_by_role("radio", name="positive").check()
    shows(view, MADE[2], 0)


def test_the_strip_shows_where_one_is(view: Locator) -> None:
    expect(view.get_by_text("Layer 2: 50 %; most in layer 2: 50 %")).to_be_visible()
    expect(view.locator(".lv-neuron-layer")).to_have_count(3)
    view.get_by_role("slider", name="Layer").press("ArrowLeft")
    expect(view.get_by_text("Layer 0: 10 %; most in layer 2: 50 %")).to_be_visible()
    here = view.locator(".lv-neuron-layer").evaluate_all(
        "all => all.map((e) => e.classList.contains('lv-neuron-here'))"
    )
    assert here == [True, False, False]


def test_the_table_holds_the_same(view: Locator) -> None:
    view.get_by_text("The same as a table").click()
    rows = view.locator(".lv-table tbody tr")
    side = MADE[0].sides[0]
    listed = len(side.contexts) + len(side.promoted) + len(side.suppressed)
    expect(rows).to_have_count(listed + 4)  # bins that hold anything
    expect(rows.nth(1)).to_contain_text("made up, text 1, held out")
    expect(rows.filter(has_text="activation −0.5 to 0.5")).to_contain_text("900,000")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_stands_in_anyones_way(page_path: Path, visitor: Visitor, theme: str) -> None:
    view = opened(page_path, visitor, "?neurons.search=mondey", theme=theme, width=360)
    view.get_by_text("The same as a table").click()
    assert barriers(view.page) == []
    assert view.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_it_is_a_still_picture_without_javascript(page_path: Path, visitor: Visitor) -> None:
    page = visitor.open(page_path.as_uri(), javascript=False)
    expect(page.locator(".llm-viz-still").get_by_text("words such as ·red")).to_be_visible()
    expect(page.locator(".llm-viz-still tbody tr").first).to_be_visible()


def test_it_can_be_saved_as_a_picture(view: Locator) -> None:
    view.get_by_text("Share", exact=True).click()
    with view.page.expect_download() as download:
        view.get_by_role("button", name="Picture as SVG").click()
    text = download.value.path().read_text(encoding="utf-8")
    assert "Pattern: words such as ·red" in text
    assert "made up, text 0" in text
    assert "NaN" not in text


@pytest.fixture
def live(tiny, visitor: Visitor, tmp_path: Path):
    """The view with Python at the other end, without a notebook; and what Python was asked."""
    index = Index(tiny)
    widget = NeuronExplorer(studied(tiny), lm=tiny, index=index, layer=2, neuron=7)
    asked: list[dict] = []
    with live_page(widget, visitor, tmp_path, asked.append) as page:
        view = page.locator(".lv-neurons")
        expect(view.get_by_role("checkbox", name="All 120 neurons")).to_be_enabled()
        yield view, asked, index


def test_with_an_index_any_neuron_is_looked_up(live) -> None:
    view, asked, index = live
    shows(view, MADE[0], 0)
    assert not [each for each in asked if each["kind"] == "neuron"]  # that one is here
    view.get_by_role("checkbox", name="All 120 neurons").check()
    expect(view.get_by_text("8 of 40")).to_be_visible()
    view.get_by_role("slider", name="Neuron").press("ArrowRight")
    shows(view, index.neuron(None, 2, 8), 1)  # the side that says more
    view.get_by_role("slider", name="Layer").press("ArrowLeft")
    expect(view.locator(".lv-neuron-name")).to_contain_text("L1N8")
    view.get_by_role("checkbox", name="All 120 neurons").uncheck()
    expect(view.locator(".lv-neuron-name")).to_have_text("L0N3, negative side")
    told = [(each["layer"], each["neuron"]) for each in asked if each["kind"] == "neuron"]
    assert told == [(2, 8), (1, 8)]


def test_a_neuron_that_cannot_be_looked_up_is_told_until_it_can(live, monkeypatch) -> None:
    view, asked, index = live
    found = index.neuron

    def fails(*_):
        raise ValueError("the index is on a disk that is gone")

    monkeypatch.setattr(index, "neuron", fails)
    view.get_by_role("checkbox", name="All 120 neurons").check()
    view.get_by_role("slider", name="Neuron").press("ArrowRight")
    told = view.get_by_role("alert").filter(has_text="a disk that is gone")
    again = view.get_by_role("button", name="Ask Python again")
    for redrawn in ("negative", "positive"):
        expect(told).to_be_visible()
        expect(again).to_be_visible()
        expect(view.locator(".lv-neuron-waiting")).to_have_count(0)
        view.get_by_role("radio", name=redrawn).check()
        shows(view, MADE[0], redrawn == "negative")  # the one from before, under its own name
    again.click()  # in vain
    expect(view.locator(".lv-neuron-name")).to_have_text("L2N7, positive side")
    expect(told).to_be_visible()
    assert len([each for each in asked if each["kind"] == "neuron"]) == 2
    monkeypatch.setattr(index, "neuron", found)
    again.click()
    shows(view, found(None, 2, 8), 1)
    expect(told).to_be_hidden()
    expect(again).to_be_hidden()
    monkeypatch.setattr(index, "neuron", fails)
    view.get_by_role("slider", name="Neuron").press("ArrowRight")
    expect(told).to_be_visible()
    view.get_by_role("slider", name="Neuron").press("Home")  # another fails by itself
    expect(told).to_be_visible()
    monkeypatch.setattr(index, "neuron", found)
    view.get_by_role("spinbutton", name="Neuron").fill("9")  # to come back asks again, too
    shows(view, found(None, 2, 9), 1)
    expect(again).to_be_hidden()


def test_with_an_index_all_of_it_is_searched(live) -> None:
    view, _, index = live
    field = view.get_by_role("combobox", name="Neurons that promote the word")
    field.fill("red")
    field.press("Enter")
    expect(view.get_by_text("The strongest of all 120:")).to_be_visible()
    view.get_by_role("button", name="L1N22 negative, +0.50").click()
    shows(view, index.neuron(None, 1, 22), 1)
    field.fill("qqq")
    field.press("Enter")
    expect(view.get_by_role("alert").filter(has_text="no word ' qqq'")).to_be_visible()
