"""PixelNetwork on a page without Python: it is drawn on, it learns, and says what torch says."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

import llm_viz
from llm_viz.training import pixels as training
from llm_viz.widgets import PixelNetwork
from tests.browser.support import Visitor, barriers

pytestmark = pytest.mark.browser

OUTPUTS = ".lv-px-flow .lv-px-name"


@pytest.fixture(scope="module")
def page_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pixels") / "pixels.html"
    llm_viz.export_html(PixelNetwork(title="Pixels"), path)
    return path


def open_view(visitor: Visitor, path: Path, query: str = "", **options) -> Locator:
    view = visitor.open(f"{path.as_uri()}{query}", **options).locator(".lv-pixels")
    expect(view.locator(OUTPUTS)).to_have_count(8)
    return view


def learned(seen: int, seed: int = 2) -> training.PixelNetwork:
    network = training.PixelNetwork(seed=seed)
    for example in islice(training.examples(seed), seen):
        training.learn(network, example, 0.1)
    return network


def outputs_of(network: training.PixelNetwork, image: str) -> list[str]:
    answers = network.answer(training.pixels_of(image)).tolist()
    return [
        text
        for symbol, answer in zip(training.SYMBOLS, answers, strict=True)
        for text in (symbol, f"{answer:.2f}")
    ]


def test_a_drawing_flows_through_the_weights(page_path: Path, visitor: Visitor) -> None:
    view = open_view(visitor, page_path)
    expect(view.locator(OUTPUTS)).to_have_text(outputs_of(learned(0), "010010010"))
    pixel = view.get_by_role("button", name="Pixel 1:")
    pixel.press("Space")
    expect(pixel).to_have_attribute("aria-pressed", "true")
    expect(view.locator(OUTPUTS)).to_have_text(outputs_of(learned(0), "110010010"))
    pixel.press("ArrowDown")
    expect(view.get_by_role("button", name="Pixel 4:")).to_be_focused()
    view.get_by_role("button", name="diagonal, image 1 of 4").click()
    expect(view.locator(OUTPUTS)).to_have_text(outputs_of(learned(0), "100010001"))


def test_it_learns_what_torch_learns(page_path: Path, visitor: Visitor) -> None:
    view = open_view(visitor, page_path)
    view.get_by_role("button", name="Show a thousand").click()
    network = learned(1000)
    progress = view.locator(".lv-px-progress")
    expect(progress).to_contain_text("1,000\u00a0examples shown")
    share = llm_viz.style.written(training.accuracy(network)).replace(" ", "\u00a0")
    expect(progress).to_contain_text(f"names {share} of 360")
    expect(view.locator(OUTPUTS)).to_have_text(outputs_of(network, "010010010"))
    expect(view.locator(".lv-px-loss")).to_have_count(1)
    view.get_by_role("button", name="Reset").click()
    expect(progress).to_contain_text("No example shown yet")


def test_one_lesson_is_drawn_as_nudges(page_path: Path, visitor: Visitor) -> None:
    view = open_view(visitor, page_path)
    lesson = view.get_by_role("radio", name="the last example")
    expect(lesson).to_be_disabled()
    view.get_by_role("button", name="Show one example").click()
    expect(lesson).to_be_checked()
    example = next(training.examples(2))
    network = learned(0)
    loss = training.loss_of(network, example).item()
    found = view.locator(".lv-px-found")
    expect(found).to_contain_text(f"Example 1 was {training.SYMBOLS[example.symbol]}")
    expect(found).to_contain_text(f"loss {loss:.2f}")
    wanted = [f"wanted {int(symbol == example.symbol)}" for symbol in range(4)]
    for text, place in zip(wanted, (1, 3, 5, 7), strict=True):
        expect(view.locator(OUTPUTS).nth(place)).to_contain_text(text)
    view.locator("summary", has_text="table").click()
    rows = view.locator("details table tbody tr")
    expect(rows).to_have_count(168 + 20)
    before = next(network.parameters()).detach().clone()
    training.learn(network, example, 0.1)
    nudge = (next(network.parameters()) - before)[0, 0].item()
    shown = rows.first.locator("td").last.inner_text().replace("\u2212", "-")
    assert float(shown) == pytest.approx(nudge, abs=1e-5)
    view.get_by_role("radio", name="your display").check()
    expect(found).to_contain_text("The highest output wins")


def test_sliders_begin_anew_and_the_address_keeps_all(page_path: Path, visitor: Visitor) -> None:
    query = "?pixels.seen=200&pixels.rate=0.5&pixels.hidden=3&pixels.pixels=111000000"
    view = open_view(visitor, page_path, query)
    expect(view.locator(".lv-px-flow circle.lv-px-node")).to_have_count(3 + 3 + 4)
    view.get_by_role("slider", name="Neurons in each layer").press("ArrowRight")
    expect(view.locator(".lv-px-flow circle.lv-px-node")).to_have_count(4 + 4 + 4)
    expect(view.locator(".lv-px-progress")).to_contain_text("200\u00a0examples")
    view.page.wait_for_url("**hidden=4**")
    view.get_by_role("button", name="Other starting weights").click()
    expect(view.locator(".lv-px-progress")).to_contain_text("No example shown yet")


def test_at_the_end_the_buttons_say_why(page_path: Path, visitor: Visitor) -> None:
    view = open_view(visitor, page_path, "?pixels.seen=9995")
    expect(view.get_by_role("button", name="Show one example")).to_be_enabled()
    for name in ("Show ten", "Show a thousand"):
        expect(view.get_by_role("button", name=name)).to_be_disabled()
    expect(view.get_by_text("10,000 examples are as many")).to_be_visible()


def test_a_size_that_is_too_large_is_told(page_path: Path, visitor: Visitor) -> None:
    view = open_view(visitor, page_path)
    view.get_by_role("spinbutton", name="Neurons").fill("17")
    expect(view.get_by_role("alert")).to_contain_text("17")


def test_an_image_in_the_address_that_is_none_is_told(page_path: Path, visitor: Visitor) -> None:
    page = visitor.open(f"{page_path.as_uri()}?pixels.pixels=01")
    expect(page.get_by_role("alert")).to_contain_text("“01”; expected nine characters")
    page.get_by_role("button", name="Reset").click()
    expect(page.locator(OUTPUTS)).to_have_count(8)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nobody_is_shut_out(page_path: Path, visitor: Visitor, theme: str) -> None:
    view = open_view(visitor, page_path, "?pixels.seen=11&pixels.look=lesson", theme=theme)
    view.locator("summary", has_text="table").click()
    assert barriers(view.page) == []


def test_on_a_phone_nothing_is_wider_than_the_page(page_path: Path, visitor: Visitor) -> None:
    view = open_view(visitor, page_path, "?pixels.seen=11&pixels.look=lesson", width=360)
    assert view.page.evaluate("document.documentElement.scrollWidth") <= 360
    wide = view.locator(".lv-px-flow text").evaluate_all(
        "texts => Math.max(...texts.map((t) => t.getBoundingClientRect().right))"
    )
    assert wide <= 360
