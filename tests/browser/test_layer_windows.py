"""LayerWindows on a page without Python: windows move, and what is lost is what the study holds."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

import llm_viz
from llm_viz.analyses.layer_windows import Window
from llm_viz.front_end import built
from llm_viz.studies import knowing_copying as studied
from llm_viz.studies.knowing_results import KnowingCopying
from llm_viz.widgets import LayerWindows
from tests.browser.support import Visitor, barriers
from tests.fixtures import make_layer_windows

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def study() -> KnowingCopying:
    return studied.load()


@pytest.fixture(scope="module")
def page_path(study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("windows") / "windows.html"
    widget = LayerWindows(study, title="Windows", start=3, width=1)
    llm_viz.export_html(widget, path)
    return path


def open_view(visitor: Visitor, path: Path, query: str = "", **options) -> Locator:
    view = visitor.open(f"{path.as_uri()}{query}", **options).locator(".lv-layer-windows")
    expect(view.locator(".lv-window-figure").first).to_be_visible()
    return view


def expect_counted(view: Locator, study: KnowingCopying, window: Window, half) -> None:
    for group, noun in (("fact", "facts"), ("copy", "copies")):
        kept = study.kept(window, "fact" if group == "fact" else "copy", half)
        column = view.locator(f".lv-window-{group}")
        figure = f"{kept.of} of {kept.of} {noun} right → {kept.right} right"
        expect(column.locator(".lv-window-figure")).to_have_text(figure.replace("→ ", "→ "))
        expect(column.locator(".lv-window-item")).to_have_count(kept.of)
        expect(column.locator(".lv-window-lost")).to_have_count(kept.of - kept.right)
        low, high = (f"{100 * end:.0f}" for end in kept.share[1:])
        expect(column).to_contain_text(re.compile(rf"interval: {low}\s%\sto {high}\s%"))


def test_moving_the_window_moves_the_figures(page_path: Path, visitor: Visitor, study) -> None:
    view = open_view(visitor, page_path)
    expect_counted(view, study, Window("mlp", 3, 1), "reporting")
    start = view.get_by_role("slider", name="First layer")
    width = view.get_by_role("slider", name="Layers in the window")
    start.fill("19")
    width.fill("3")  # a width of 4: positions count from 0
    expect_counted(view, study, Window("mlp", 19, 4), "reporting")
    view.get_by_role("radio", name="attention", exact=True).check()
    expect_counted(view, study, Window("attention", 19, 4), "reporting")
    start.fill("29")
    expect_counted(view, study, Window("attention", 29, 1), "reporting")
    start.fill("17")
    start.press("ArrowRight")
    expect(view).to_contain_text("Off: L18 attention.")
    view.get_by_role("button", name="Reset").click()
    expect_counted(view, study, Window("mlp", 3, 1), "reporting")


def test_halves_are_marked_and_the_address_keeps_them(
    page_path: Path, visitor: Visitor, study
) -> None:
    query = "?windows.kind=attention&windows.start=16&windows.width=4&windows.half=choosing"
    view = open_view(visitor, page_path, query)
    expect_counted(view, study, Window("attention", 16, 4), "choosing")
    expect(view).to_contain_text("Chosen windows look better there than they are")
    view.get_by_role("radio", name="all questions").check()
    expect_counted(view, study, Window("attention", 16, 4), None)
    view.get_by_role("radio", name="fresh questions").check()
    expect(view).to_contain_text("which had no say in choosing any window")


def test_a_chosen_window_is_one_click_away(page_path: Path, visitor: Visitor, study) -> None:
    view = open_view(visitor, page_path, "?windows.start=0&windows.width=4")
    chosen = study.choice("mlp", 4, "fact")
    row = view.locator(".lv-window-chosen").first
    kept = chosen.kept["fact"]
    expect(row).to_contain_text(f"{kept.right} of {kept.of} facts")
    row.get_by_role("button").click()
    expect_counted(view, study, chosen.window, "reporting")
    expect(row.get_by_role("button")).to_have_attribute("aria-pressed", "true")
    found = study.regain(chosen.window, "reporting")
    told = view.locator(".lv-window-told")
    expect(told).to_contain_text(f"{len(found.regained)} of the {len(found.lost)} lost facts")
    expect(told).to_contain_text(f"repeats it for {len(found.misled)} of {len(found.known)}")
    view.get_by_role("slider", name="Layers in the window").fill("4")  # a width of 5
    expect(view).to_contain_text("Windows were chosen for widths of 1, 2, 3, 4, 6, 8.")
    expect(told).to_be_hidden()


def test_a_square_of_the_map_is_a_window(page_path: Path, visitor: Visitor, study) -> None:
    view = open_view(visitor, page_path)
    cell = view.locator('.lv-window-copy .lv-window-cell[data-start="7"][data-width="5"]')
    cell.click()
    expect_counted(view, study, Window("mlp", 7, 5), "reporting")
    kept = study.kept(Window("mlp", 7, 5), "copy", "reporting")
    lost = cell.get_attribute("fill-opacity")
    assert lost is not None
    assert float(lost) == pytest.approx(1 - kept.right / kept.of, abs=0.0051)


def test_an_item_is_looked_at(page_path: Path, visitor: Visitor, study) -> None:
    window = study.choice("mlp", 4, "fact").window
    place = study.regain(window, "reporting").lost[0]
    item = study.items[place]
    view = open_view(visitor, page_path, f"?windows.start={window.start}&windows.width=4")
    expect(view).to_contain_text("Click an item")
    at = study.places("fact", "reporting").index(place)
    view.locator(".lv-window-fact .lv-window-item").nth(at).click()
    lines = view.locator(".lv-window-panel li.lv-window-line")
    expect(lines).to_have_count(3)
    expect(lines.first).to_contain_text(f"{item.text} …")
    said = study.names[int(study.best[place, study.row(window)])]
    expect(lines.first.locator(".lv-window-said").nth(1)).to_have_text(said)
    expect(lines.nth(1)).to_contain_text(f"{item.after(item.answer)} …")
    expect(lines.nth(2)).to_contain_text(f"{item.after(item.wrong)} …")
    view.locator(".lv-window-copy .lv-window-item").first.press("ArrowRight")
    view.page.keyboard.press("Enter")
    expect(lines).to_have_count(1)
    copy = study.items[study.places("copy", "reporting")[1]]
    expect(lines.first).to_contain_text(f"{copy.text} …")


def test_the_table_says_the_same(page_path: Path, visitor: Visitor, study) -> None:
    view = open_view(visitor, page_path, "?windows.width=8&windows.start=0")
    view.locator("summary", has_text="table").click()
    rows = view.locator("details table tbody tr")
    expect(rows).to_have_count(study.n_layers - 7)
    kept = study.kept(Window("mlp", 2, 8), "copy", "reporting")
    expect(rows.nth(2).locator("td").nth(4)).to_have_text(f"{kept.right} of {kept.of}")


def test_what_needs_the_model_is_disabled_and_says_why(page_path: Path, visitor: Visitor) -> None:
    view = open_view(visitor, page_path)
    expect(view.get_by_role("textbox", name="The model reads")).to_be_disabled()
    expect(view.get_by_role("button", name="Run")).to_be_disabled()
    expect(view).to_contain_text("Your own question needs Python and the model")


def test_a_window_beyond_the_model_is_told(page_path: Path, visitor: Visitor, study) -> None:
    view = open_view(visitor, page_path)
    view.get_by_role("spinbutton", name="First layer").fill("30")
    expect(view.get_by_role("alert").first).to_contain_text("30")
    expect_counted(view, study, Window("mlp", 3, 1), "reporting")


# A view beside the one on the page, with a model that answers as Python does.
STAND_IN = """async ([code, study]) => {
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  const { default: view } = await import(url);
  const bytes = Uint8Array.from(atob(study), (c) => c.charCodeAt(0));
  const state = { study: bytes, own: {}, kind: "mlp", start: 1, width: 2, half: "all", item: -1 };
  const listeners = {};
  const emit = (name, ...values) => (listeners[name] ?? []).forEach((heard) => heard(...values));
  const outcome = (best, right) => ({ logProb: Math.log(0.25), best, right });
  const model = {
    get: (name) => state[name],
    set: (name, value) => { state[name] = value; emit(`change:${name}`); },
    on: (name, heard) => (listeners[name] ??= []).push(heard),
    off: (name, heard) => { listeners[name] = listeners[name].filter((each) => each !== heard); },
    save_changes: () => {},
    send: ({ kind, id, text, answer, window: off }) => {
      const [before, after] = [outcome(`·${answer}`, true), outcome("·the", false)];
      const own = { text, answer: `·${answer}`, window: off, before, after };
      const failed = answer === "two words" && { ok: false, error: "that is two tokens" };
      const reply = { kind: "reply", id, ...(failed || { ok: true, own }) };
      setTimeout(() => emit("msg:custom", kind === "hello" ? { ...reply, ok: true } : reply, []));
    },
  };
  const el = document.body.appendChild(document.createElement("div"));
  el.id = "stand-in";
  view.render({ model, el });
}"""


def test_a_question_of_the_readers_own_is_put_to_python(page_path: Path, visitor: Visitor) -> None:
    page = open_view(visitor, page_path).page
    code = built("views/layer_windows.js").read_text(encoding="utf-8")
    page.evaluate(STAND_IN, [code, base64.b64encode(make_layer_windows.packed()).decode()])
    view = page.locator("#stand-in")
    question = view.get_by_role("textbox", name="The model reads")
    expect(question).to_be_enabled()
    question.fill("Tom <b> likes")
    view.get_by_role("textbox", name="Right answer").fill("tea")
    view.get_by_role("button", name="Run").click()
    line = view.locator(".lv-window-own li.lv-window-line")
    expect(line).to_contain_text("Tom <b> likes …")
    expect(line.locator(".lv-window-said")).to_have_text(["·tea", "·the"])
    expect(line.locator(".lv-window-lost")).to_have_text("·the")
    view.get_by_role("slider", name="First layer").fill("0")
    expect(view.locator(".lv-window-own")).to_contain_text("FFNs 1–2 off")  # as it was asked
    view.get_by_role("textbox", name="Right answer").fill("two words")
    view.get_by_role("button", name="Run").click()
    expect(view.get_by_role("alert")).to_have_text("that is two tokens")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nobody_is_shut_out(page_path: Path, visitor: Visitor, theme: str) -> None:
    view = open_view(
        visitor, page_path, "?windows.start=19&windows.width=4&windows.item=1", theme=theme
    )
    view.locator("summary", has_text="table").click()
    assert barriers(view.page) == []


def test_on_a_phone_nothing_is_wider_than_the_page(page_path: Path, visitor: Visitor) -> None:
    view = open_view(
        visitor, page_path, "?windows.start=19&windows.width=4&windows.item=1", width=360
    )
    assert view.page.evaluate("document.documentElement.scrollWidth") <= 360
