"""LogitLens on a page without Python, with a tiny model, and with a stand-in for the kernel."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

import llm_viz
from llm_viz.analyses.lens import logit_lens
from llm_viz.model import LanguageModel
from llm_viz.style import written
from llm_viz.widgets import LogitLens
from tests.browser.support import Visitor, barriers

pytestmark = pytest.mark.browser

TEXTS = ["the cat sat on the mat", "<img src=x onerror=alert(1)> 🐈\u202e", "the dog"]
SAT = 3  # the position of "sat"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, tiny: LanguageModel) -> Path:
    folder = tmp_path_factory.mktemp("lens")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LLM_VIZ_CACHE", str(folder / "cache"))
        lens = LogitLens(tiny, TEXTS, tokens=["t", " the"], title="Lens")
        llm_viz.export_html(lens, folder / "lens.html")
        two = LogitLens(tiny, [TEXTS[0], TEXTS[2]], halves=True, title="Two")
        llm_viz.export_html(two, folder / "two.html")
        long = LogitLens(tiny, "the cat " * 20, title="Long")
        llm_viz.export_html(long, folder / "long.html")
        one = LogitLens(tiny, "a", title="One", positions=[-1], k=1)
        llm_viz.export_html(one, folder / "one.html")
    return folder


@pytest.fixture
def view(folder: Path, visitor: Visitor) -> Locator:
    return opened(visitor, folder / "lens.html")


def opened(visitor: Visitor, path: Path, query: str = "", **how) -> Locator:
    page = visitor.open(f"{path.as_uri()}{query}", **how)
    view = page.locator(".lv-lens")
    expect(view.get_by_role("grid").first).to_be_visible()
    return view


def cell(view: Locator, row: int, column: int) -> Locator:
    return view.locator(f"[data-row='{row}'][data-column='{column}']").first


def chosen(view: Locator) -> Locator:
    return view.locator("[aria-selected=true]").filter(visible=True)


def bars(view: Locator) -> list[list[str]]:
    rows = view.locator(".lv-lens-bars").first.locator("li").all()
    return [
        [row.locator(".lv-chip").inner_text(), row.locator(".lv-lens-value").inner_text()]
        for row in rows
    ]


def spaced(text: str) -> str:
    return text.replace("\u00a0", " ").replace("> 99", ">99")


class TestGrid:
    def test_every_cell_names_its_token(self, view: Locator, tiny: LanguageModel) -> None:
        lens = logit_lens(tiny, TEXTS[0])
        expect(view.get_by_role("gridcell")).to_have_count(4 * len(lens.tokens))
        expect(view.get_by_role("rowheader").first).to_have_text("2")
        expect(view.get_by_role("rowheader").last).to_have_text("emb.")
        for row in range(4):
            for column, after in enumerate(lens.tokens):
                token, p = lens.top(1, depth=row, position=column)[0]
                where = "embedding" if row == 0 else f"layer {row - 1}"
                expect(cell(view, row, column)).to_have_text(token)
                label = spaced(cell(view, row, column).get_attribute("aria-label") or "")
                assert label == f"{where}, after {after}: {token}, {written(p)}"

    def test_a_chosen_cell_shows_its_ten_tokens(self, view: Locator, tiny: LanguageModel) -> None:
        lens = logit_lens(tiny, TEXTS[0])
        cell(view, 1, SAT).click()
        expect(view.get_by_text(", at layer 0")).to_be_visible()
        found = [[token, spaced(p)] for token, p in bars(view)]
        assert found == [[t, written(p)] for t, p in lens.top(10, depth=1, position=SAT)]
        figures = view.locator(".lv-lens-figure").all_inner_texts()[:2]
        wanted = (lens.entropy[1, SAT], lens.kl[1, SAT])
        assert [spaced(text) for text in figures] == [f"{bits:.1f} bits" for bits in wanted]
        expect(view.get_by_role("slider")).to_have_value("1")

    def test_followed_tokens_have_their_ranks(self, view: Locator, tiny: LanguageModel) -> None:
        lens = logit_lens(tiny, TEXTS[0], tokens=["t", " the"], follow=3)
        cell(view, 2, SAT).click()
        keys = view.locator(".lv-lens-keys").first.locator("li")
        wanted = {}
        for i, token in enumerate(lens.paths.token_ids[SAT]):
            p = written(lens.paths.probs[2, SAT, i])
            wanted[lens.shown[int(token)]] = f"rank {lens.paths.ranks[2, SAT, i]}, {p}"
        expect(keys).to_have_count(len(wanted))
        found = {
            key.locator(".lv-chip").inner_text(): spaced(key.locator(".lv-note").inner_text())
            for key in keys.all()
        }
        assert found == wanted
        expect(view.get_by_role("img", name="Probability, Rank of").first).to_be_visible()
        assert view.locator("polyline").count() >= 2 * len(wanted)

    def test_it_is_one_tab_stop_and_arrows_move_in_it(self, view: Locator) -> None:
        last = len(view.locator(".lv-lens-foot").first.locator(".lv-chip").all()) - 1
        assert view.get_by_role("grid").locator("[tabindex='0']").filter(visible=True).count() == 1
        chosen(view).focus()
        for key, row, column in (
            ("ArrowUp", 3, last),  # nothing above the last layer
            ("ArrowDown", 2, last),
            ("ArrowLeft", 2, last - 1),
            ("Home", 2, 0),
            ("ArrowLeft", 2, 0),
            ("PageDown", 0, 0),
            ("ArrowUp", 1, 0),
            ("End", 1, last),
            ("Control+Home", 3, 0),
            ("Control+End", 0, last),
        ):
            view.page.keyboard.press(key)
            expect(cell(view, row, column)).to_be_focused()
            expect(cell(view, row, column)).to_have_attribute("aria-selected", "true")
            expect(chosen(view)).to_have_count(1)
        expect(view.locator(".lv-spoken[aria-live]")).to_contain_text("embedding, after")

    def test_the_slider_marks_a_row_and_reads_it(self, view: Locator, tiny: LanguageModel) -> None:
        lens = logit_lens(tiny, TEXTS[0])
        slider = view.get_by_role("slider")
        slider.focus()
        for row in (2, 1, 0):
            view.page.keyboard.press("ArrowLeft")
            expect(view.locator(".lv-lens-row-now").get_by_role("rowheader")).to_have_text(
                "emb." if row == 0 else str(row - 1)
            )
            read = view.locator(".lv-lens-reading").first.locator(".lv-chip")
            wanted = [lens.top(1, depth=row, position=c)[0][0] for c in range(len(lens.tokens))]
            expect(read).to_have_text(wanted)
        expect(view.get_by_text("the embedding: nothing computed yet")).to_be_visible()
        view.get_by_role("button", name="Reset").click()
        expect(slider).to_have_value("3")
        expect(view.get_by_text("the model's own prediction")).to_be_visible()

    def test_the_table_holds_the_column(self, view: Locator, tiny: LanguageModel) -> None:
        lens = logit_lens(tiny, TEXTS[0])
        cell(view, 3, SAT).click()
        view.get_by_text("The same as a table").click()
        rows = view.locator(".lv-table tbody tr")
        expect(rows).to_have_count(4)
        for i, row in enumerate(rows.all()):
            cells = row.locator("td").all_inner_texts()
            token, p = lens.top(1, depth=3 - i, position=SAT)[0]
            assert [cells[3], cells[4], spaced(cells[5])] == [lens.tokens[SAT], token, written(p)]


class TestTexts:
    def test_another_text_is_chosen(self, view: Locator) -> None:
        view.get_by_role("combobox", name="Text").select_option(TEXTS[2])
        expect(view.locator(".lv-lens-foot").first).to_contain_text("·dog")
        view.get_by_role("combobox", name="Beside it").select_option(TEXTS[0])
        expect(view.get_by_role("grid")).to_have_count(2)
        view.get_by_role("combobox", name="Beside it").select_option("no other text")
        expect(view.get_by_role("grid")).to_have_count(1)

    def test_text_that_looks_like_html_stays_text(self, view: Locator) -> None:
        view.get_by_role("combobox", name="Text").select_option(index=1)
        expect(view.locator(".lv-lens-text").first).to_contain_text("<img src=x onerror=alert(1)>")
        assert view.locator("img").count() == 0

    def test_two_texts_have_a_place_each_and_one_layer(
        self, folder: Path, visitor: Visitor
    ) -> None:
        view = opened(visitor, folder / "two.html")
        first, second = view.get_by_role("grid").all()
        left, right = first.bounding_box(), second.bounding_box()
        assert left
        assert right
        assert right["x"] > left["x"] + 300
        first.locator("[data-row='3'][data-column='1']").click()
        second.locator("[data-row='1'][data-column='2']").click()
        expect(chosen(first)).to_have_attribute("data-column", "1")
        expect(chosen(second)).to_have_attribute("data-column", "2")
        for grid in (first, second):
            expect(chosen(grid)).to_have_attribute("data-row", "1")
        expect(view.get_by_text("layer 0: after its attention, before its FFN")).to_be_visible()
        expect(first.get_by_role("rowheader", name="layer 0, attention only")).to_be_visible()

    def test_on_a_phone_they_stand_below_each_other(self, folder: Path, visitor: Visitor) -> None:
        view = opened(visitor, folder / "two.html", width=360)
        first, second = (grid.bounding_box() for grid in view.get_by_role("grid").all())
        assert first
        assert second
        assert second["y"] > first["y"] + first["height"]

    def test_a_long_text_scrolls_in_its_own_box(self, folder: Path, visitor: Visitor) -> None:
        view = opened(visitor, folder / "long.html", width=360)
        page = view.page
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        box = view.locator(".lv-lens-scroll").first
        assert box.evaluate("box => box.scrollLeft + box.clientWidth >= box.scrollWidth - 2")
        chosen(view).focus()
        page.keyboard.press("Home")
        head = view.get_by_role("rowheader").first.bounding_box()
        now = chosen(view).bounding_box()
        assert head
        assert now
        assert now["x"] >= head["x"] + head["width"] - 3, "the names of layers hide the cell"

    def test_one_position_is_enough(self, folder: Path, visitor: Visitor) -> None:
        view = opened(visitor, folder / "one.html")
        expect(view.get_by_role("gridcell")).to_have_count(4)
        assert len(bars(view)) == 1
        assert "NaN" not in view.inner_html()

    def test_without_python_own_text_says_why(self, view: Locator) -> None:
        expect(view.get_by_label("Your own text")).to_be_disabled()
        expect(view.get_by_text("Your own text needs Python")).to_be_visible()


class TestState:
    def test_it_is_in_the_address(self, folder: Path, visitor: Visitor) -> None:
        view = opened(
            visitor, folder / "lens.html", f"?lens.layer=0&lens.position={SAT}&lens.beside=2"
        )
        expect(view.get_by_role("slider")).to_have_value("1")
        expect(chosen(view).first).to_have_attribute("data-column", str(SAT))
        expect(view.get_by_role("grid")).to_have_count(2)

    def test_what_makes_no_sense_is_told_and_the_picture_stays(
        self, folder: Path, visitor: Visitor
    ) -> None:
        view = opened(visitor, folder / "lens.html", "?lens.layer=99&lens.prompt=7")
        expect(
            view.page.get_by_text("layer is “99”; expected a number from -1 to 2")
        ).to_be_visible()
        expect(view.get_by_role("slider")).to_have_value("3")
        page = visitor.open((folder / "lens.html").as_uri() + "?lens.layer=0.5&lens.position=5")
        told = page.get_by_role("alert").filter(has_text=re.compile("[Ll]ayer is 0.5"))
        expect(told).to_be_visible()
        page.get_by_role("button", name="Reset").click()
        expect(told).to_be_hidden()
        expect(page.get_by_role("grid")).to_be_visible()


class TestAnyone:
    @pytest.mark.parametrize("name", ["lens", "two"])
    @pytest.mark.parametrize("theme", ["light", "dark"])
    def test_nothing_stands_in_anyones_way(
        self, folder: Path, visitor: Visitor, name: str, theme: str
    ) -> None:
        view = opened(visitor, folder / f"{name}.html", theme=theme, width=360)
        view.get_by_text("The same as a table").click()
        assert barriers(view.page) == []
        assert view.page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    def test_it_is_a_still_picture_without_javascript(self, folder: Path, visitor: Visitor) -> None:
        page = visitor.open((folder / "lens.html").as_uri(), javascript=False)
        expect(page.locator(".llm-viz-still tbody tr")).to_have_count(4)

    def test_it_can_be_saved_as_a_picture(self, view: Locator) -> None:
        view.get_by_text("Share", exact=True).click()
        with view.page.expect_download() as download:
            view.get_by_role("button", name="Picture as SVG").click()
        text = download.value.path().read_text(encoding="utf-8")
        assert "<polyline" in text
        assert "NaN" not in text

    def test_a_moved_slider_makes_no_new_cell(self, view: Locator) -> None:
        page: Page = view.page
        page.evaluate(
            """() => {
              window.made = 0;
              const watcher = new MutationObserver((changes) => {
                for (const { addedNodes } of changes) window.made += addedNodes.length;
              });
              const grid = document.querySelector("[role=grid]");
              watcher.observe(grid, { childList: true, subtree: true });
            }"""
        )
        view.get_by_role("slider").focus()
        for _ in range(3):
            page.keyboard.press("ArrowLeft")
        expect(view.locator(".lv-lens-row-now").get_by_role("rowheader")).to_have_text("emb.")
        assert json.loads(page.evaluate("String(window.made)")) == 0
