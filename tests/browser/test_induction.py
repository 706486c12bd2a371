"""Induction on a page without Python: heads go off, and the loss is that of the study."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

import llm_viz
from llm_viz.studies import induction as studied
from llm_viz.widgets import Induction
from tests.browser.support import Visitor, barriers

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def study() -> studied.Induction:
    return studied.load()


@pytest.fixture(scope="module")
def page_path(study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("induction") / "induction.html"
    llm_viz.export_html(Induction(study, title="Copying"), path)
    return path


def open_view(visitor: Visitor, path: Path, query: str = "", **options) -> Locator:
    view = visitor.open(f"{path.as_uri()}{query}", **options).locator(".lv-induction")
    expect(view.locator(".lv-loss-line.lv-loss-whole").first).to_be_visible()
    return view


def test_the_slider_takes_heads_off(page_path: Path, visitor: Visitor, study) -> None:
    view = open_view(visitor, page_path)
    repeated, ordinary = view.locator(".lv-loss-found").all()
    whole, six = (study.repeated.summary(off) for off in (0, 6))
    expect(repeated).to_contain_text(f"{whole['best'][0]:.1f} (")
    expect(view.locator("svg polyline.lv-loss-best")).to_have_count(0)
    slider = view.get_by_role("slider", name="Induction heads off")
    slider.fill("6")
    for by in ("best", "other"):
        expect(repeated).to_contain_text(f"{six[by][0]:.1f} (")
    expect(ordinary).to_contain_text(f"{study.ordinary.summary(6)['best'][0]:.1f} (")
    expect(view.locator("svg polyline.lv-loss-best")).to_have_count(2)
    expect(view.locator(".lv-loss-gone")).to_have_text([re.compile(r"^L\d+H\d+ off$")] * 6)
    slider.press("ArrowRight")
    expect(view.locator(".lv-loss-gone")).to_have_count(7)
    view.get_by_role("button", name="Reset").click()
    expect(view.locator(".lv-loss-gone")).to_have_count(0)


def test_lines_are_chosen_and_the_address_keeps_them(page_path: Path, visitor: Visitor) -> None:
    view = open_view(visitor, page_path, "?copying.off=4&copying.line=other")
    expect(view.locator("svg polyline.lv-loss-other")).to_have_count(2)
    expect(view.locator("svg polyline.lv-loss-best")).to_have_count(0)
    view.get_by_role("radio", name="both").check()
    expect(view.locator("svg polyline.lv-loss-best")).to_have_count(2)
    view.get_by_role("radio", name="induction heads off").check()
    expect(view.locator("svg polyline.lv-loss-other")).to_have_count(0)


def test_the_table_says_the_same(page_path: Path, visitor: Visitor, study) -> None:
    view = open_view(visitor, page_path)
    view.locator("summary", has_text="table").click()
    rows = view.locator("details table tbody tr")
    expect(rows).to_have_count(2 * (len(study.heads) + 1))
    loss = study.repeated.summary(8)["best"][0]
    assert abs(float(rows.nth(16).locator("td").nth(3).inner_text()) - loss) < 0.02


def test_what_they_live_on_falls_with_the_first_head(
    page_path: Path, visitor: Visitor, study
) -> None:
    view = open_view(visitor, page_path)
    rows = view.locator(".lv-fed-row")
    expect(rows).to_have_count(len(study.feeding.off) + 1)
    expect(rows.first).to_contain_text("every head on")
    expect(rows.nth(1)).to_contain_text("L16H0 off")
    best, other = (
        rows.nth(1)
        .locator(f".lv-fed-bar.lv-fed-{by}")
        .evaluate("e => e.getBoundingClientRect().width")
        for by in ("best", "other")
    )
    shares = study.feeding.summary(1)
    assert best / other == pytest.approx(shares["best"][0] / shares["other"][0], rel=0.02)


def test_a_number_that_is_too_large_is_told(page_path: Path, visitor: Visitor) -> None:
    view = open_view(visitor, page_path)
    view.get_by_role("spinbutton").fill("9")
    expect(view.get_by_role("alert")).to_contain_text("9")
    expect(view.locator(".lv-loss-gone")).to_have_count(0)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nobody_is_shut_out(page_path: Path, visitor: Visitor, theme: str) -> None:
    view = open_view(visitor, page_path, "?copying.off=6", theme=theme)
    view.locator("summary", has_text="table").click()
    assert barriers(view.page) == []


def test_on_a_phone_nothing_is_wider_than_the_page(page_path: Path, visitor: Visitor) -> None:
    view = open_view(visitor, page_path, "?copying.off=6", width=360)
    assert view.page.evaluate("document.documentElement.scrollWidth") <= 360
