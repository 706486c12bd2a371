"""ResidualStream on a page without Python: a tiny model's logits, step by step."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

import llm_viz
from llm_viz.model import LanguageModel
from llm_viz.widgets import ResidualStream
from llm_viz.widgets.pushes import MOST_POSITIONS, steps_of
from tests.browser.support import Visitor, barriers

pytestmark = pytest.mark.browser

TEXTS = ["the cat sat on the mat", "the dog <b>ran</b> \u202e😀", "the red house and the mat " * 7]
TOKENS = [7, 299]


@pytest.fixture(scope="module")
def made(tiny_folder, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ResidualStream]:
    folder = tmp_path_factory.mktemp("residual")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LLM_VIZ_CACHE", str(folder / "cache"))
        lm: LanguageModel = llm_viz.load_model(tiny_folder("gpt2"), device="cpu")
        widget = ResidualStream(lm, TEXTS, tokens=TOKENS, title="Steps")
        llm_viz.export_html(widget, folder / "steps.html")
    return folder / "steps.html", widget


def opened(made: tuple[Path, ResidualStream], visitor: Visitor, query: str = "", **how) -> Locator:
    page = visitor.open(made[0].as_uri() + query, **how)
    view = page.locator(".lv-residual")
    expect(view.locator(".lv-step")).to_have_count(1 + 3 * 2 + 1 + 1)  # and the final bar
    return view


@pytest.fixture
def view(made: tuple[Path, ResidualStream], visitor: Visitor) -> Locator:
    return opened(made, visitor)


def written(hundredths: int) -> str:
    return f"{hundredths / 100:+.2f}".replace("-", "−") if hundredths else "0.00"


def read(text: str) -> float:
    return float(text.replace("−", "-"))


def steps(made: tuple[Path, ResidualStream], token: int, prompt: int = 0, position: int = -1):
    packed = made[1].prompts[prompt]
    return steps_of(packed, packed["positions"][position])[0][token]


def table(view: Locator) -> list[list[str]]:
    view.get_by_text("The same as a table").click()
    expect(view.locator(".lv-table tbody tr")).not_to_have_count(0)
    rows = view.locator(".lv-table tbody tr").all()
    return [row.locator("td").all_inner_texts() for row in rows]


def choose(view: Locator, name: str, token: int) -> None:
    view.get_by_role("combobox", name=name, exact=True).select_option(str(token))


def test_the_steps_add_up_on_screen(view: Locator, made) -> None:
    choose(view, "Logit of", 7)
    rows = table(view)
    values = steps(made, 7)
    assert [row[0] for row in rows[:3]] == ["embedding", "L0 attention", "L0 FFN"]
    assert rows[-1][0] == "constant"
    assert rows[1][1] == written(int(values[1:6].sum()))  # four heads and their bias
    total = 0.0
    for _, added, after in rows:
        total = round(total + read(added), 2)
        assert f"{total:.2f}".replace("-", "−").replace("−0.00", "0.00") == after
    result = view.locator(".lv-result").inner_text()
    parts = [read(part) for part in re.findall(r"[+−]?\d+\.\d\d(?= \()", result)]
    shown = read(re.findall(r"= (−?\d+\.\d\d)", result)[0])
    assert round(sum(parts), 2) == shown == round(int(values.sum()) / 100, 2) == total
    label = f"final {shown:.2f}".replace("-", "−")
    expect(view.locator(".lv-final-name")).to_have_text(label)
    expect(view.get_by_role("img", name="a staircase from 0")).to_be_visible()


def test_a_difference_of_two_tokens(view: Locator, made) -> None:
    choose(view, "Logit of", 7)
    choose(view, "minus that of", 299)
    expect(view.locator(".lv-result")).to_contain_text("likely")
    total = int((steps(made, 7) - steps(made, 299)).sum())
    assert read(table(view)[-1][2]) == round(total / 100, 2)
    choose(view, "minus that of", 7)
    expect(view.get_by_text("A token less itself is 0")).to_be_visible()


def test_a_layer_opens_into_its_heads(view: Locator, made) -> None:
    choose(view, "Logit of", 7)
    layer = view.get_by_role("button", name="Layer 1: attention")
    layer.click()
    expect(layer).to_have_attribute("aria-expanded", "true")
    heads = view.locator(".lv-heads .lv-signed-row")
    expect(heads).to_have_count(5)
    values = steps(made, 7)[1 + 6 : 1 + 6 + 5]
    shown = [row.locator(".lv-signed-value").inner_text() for row in heads.all()]
    assert shown == [written(int(value)) for value in values]
    total = written(int(values.sum()))
    expect(view.locator(".lv-heads .lv-heading")).to_contain_text(total)
    expect(view.locator(".lv-layer-says")).to_contain_text(f"Layer 1: attention added {total}")
    expect(view.locator(".lv-band")).to_be_attached()
    layer.click()
    expect(view.locator(".lv-heads")).to_be_hidden()
    expect(view.locator(".lv-layer-says")).to_be_visible()


def test_everything_is_reached_by_keyboard(view: Locator) -> None:
    first = view.locator(".lv-layer").first
    first.focus()
    first.press("ArrowRight")
    second = view.locator(".lv-layer").nth(1)
    expect(second).to_be_focused()
    second.press("Enter")
    expect(view.locator(".lv-heads .lv-heading")).to_contain_text("layer 1")
    view.get_by_role("slider", name="Layer").press("ArrowRight")
    expect(view.locator(".lv-layer-says")).to_contain_text("Layer 2:")
    expect(view.locator(".lv-spoken")).to_contain_text("Layer 2: attention added")
    view.get_by_role("button", name="Close its heads").press("Enter")
    expect(view.locator(".lv-heads")).to_be_hidden()
    view.get_by_role("slider", name="Prediction after token").press("ArrowLeft")
    pressed = view.locator(".lv-read [aria-pressed=true]")
    expect(pressed).to_have_count(1)
    pressed.focus()
    view.get_by_role("checkbox", name="Layer: on").press(" ")
    expect(view.locator(".lv-layer-says")).to_be_hidden()
    expect(view.get_by_role("button", name="Open its heads")).to_be_disabled()


def test_the_position_moves_along_the_text(view: Locator, made) -> None:
    chips = view.locator(".lv-read .lv-chip")
    chips.nth(2).click()
    expect(chips.nth(2)).to_have_attribute("aria-pressed", "true")
    best = made[1].prompts[0]["candidates"][2][0]
    values = steps(made, best, position=2)
    assert read(table(view)[-1][2]) == round(int(values.sum()) / 100, 2)
    expect(view.get_by_role("slider", name="Prediction after")).to_have_attribute(
        "aria-valuetext", re.compile("^2, after")
    )


def test_a_token_that_is_not_kept_elsewhere_is_told(view: Locator, made) -> None:
    candidates = made[1].prompts[0]["candidates"]
    only_last = next(i for i in candidates[-1] if i not in candidates[1])
    choose(view, "Logit of", only_last)
    view.locator(".lv-read .lv-chip").nth(1).click()
    expect(view.get_by_text("is not among the tokens kept")).to_be_visible()
    view.get_by_role("button", name="Reset").click()
    expect(view.get_by_text("is not among the tokens kept")).to_be_hidden()


def test_the_biggest_pushes_are_sorted(view: Locator, made) -> None:
    choose(view, "Logit of", 7)
    values = steps(made, 7)

    def shown() -> list[float]:
        return [read(t) for t in view.locator(".lv-pushes .lv-signed-value").all_inner_texts()]

    sizes = np.sort(np.abs(values))[::-1][:10] / 100
    assert [abs(value) for value in shown()] == pytest.approx(sizes.tolist())
    order = view.get_by_role("combobox", name="Order")
    order.select_option("down")
    assert all(value < 0 for value in shown())
    assert shown() == sorted(shown())
    order.select_option("up")
    assert shown() == sorted(shown(), reverse=True)
    assert shown()[0] > 0
    push = view.locator("button.lv-push:enabled").first
    push.click()
    layer = re.match(r"L(\d)", push.inner_text())
    assert layer is not None
    expect(view.locator(".lv-layer-says")).to_contain_text(f"Layer {layer[1]}:")


def test_another_text_and_a_long_one(view: Locator, made) -> None:
    choose(view, "Logit of", 7)
    view.get_by_role("combobox", name="Text").select_option("1")
    expect(view.locator(".lv-read .lv-chip")).to_have_count(len(made[1].prompts[1]["tokens"]))
    expect(view.get_by_role("combobox", name="Logit of")).to_have_value("")
    assert view.locator(".lv-read b").count() == 0
    view.get_by_role("combobox", name="Text").select_option("2")
    expect(view.get_by_text(f"after {MOST_POSITIONS} of them were kept")).to_be_visible()
    pressed = view.locator(".lv-read [aria-pressed=true]").inner_text()
    view.locator(".lv-read .lv-chip").first.click(force=True)  # not kept: nothing moves
    assert view.locator(".lv-read [aria-pressed=true]").inner_text() == pressed
    expect(view.locator(".lv-read .lv-chip").first).to_have_attribute("aria-disabled", "true")


def test_of_a_very_long_text_the_end_is_shown(made, tmp_path, visitor: Visitor) -> None:
    widget = ResidualStream(made[1]._lm, "the cat", title="Steps")
    (prompt,) = widget.prompts
    before = 250  # as if so many tokens had stood in front
    longer = {
        "tokens": ["x"] * before + prompt["tokens"],
        "token_ids": [0] * before + prompt["token_ids"],
        "positions": [before + position for position in prompt["positions"]],
    }
    widget.prompts = [prompt | longer]
    llm_viz.export_html(widget, tmp_path / "long.html")
    view = opened((tmp_path / "long.html", widget), visitor)
    expect(view.locator(".lv-read .lv-chip")).to_have_count(200)
    expect(view.locator(".lv-earlier")).to_contain_text("earlier tokens")
    expect(view.locator(".lv-read .lv-chip").last).to_be_in_viewport()
    first_kept = view.locator(".lv-read .lv-chip:not([aria-disabled=true])").first
    first_kept.click()
    expect(view.get_by_role("spinbutton", name="Prediction after")).to_have_value(str(before))


def test_its_state_is_in_the_address(made, visitor: Visitor) -> None:
    query = "?steps.position=3&steps.token=7&steps.minus=299&steps.layer=2&steps.heads=on"
    view = opened(made, visitor, f"{query}&steps.order=depth")
    expect(view.locator(".lv-read .lv-chip").nth(3)).to_have_attribute("aria-pressed", "true")
    expect(view.get_by_role("combobox", name="minus that of")).to_have_value("299")
    expect(view.locator(".lv-heads .lv-heading")).to_contain_text("layer 2")
    expect(view.get_by_role("combobox", name="Order")).to_have_value("depth")
    page = visitor.open(made[0].as_uri() + "?steps.layer=99&steps.position=-3&steps.order=x")
    expect(page.get_by_text("layer is “99”; expected a whole number from 0 to 2")).to_be_visible()
    expect(page.locator(".lv-step").first).to_be_visible()


def test_a_position_of_another_text_is_told_and_the_picture_stays(made, visitor: Visitor) -> None:
    view = opened(made, visitor, "?steps.position=0")
    view.get_by_role("combobox", name="Text").select_option("2")
    expect(view.locator(".lv-problem:visible")).to_have_count(0)
    page = visitor.open(made[0].as_uri() + "?steps.prompt=2&steps.position=0")
    told = page.get_by_role("alert").filter(has_text="position is 0; what was kept of this text")
    expect(told).to_be_visible()


def test_own_text_says_that_it_needs_python(view: Locator) -> None:
    expect(view.get_by_label("Your own text")).to_be_disabled()
    expect(view.get_by_text("Your own text needs Python")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_stands_in_anyones_way(made, visitor: Visitor, theme: str) -> None:
    view = opened(made, visitor, "?steps.layer=1&steps.heads=on", theme=theme, width=360)
    view.get_by_text("The same as a table").click()
    page: Page = view.page
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_it_is_a_still_picture_without_javascript(made, visitor: Visitor) -> None:
    page = visitor.open(made[0].as_uri(), javascript=False)
    expect(page.locator(".llm-viz-still tbody tr")).to_have_count(10)
    expect(page.get_by_text(re.compile("^(up|down) by")).first).to_be_visible()


def test_it_can_be_saved_as_a_picture(view: Locator) -> None:
    view.get_by_text("Share", exact=True).click()
    with view.page.expect_download() as download:
        view.get_by_role("button", name="Picture as SVG").click()
    text = download.value.path().read_text(encoding="utf-8")
    assert text.count("<rect") > 10
    assert "final" in text
    assert "NaN" not in text
