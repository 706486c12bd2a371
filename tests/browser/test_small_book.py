"""The site's machinery, on the small book of tests/site/book: every kind of widget and figure."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.support import ADDRESSES, Book, Visitor, barriers, contrast

pytestmark = [pytest.mark.browser, pytest.mark.slow]

BROKEN = "the view is broken on purpose"


def bar_width(page: Page, dial: int) -> float:
    return page.locator(".dial-bar").nth(dial).evaluate("bar => parseFloat(bar.style.width)")


def dial(page: Page, name: str) -> Locator:
    return page.get_by_role("slider", name=name)


@pytest.mark.parametrize("address", ADDRESSES)
class TestAnywidgets:
    @pytest.fixture
    def page(self, small_book: Book, visitor: Visitor, address: str) -> Page:
        page = visitor.open(small_book.url("widgets", address), expect=(BROKEN,))
        expect(page.locator(".dial-bar")).to_have_count(5)
        return page

    def test_shows_each_model_with_its_bytes(self, page: Page) -> None:
        expect(page.get_by_text("bytes: 253")).to_have_count(2)  # two views of one model

    def test_moves_all_views_of_a_model_by_keyboard(self, page: Page) -> None:
        before = bar_width(page, 0)
        dial(page, "first").first.press("ArrowRight")
        assert bar_width(page, 0) == bar_width(page, 1) == before + 1

    def test_jslink_starts_and_stays_in_step_both_ways(self, page: Page) -> None:
        assert bar_width(page, 2) == 30  # the source's value, not the 80 it was made with
        dial(page, "second").press("End")
        assert bar_width(page, 0) == 100
        dial(page, "first").first.press("Home")
        assert bar_width(page, 2) == 0

    def test_jsdlink_goes_one_way(self, page: Page) -> None:
        dial(page, "second").press("End")
        assert bar_width(page, 3) == 100
        dial(page, "third").press("Home")
        assert bar_width(page, 2) == 100

    def test_a_broken_widget_says_so_and_stops_no_other(self, page: Page) -> None:
        expect(page.get_by_role("alert")).to_contain_text(BROKEN)
        expect(page.get_by_role("alert")).to_have_count(1)

    def test_a_widget_shows_another(self, page: Page) -> None:
        expect(page.locator(".frame .dial-bar")).to_have_count(1)
        dial(page, "inner").press("End")
        assert bar_width(page, 4) == 100

    def test_initializes_once_a_model_and_needs_no_manager(self, page: Page) -> None:
        assert page.evaluate("globalThis.dialsInitialized") == 4
        assert page.evaluate("typeof globalThis.llmViz.manage") == "undefined"


def test_views_clean_up_when_the_page_goes(small_book: Book, visitor: Visitor) -> None:
    page = visitor.open(small_book.url("widgets"), expect=(BROKEN,))
    expect(page.locator(".dial-bar")).to_have_count(5)
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
    assert page.evaluate("globalThis.dialsCleaned") is None  # it may come back alive
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")
    page.wait_for_function("globalThis.dialsCleaned === 5")


def test_the_page_carries_each_source_once_and_nothing_unseen(small_book: Book) -> None:
    html = (small_book.html / "widgets.html").read_text(encoding="utf-8")
    state = html[html.index("llm-viz.sources+json") :]
    assert state.count("dialsInitialized") == 2  # one line of source uses it twice
    assert "never shown" not in state


@pytest.mark.parametrize("address", ADDRESSES)
class TestCoreWidgets:
    @pytest.fixture
    def page(self, small_book: Book, visitor: Visitor, address: str) -> Page:
        page = visitor.open(small_book.url("core", address), expect=(BROKEN,))
        expect(page.locator(".echo")).to_be_visible()
        return page

    def test_a_linked_slider_moves_an_anywidget(self, page: Page) -> None:
        expect(page.locator(".echo")).to_have_text("value 7")
        page.locator(".noUi-handle").press("ArrowRight")
        expect(page.locator(".echo")).to_have_text("value 8")
        expect(page.locator(".widget-readout")).to_have_text("8")

    def test_no_still_picture_is_left_beside_a_live_widget(self, page: Page) -> None:
        expect(page.locator(".llm-viz-still")).to_have_count(0)

    def test_tabs_open(self, page: Page) -> None:
        expect(page.locator(".widget-text input")).to_have_value("some text")
        page.get_by_text("a list", exact=True).click()
        expect(page.locator(".widget-dropdown select")).to_be_visible()

    def test_a_broken_widget_says_so_and_stops_no_other(self, page: Page) -> None:
        expect(page.get_by_role("alert")).to_contain_text(BROKEN)

    def test_can_be_read_in_the_dark(self, page: Page) -> None:
        page.evaluate("document.documentElement.dataset.theme = 'dark'")
        label = page.locator(".widget-label").first
        light, dark = (
            label.evaluate(f"el => getComputedStyle({at}).{what}")
            for at, what in (("el", "color"), ("document.body", "backgroundColor"))
        )
        assert contrast(light, dark) > 4.5


@pytest.mark.parametrize("address", ADDRESSES)
class TestFigures:
    @pytest.fixture
    def page(self, small_book: Book, visitor: Visitor, address: str) -> Page:
        page = visitor.open(small_book.url("figures", address))
        expect(page.locator(".llm-viz-plot .main-svg").first).to_be_visible()
        return page

    def test_draws_a_figure_when_it_comes_near(self, page: Page) -> None:
        plots = page.locator(".llm-viz-plot")
        expect(plots.nth(1).locator(".main-svg")).to_have_count(0)
        plots.nth(1).scroll_into_view_if_needed()
        expect(plots.nth(1).locator(".main-svg").first).to_be_visible()

    def test_frames_follow_the_figures_own_slider(self, page: Page) -> None:
        line = page.locator(".scatterlayer .js-line").first
        before = line.get_attribute("d")
        page.locator(".slider-rail-touch-rect").first.click()
        page.wait_for_function(
            "before => document.querySelector('.js-line').getAttribute('d') !== before", arg=before
        )

    def test_follows_the_theme(self, page: Page) -> None:
        title = page.locator(".llm-viz-plot .xtitle").first
        light = title.evaluate("el => el.style.fill")
        page.evaluate("document.documentElement.dataset.theme = 'dark'")
        page.wait_for_function(
            "light => document.querySelector('.xtitle').style.fill !== light", arg=light
        )
        assert contrast(title.evaluate("el => el.style.fill"), "rgb(18, 18, 18)") > 4.5

    def test_a_widget_is_drawn_by_the_same_plotly(self, page: Page) -> None:
        page.evaluate("globalThis.Plotly.mark = 'the only one'")
        page.locator(".lv-map").scroll_into_view_if_needed()
        expect(page.locator(".lv-word_map[data-drawn]")).to_be_visible(timeout=20_000)
        assert page.evaluate("globalThis.Plotly.mark") == "the only one"
        expect(page.locator('script[src*="plotly.min"]')).to_have_count(1)

    def test_says_what_it_shows(self, page: Page) -> None:
        expect(page.locator("figcaption").first).to_have_text("A decay")
        expect(page.get_by_role("figure", name="A decay. across: step")).to_be_attached()
        expect(page.get_by_role("figure", name="Three bars: a is the longest.")).to_be_attached()

    def test_has_its_numbers_in_a_table(self, page: Page) -> None:
        page.get_by_text("The numbers of this figure").first.click()
        expect(page.get_by_role("row", name="1 0.1353")).to_be_visible()


def test_the_site_has_plotly_once(small_book: Book) -> None:
    assert len(list(small_book.html.rglob("plotly.min*"))) == 1


def test_without_javascript_the_numbers_and_the_text_remain(
    small_book: Book, visitor: Visitor
) -> None:
    page = visitor.open(small_book.url("figures"), javascript=False)
    expect(page.locator("noscript table").first).to_be_visible()
    page = visitor.open(small_book.url("widgets"), javascript=False)
    still = page.locator("article .llm-viz-still").first
    expect(still).to_be_visible()
    assert still.evaluate("el => el.innerText") == "This figure is drawn by JavaScript."


@pytest.mark.parametrize("name", ["index", "widgets", "core", "figures"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_stands_in_anyones_way(
    small_book: Book, visitor: Visitor, name: str, theme: str
) -> None:
    page = visitor.open(small_book.url(name), theme=theme, expect=(BROKEN,))
    if name != "index":
        expect(page.locator(".dial-bar, .echo, .main-svg").first).to_be_visible()
    assert barriers(page) == []


@pytest.mark.parametrize("address", ADDRESSES)
def test_search_finds_a_word(small_book: Book, visitor: Visitor, address: str) -> None:
    page = visitor.open(small_book.url("search", address) + "?q=xylophone")
    expect(page.locator("#search-results li a")).to_have_text("A small book")


def test_formulas_are_drawn_without_a_script(small_book: Book, visitor: Visitor) -> None:
    page = visitor.open(small_book.url("index"), javascript=False)
    fraction = page.locator("div.math mfrac")
    numerator, denominator = (fraction.locator(f"> :nth-child({n})").bounding_box() for n in (1, 2))
    assert numerator is not None
    assert denominator is not None
    assert numerator["y"] < denominator["y"]


def test_prints_dark_on_white(small_book: Book, visitor: Visitor) -> None:
    page = visitor.open(small_book.url("index"), theme="dark")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
