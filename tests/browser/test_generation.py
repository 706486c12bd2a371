"""Generation on a page from the disk: it plays, the keyboard reaches all, it speaks at rest."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

import llm_viz
from llm_viz.model import LanguageModel, Sampling
from llm_viz.widgets import Generation
from tests.browser.support import Visitor, barriers

pytestmark = pytest.mark.browser

TOKENS = 12
PATIENCE = 10_000  # milliseconds for what happens by itself


@pytest.fixture(scope="module")
def exported(tiny: LanguageModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    samplings = [Sampling(0, seed=1)]
    samplings += [Sampling(temperature, seed=seed) for temperature in (0.5, 2) for seed in (1, 2)]
    made = tiny.generate_many("the <b>cat</b>", samplings, TOKENS, alternatives=5)
    assert all(len(text.steps) == TOKENS for text in made)
    widget = Generation(made, title="Texts", temperature=2, seed=2)
    return llm_viz.export_html(widget, tmp_path_factory.mktemp("exported") / "texts.html")


@pytest.fixture
def page(visitor: Visitor, exported: Path) -> Page:
    return visitor.open(exported.as_uri())


@pytest.fixture
def view(page: Page) -> Locator:
    return page.locator(".lv-generation")


def button(view: Locator, name: str) -> Locator:
    return view.get_by_role("button", name=name, exact=True)


def test_it_plays_to_the_end_and_then_speaks_once(view: Locator) -> None:
    place, spoken = view.locator(".lv-gen-place"), view.locator(".lv-spoken")
    expect(place).to_have_text(f"{TOKENS} of {TOKENS}\u00a0tokens")
    height = view.bounding_box()["height"]
    view.get_by_role("slider", name="Tokens a second").press("End")
    button(view, "Play").click()
    expect(place).not_to_have_text(f"{TOKENS} of {TOKENS}\u00a0tokens")
    assert view.bounding_box()["height"] == height  # nothing under it moves
    expect(place).to_have_text(f"{TOKENS} of {TOKENS}\u00a0tokens", timeout=PATIENCE)
    expect(button(view, "Play")).to_be_visible()
    expect(spoken).to_contain_text("the <b>cat</b>")


def test_it_pauses_and_steps(view: Locator) -> None:
    place, chips = view.locator(".lv-gen-place"), view.locator(".lv-gen-chips .lv-chip")
    button(view, "Play").click()
    button(view, "Pause").click()
    shown = chips.count()
    assert shown < TOKENS
    button(view, "Step").click()
    expect(chips).to_have_count(shown + 1)
    expect(view.locator(".lv-spoken")).to_contain_text(f"Token {shown + 1}:")
    button(view, "Back").click()
    button(view, "Back").click()
    expect(chips).to_have_count(max(shown - 1, 0))
    button(view, "End").click()
    expect(place).to_have_text(f"{TOKENS} of {TOKENS}\u00a0tokens")


def test_the_keyboard_reaches_every_token_and_its_alternatives(page: Page, view: Locator) -> None:
    heading = view.get_by_text("What could have been token")
    view.locator(".lv-gen-chips .lv-chip").nth(3).hover()
    expect(heading).to_have_text("What could have been token 4")
    view.locator(".lv-gen-chips [tabindex='0']").focus()
    page.keyboard.press("Home")
    expect(heading).to_have_text("What could have been token 1")
    page.keyboard.press("ArrowRight")
    expect(heading).to_have_text("What could have been token 2")
    rows = view.locator(".lv-gen-panel").first.get_by_role("listitem")
    assert rows.filter(has_text="drawn;").count() == 1


def test_at_temperature_0_all_seeds_are_one(view: Locator) -> None:
    text = view.locator(".lv-gen-chips")
    before = text.inner_text()
    view.get_by_role("radio", name="1").check()
    expect(text).not_to_have_text(before)
    view.get_by_role("slider", name="Temperature").press("Home")
    expect(view.get_by_role("radio", name="2")).to_be_disabled()
    expect(view).to_contain_text("all seeds give this text")
    button(view, "Reset").click()
    expect(view.get_by_role("radio", name="2")).to_be_checked()


def test_the_table_says_the_same(view: Locator) -> None:
    view.get_by_text("The same as a table").click()
    rows = view.locator("tbody tr")
    expect(rows).to_have_count(TOKENS)
    first = view.locator(".lv-gen-chips .lv-chip").first.inner_text()
    expect(rows.first.locator("td").nth(1)).to_have_text(first)


def test_without_python_the_reader_s_own_text_says_why(view: Locator) -> None:
    expect(view.get_by_role("textbox", name="Your own text")).to_be_disabled()
    expect(view).to_contain_text("needs Python")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_stands_in_a_reader_s_way(visitor: Visitor, exported: Path, theme: str) -> None:
    page = visitor.open(exported.as_uri(), theme=theme, width=360)
    page.locator(".lv-generation").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert barriers(page) == []
