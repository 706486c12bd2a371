"""AttentionHeads on a page without Python, with a tiny model, and with Python at the other end."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

import llm_viz
from llm_viz.analyses.attention import head_scores
from llm_viz.model import LanguageModel
from llm_viz.style import written
from llm_viz.widgets import AttentionHeads
from tests.browser.live import live as live_page
from tests.browser.support import Visitor, barriers

pytestmark = pytest.mark.browser

TEXTS = ["the cat sat on the cat", "<img src=x onerror=alert(1)> 🐈\u202e", "the dog"]
LONG = "the cat sat on the mat and the dog ran " * 4
SAT = 3  # the position of "sat"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, tiny: LanguageModel) -> Path:
    folder = tmp_path_factory.mktemp("heads")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LLM_VIZ_CACHE", str(folder / "cache"))
        for name, widget in {
            "heads": AttentionHeads(tiny, TEXTS, layer=1, head=2, title="Heads"),
            "long": AttentionHeads(tiny, LONG, heads=[(1, 2)], layer=1, head=2, title="Heads"),
            "window": AttentionHeads(tiny, LONG, positions=range(20, 30), title="Heads"),
            "one": AttentionHeads(tiny, "a", positions=[0], title="Heads"),
        }.items():
            llm_viz.export_html(widget, folder / f"{name}.html")
    return folder


@pytest.fixture
def view(folder: Path, visitor: Visitor) -> Locator:
    return opened(visitor, folder / "heads.html")


def opened(visitor: Visitor, path: Path, query: str = "", **how) -> Locator:
    page = visitor.open(f"{path.as_uri()}{query}", **how)
    view = page.locator(".lv-heads")
    expect(view.get_by_role("grid")).to_be_visible()
    return view


def cell(view: Locator, name: str) -> Locator:
    return view.get_by_role("gridcell", name=re.compile(f"^{name}: "))


def title(view: Locator) -> Locator:
    return view.locator(".lv-heads-title")


def spaced(text: str | None) -> str:
    return (text or "").replace("\u00a0", " ").replace("> 99", ">99")


def drawn(canvas: Locator) -> str:
    return canvas.evaluate("canvas => canvas.toDataURL()")


def large(view: Locator) -> Locator:
    return view.locator(".lv-heads-large canvas")


class TestGrid:
    def test_every_head_says_its_score(self, view: Locator, tiny: LanguageModel) -> None:
        scores = head_scores(tiny.run(TEXTS[0])).previous_token
        expect(view.get_by_role("gridcell")).to_have_count(18)
        expect(view.get_by_role("rowheader").first).to_have_text("2")
        expect(view.get_by_role("rowheader").last).to_have_text("0")
        for (layer, head), value in np.ndenumerate(scores):
            label = spaced(cell(view, f"L{layer}H{head}").get_attribute("aria-label"))
            assert label == f"L{layer}H{head}: {written(float(value))} on the token before"

    def test_strongest_first(self, view: Locator, tiny: LanguageModel) -> None:
        scores = head_scores(tiny.run(TEXTS[0]))
        for score in ("entropy", "induction"):
            view.get_by_role("combobox", name="Yellow frames").select_option(score)
            view.get_by_role("combobox", name="Order").select_option("strongest first")
            cells = view.get_by_role("gridcell").all()
            labels = [each.get_attribute("aria-label") or "" for each in cells]
            best = scores.top(score, 18)
            assert [label.split(":")[0] for label in labels] == [f"L{x}H{y}" for x, y, _ in best]
        first = view.get_by_role("gridcell").first
        assert first.evaluate("cell => cell.style.getPropertyValue('--score')") == "100%"

    def test_it_is_one_tab_stop_and_arrows_move_in_it(self, view: Locator) -> None:
        assert view.get_by_role("grid").locator("[tabindex='0']").count() == 1
        cell(view, "L1H2").focus()
        for key, name in (
            ("ArrowUp", "L2H2"),
            ("ArrowUp", "L2H2"),  # nothing above the last layer
            ("ArrowDown", "L1H2"),
            ("ArrowRight", "L1H3"),
            ("ArrowLeft", "L1H2"),
            ("Home", "L2H0"),
            ("ArrowLeft", "L2H0"),
            ("End", "L0H5"),
            ("ArrowDown", "L0H5"),
        ):
            view.page.keyboard.press(key)
            expect(cell(view, name)).to_be_focused()
            expect(cell(view, name)).to_have_attribute("aria-selected", "true")
            expect(view.locator("[aria-selected=true]")).to_have_count(1)
            expect(title(view)).to_have_text(f"Head {name}")
        expect(view.get_by_role("slider", name="Layer")).to_have_value("0")
        expect(view.get_by_role("slider", name="Head")).to_have_value("5")

    def test_the_sliders_choose_a_head(self, view: Locator) -> None:
        before = drawn(large(view))
        view.get_by_role("slider", name="Layer").focus()
        view.page.keyboard.press("ArrowLeft")
        expect(title(view)).to_have_text("Head L0H2")
        expect(cell(view, "L0H2")).to_have_attribute("tabindex", "0")
        assert drawn(large(view)) != before
        view.get_by_role("button", name="Reset").click()
        expect(title(view)).to_have_text("Head L1H2")
        assert drawn(large(view)) == before

    def test_no_word_repeated_is_said(self, view: Locator) -> None:
        view.get_by_role("combobox", name="Text").select_option(TEXTS[2])
        view.get_by_role("combobox", name="Yellow frames").select_option("induction")
        expect(view.get_by_text("No word is repeated here")).to_be_visible()
        assert "NaN" not in view.inner_html()

    def test_a_changed_head_makes_no_new_element(self, view: Locator) -> None:
        page: Page = view.page
        page.evaluate(
            """() => {
              window.made = 0;
              const watcher = new MutationObserver((changes) => {
                for (const { addedNodes } of changes)
                  window.made += [...addedNodes].filter((node) => node.nodeType === 1).length;
              });
              const view = document.querySelector(".lv-heads");
              watcher.observe(view, { childList: true, subtree: true });
            }"""
        )
        cell(view, "L1H2").focus()
        for key in ("ArrowUp", "ArrowLeft", "ArrowDown"):
            page.keyboard.press(key)
        expect(title(view)).to_have_text("Head L1H1")
        assert page.evaluate("window.made") == 0


class TestHead:
    def test_its_jobs_are_its_scores(self, view: Locator, tiny: LanguageModel) -> None:
        scores = head_scores(tiny.run(TEXTS[0])).as_dict()
        rows = view.locator(".lv-heads-jobs li").all()
        assert len(rows) == len(scores)
        for row, (name, values) in zip(rows, scores.items(), strict=True):
            value = float(values[1, 2])
            said = {"entropy": f"{value:.1f} bits", "mean_distance": f"{value:.1f} tokens"}
            found = spaced(row.locator("span").last.inner_text())
            assert found == said.get(name, written(value))

    def test_a_token_shows_only_its_looks(self, view: Locator, tiny: LanguageModel) -> None:
        view.get_by_role("checkbox", name="Hide the first token").uncheck()
        trace = tiny.run(TEXTS[0])
        shares = trace["pattern"][1, 2, SAT]
        chips = view.locator(".lv-heads-chips .lv-chip")
        expect(chips).to_have_text(list(trace.tokens))
        whole = drawn(large(view))
        chips.nth(SAT).hover()
        expect(view.get_by_text(f"Where {trace.tokens[SAT]} looks")).to_be_visible()
        best = trace.tokens[int(shares.argmax())]
        expect(view.locator(".lv-heads-looks")).to_contain_text(
            f"{trace.tokens[SAT]} looks at {best}"
        )
        assert drawn(large(view)) != whole
        for i, chip in enumerate(chips.all()):
            tint = chip.evaluate("chip => chip.style.getPropertyValue('--share')")
            assert bool(tint) == (i <= SAT and shares[i] >= 0.001)
        view.page.mouse.move(0, 0)
        expect(view.locator(".lv-heads-looks")).to_contain_text("Largest looks")
        assert drawn(large(view)) == whole
        chips.nth(SAT).focus()
        view.page.keyboard.press("Enter")
        expect(chips.nth(SAT)).to_have_attribute("aria-pressed", "true")
        expect(view.page).to_have_url(re.compile(f"position={SAT}"))

    def test_the_table_holds_the_looks(self, view: Locator, tiny: LanguageModel) -> None:
        view.get_by_role("checkbox", name="Hide the first token").uncheck()
        view.locator(".lv-heads-chips .lv-chip").nth(SAT).click()
        view.page.mouse.move(0, 0)
        view.get_by_text("The same as a table").click()
        trace = tiny.run(TEXTS[0])
        shares = trace["pattern"][1, 2, SAT, : SAT + 1]
        found = {}
        for row in view.locator(".lv-table tbody tr").all():
            token, position, key, at, share = row.locator("td").all_inner_texts()
            assert (token, position, key) == (trace.tokens[SAT], str(SAT), trace.tokens[int(at)])
            found[int(at)] = float(spaced(share).split()[0].strip(">")) / 100
        for at, share in found.items():
            assert share == pytest.approx(float(shares[at]), abs=0.01)

    def test_the_matrix_tells_what_is_pointed_at(self, view: Locator, tiny: LanguageModel) -> None:
        trace = tiny.run(TEXTS[0])
        n = len(trace)
        box = large(view).bounding_box()
        assert box
        named = 98
        size = (box["width"] - named - 1) / n
        large(view).hover(position={"x": named + 2.5 * size, "y": named + (SAT + 0.5) * size})
        share = written(float(trace["pattern"][1, 2, SAT, 2]))
        said = spaced(view.locator(".lv-heads-looks").inner_text())
        assert said.startswith(f"{trace.tokens[SAT]} → {trace.tokens[2]} ")
        assert said.endswith("%") == share.endswith("%")
        large(view).click(position={"x": named + 2.5 * size, "y": named + (SAT + 0.5) * size})
        expect(view.page).to_have_url(re.compile(f"position={SAT}"))

    def test_arcs_are_another_picture_of_the_same(self, view: Locator) -> None:
        matrix = drawn(large(view))
        view.get_by_role("combobox", name="Picture").select_option("arcs")
        arcs = drawn(large(view))
        assert arcs != matrix
        expect(view.get_by_text("are not drawn")).to_be_visible()
        large(view).hover(position={"x": 200, "y": 24 + 22 * (SAT + 0.5)})
        expect(view.locator(".lv-heads-looks")).to_contain_text(re.compile("·?sat looks at"))
        assert drawn(large(view)) != arcs

    def test_the_first_token_is_hidden_or_shown(self, view: Locator) -> None:
        small = view.locator(".lv-heads-grid canvas")
        hidden = drawn(small), drawn(large(view))
        view.get_by_role("checkbox", name="Hide the first token").uncheck()
        assert drawn(small) != hidden[0]
        assert drawn(large(view)) != hidden[1]
        expect(view.get_by_text(re.compile("rests on the first token: .* of 18"))).to_be_visible()

    def test_several_heads_are_averaged(self, view: Locator) -> None:
        alone = drawn(large(view))
        view.get_by_role("button", name="Average several heads").click()
        expect(title(view)).to_have_text("Mean of 1\u00a0head")
        assert drawn(large(view)) == alone
        cell(view, "L2H0").click()
        cell(view, "L0H4").focus()
        view.page.keyboard.press(" ")
        expect(title(view)).to_have_text("Mean of 3\u00a0heads")
        expect(view.get_by_text("L1H2, L2H0, L0H4.")).to_be_visible()
        expect(view.locator("[aria-selected=true]")).to_have_count(3)
        assert drawn(large(view)) != alone
        expect(view.page).to_have_url(re.compile(r"mean=L1H2\+L2H0\+L0H4"))
        cell(view, "L2H0").click()
        expect(title(view)).to_have_text("Mean of 2\u00a0heads")
        view.get_by_role("button", name="One head again").click()
        expect(title(view)).to_have_text("Head L2H0")

    def test_text_that_looks_like_html_stays_text(self, view: Locator) -> None:
        view.get_by_role("combobox", name="Text").select_option(index=1)
        expect(view.locator(".lv-heads-chips")).to_contain_text("<")
        assert view.locator("img").count() == 0

    def test_one_token_is_enough(self, folder: Path, visitor: Visitor) -> None:
        view = opened(visitor, folder / "one.html")
        expect(view.locator(".lv-heads-chips .lv-chip")).to_have_count(1)
        assert "NaN" not in view.inner_html()

    def test_a_window_says_what_it_leaves_out(self, folder: Path, visitor: Visitor) -> None:
        view = opened(visitor, folder / "window.html", "?heads.position=25")
        expect(view.locator(".lv-heads-looks")).to_contain_text("on tokens that are not shown")
        expect(view.get_by_role("checkbox")).to_be_disabled()

    def test_without_python_own_text_says_why(self, view: Locator) -> None:
        expect(view.get_by_label("Your own text")).to_be_disabled()
        expect(view.get_by_text("Your own text needs Python")).to_be_visible()

    def test_a_head_that_did_not_travel_says_so(self, folder: Path, visitor: Visitor) -> None:
        view = opened(visitor, folder / "long.html")
        expect(large(view)).to_be_visible()
        expect(view.get_by_text("each dot the largest of 2 × 2")).to_be_visible()
        cell(view, "L0H0").click()
        expect(view.get_by_text("Head L0H0 is not on this page")).to_be_visible()
        expect(large(view)).to_be_hidden()
        cell(view, "L1H2").click()
        expect(large(view)).to_be_visible()


class TestState:
    def test_it_is_in_the_address(self, folder: Path, visitor: Visitor) -> None:
        query = (
            "?heads.layer=2&heads.head=5&heads.picture=arcs&heads.score=entropy&heads.position=2"
        )
        view = opened(visitor, folder / "heads.html", query)
        expect(title(view)).to_have_text("Head L2H5")
        expect(view.get_by_role("combobox", name="Picture")).to_have_value("arcs")
        expect(view.locator(".lv-heads-chips [aria-pressed=true]")).to_have_count(1)

    def test_what_makes_no_sense_is_told_and_the_picture_stays(
        self, folder: Path, visitor: Visitor
    ) -> None:
        view = opened(visitor, folder / "heads.html", "?heads.layer=99")
        expect(view.page.get_by_text("layer is “99”; expected a whole number")).to_be_visible()
        expect(title(view)).to_have_text("Head L1H2")
        page = visitor.open((folder / "heads.html").as_uri() + "?heads.mean=L9H9")
        told = page.get_by_role("alert").filter(has_text="layer is 9; expected 0 to 2")
        expect(told).to_be_visible()
        page.get_by_role("button", name="Reset").click()
        expect(told).to_be_hidden()
        expect(title(page.locator(".lv-heads"))).to_have_text("Head L1H2")


class TestAnyone:
    @pytest.mark.parametrize("name", ["heads", "long"])
    @pytest.mark.parametrize("theme", ["light", "dark"])
    def test_nothing_stands_in_anyones_way(
        self, folder: Path, visitor: Visitor, name: str, theme: str
    ) -> None:
        view = opened(visitor, folder / f"{name}.html", theme=theme, width=360)
        view.locator(".lv-heads-chips .lv-chip").nth(5).click()
        view.get_by_text("The same as a table").click()
        assert barriers(view.page) == []
        assert view.page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    def test_the_theme_changes_the_pictures(self, folder: Path, visitor: Visitor) -> None:
        light, dark = (
            opened(visitor, folder / "heads.html", theme=theme) for theme in ("light", "dark")
        )
        for canvas in (".lv-heads-grid canvas", ".lv-heads-large canvas"):
            assert drawn(light.locator(canvas)) != drawn(dark.locator(canvas))

    def test_dark_pictures_are_bright_on_paper(self, folder: Path, visitor: Visitor) -> None:
        light, dark = (
            opened(visitor, folder / "heads.html", theme=theme) for theme in ("light", "dark")
        )
        screen = drawn(large(dark))
        dark.page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert drawn(large(dark)) == drawn(large(light))
        dark.page.evaluate("dispatchEvent(new Event('afterprint'))")
        assert drawn(large(dark)) == screen

    def test_it_is_a_still_picture_without_javascript(self, folder: Path, visitor: Visitor) -> None:
        page = visitor.open((folder / "heads.html").as_uri(), javascript=False)
        expect(page.locator(".llm-viz-still tbody tr")).to_have_count(10)

    def test_it_can_be_saved_as_a_picture(self, view: Locator) -> None:
        view.locator(".lv-share > summary").click()
        with view.page.expect_download() as download:
            view.get_by_role("button", name="Picture as SVG").click()
        text = download.value.path().read_text(encoding="utf-8")
        assert text.count("<image") == 2
        assert "NaN" not in text


@pytest.fixture
def live(visitor: Visitor, tmp_path: Path):
    """Opens a widget with Python at the other end."""
    with ExitStack() as stack:

        def start(widget: AttentionHeads, asked: Callable[[dict], None]) -> Locator:
            page = stack.enter_context(live_page(widget, visitor, tmp_path, asked))
            return page.locator(".lv-heads")

        yield start


def test_python_sends_each_head_once(tiny: LanguageModel, live) -> None:
    asked: list[dict] = []
    view = live(AttentionHeads(tiny, LONG, heads=[]), asked.append)
    expect(large(view)).to_be_visible()
    first = drawn(large(view))
    cell(view, "L2H1").click()
    expect(title(view)).to_have_text("Head L2H1")
    expect(large(view)).to_be_visible()
    assert drawn(large(view)) != first
    cell(view, "L0H0").click()
    expect(title(view)).to_have_text("Head L0H0")
    assert drawn(large(view)) == first
    heads = [(m["layer"], m["head"]) for m in asked if m["kind"] == "head"]
    assert heads == [(0, 0), (2, 1)]


def test_python_reads_ones_own_text(tiny: LanguageModel, live) -> None:
    view = live(AttentionHeads(tiny, TEXTS[0]), lambda _message: None)
    own = view.get_by_role("textbox", name="Your own text")
    expect(own).to_be_enabled()
    own.fill("the <b>dog</b> ran")
    own.press("Enter")
    chips = view.locator(".lv-heads-chips .lv-chip")
    expect(chips).to_have_text(tiny.tokens("the <b>dog</b> ran"))
    for text, told in (("  ", "the text is empty"), ("cat " * 90, "reads at most 64")):
        own.fill(text)
        own.press("Enter")
        expect(view.get_by_role("alert").filter(has_text=told)).to_be_visible()
        expect(chips).to_have_text(tiny.tokens("the <b>dog</b> ran"))
