"""The book itself, as its readers get it: every page, at every address, in both themes."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.support import ADDRESSES, Book, Visitor, barriers, contrast

pytestmark = [pytest.mark.browser, pytest.mark.real_model, pytest.mark.slow]

# What a view draws, without the controls that show their own setting.
PICTURE = """view => {
  const copy = view.cloneNode(true);
  for (const control of copy.querySelectorAll(".lv-slider")) control.remove();
  return copy.innerHTML;
}"""


LABEL = "slider => slider.ariaLabel || slider.labels[0]?.textContent.trim()"
PACE = (
    "Tokens a second"  # how fast a text plays, not what is seen: tests/browser/test_generation.py
)


def wait_for_views(page: Page) -> Locator:
    """The page's widgets, all of them live."""
    views = page.locator(".llm-viz-view")
    for view in views.all():
        expect(view.locator("*").first).to_be_attached()
        expect(view).not_to_contain_text("Loading")
    return views


def sideways_scroll(page: Page) -> int:
    return page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_page_is_live_and_every_slider_moves_its_picture(
    real_book: Book, visitor: Visitor, address: str
) -> None:
    moved = 0
    for name in real_book.pages():
        page = visitor.open(real_book.url(name, address))
        for view in wait_for_views(page).all():
            for slider in view.get_by_role("slider").all():
                if slider.evaluate(LABEL) == PACE:
                    continue
                before = view.evaluate(PICTURE)
                at_end = slider.evaluate("input => input.value === input.max")
                slider.press("ArrowLeft" if at_end else "ArrowRight")
                assert view.evaluate(PICTURE) != before, f"{name}: {slider}"
                moved += 1
        expect(page.locator(".llm-viz-error")).to_have_count(0)
        assert page.evaluate("globalThis.llmViz?.manage === undefined"), f"{name}: core ipywidgets"
    assert moved >= 8  # temperature, top-k, top-p and min-p on the first page and in the chapter


@pytest.mark.parametrize("theme, is_dark", [("light", False), ("dark", True)])
def test_every_page_follows_the_theme_and_puts_nothing_in_anyones_way(
    real_book: Book, visitor: Visitor, theme: str, is_dark: bool
) -> None:
    for name in real_book.pages():
        page = visitor.open(real_book.url(name), theme=theme)
        colours = page.locator("body").evaluate(
            "body => { const style = getComputedStyle(body);"
            " return [style.color, style.backgroundColor]; }"
        )
        text, ground = colours
        assert contrast(text, ground) > 7
        assert (contrast(ground, "rgb(255, 255, 255)") > 7) is is_dark
        wait_for_views(page)
        assert barriers(page) == [], name


def test_no_page_scrolls_sideways_on_a_phone(real_book: Book, visitor: Visitor) -> None:
    for name in real_book.pages():
        page = visitor.open(real_book.url(name), width=360)
        wait_for_views(page)
        assert sideways_scroll(page) <= 0, name


def test_the_first_page_has_a_live_widget_above_the_fold(real_book: Book, visitor: Visitor) -> None:
    page = visitor.open(real_book.url("book/index"))
    box = wait_for_views(page).first.bounding_box()
    assert box is not None
    assert box["y"] < 800 / 2


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_first_page_fetches_the_other_texts_when_they_are_chosen(
    real_book: Book, visitor: Visitor, address: str
) -> None:
    html = (real_book.html / "book" / "index.html").read_text(encoding="utf-8")
    assert html.count('"asset":"trace-') == 2
    page = visitor.open(real_book.url("book/index", address))
    view = wait_for_views(page).first
    for text, token in (("1", ","), ("2", "·Paris"), ("0", "·mat")):
        view.get_by_role("combobox", name="Text").select_option(text)
        expect(view.locator(".lv-bars .lv-chip").first).to_have_text(token)


def test_temperature_zero_leaves_one_token(real_book: Book, visitor: Visitor) -> None:
    page = visitor.open(real_book.url("book/index"))
    view = wait_for_views(page).first
    view.get_by_role("slider", name="Temperature").press("Home")
    expect(view).to_contain_text("no doubt at all")


def test_own_text_is_off_without_python_and_says_why(real_book: Book, visitor: Visitor) -> None:
    page = visitor.open(real_book.url("book/index"))
    own = wait_for_views(page).first.get_by_role("textbox", name="Your own text")
    expect(own).to_be_disabled()
    expect(own).to_have_accessible_description(re.compile("needs Python"))


def test_no_formula_or_figure_was_lost(real_book: Book) -> None:
    for name in real_book.pages():
        html = (real_book.html / f"{name}.html").read_text(encoding="utf-8")
        assert "MathJax" not in html
        assert "<math" in html or "math notranslate" not in html
        assert "Traceback" not in html


def test_the_pages_name_no_other_host_in_what_they_load(real_book: Book) -> None:
    for name in real_book.pages():
        html = (real_book.html / f"{name}.html").read_text(encoding="utf-8")
        loaded = re.findall(r'<(?:script|link|img|iframe)\b[^>]*?(?:src|href)="([^"]*)"', html)
        assert [url for url in loaded if re.match(r"(https?:)?//", url)] == []


def test_no_script_stands_between_the_reader_and_the_text(real_book: Book) -> None:
    for name in real_book.pages():
        if name == "search":
            continue  # its own inline scripts want theirs at once
        html = (real_book.html / f"{name}.html").read_text(encoding="utf-8")
        tags = re.findall(r"<script\b[^>]*\bsrc=[^>]*>", html)
        blocking = [tag for tag in tags if not re.search(r"\b(defer|async)\b", tag)]
        assert [tag for tag in blocking if "documentation_options" not in tag] == [], name
