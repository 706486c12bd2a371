"""SenseMap on a page without Python, and with a Python that answers."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

import llm_viz
from llm_viz.front_end import built
from llm_viz.model import LanguageModel
from llm_viz.studies import word_senses
from llm_viz.widgets import SenseMap
from tests.browser.support import Visitor, barriers, serving
from tests.widgets.support import ask

pytestmark = pytest.mark.browser

STUDY = word_senses.load()
CAUSAL, BOTH = STUDY.models
PLACE = "el => new DOMMatrix(getComputedStyle(el).transform).toString()"


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("senses")
    llm_viz.export_html(SenseMap(STUDY, title="Senses"), folder / "senses.html")
    return folder / "senses.html"


@pytest.fixture
def senses(page_file: Path, visitor: Visitor) -> Locator:
    return opened(visitor.open(page_file.as_uri()))


def opened(page: Page) -> Locator:
    view = page.locator(".lv-senses")
    expect(view.locator(".lv-sense-point")).to_have_count(12)
    return view


def places(view: Locator) -> list[tuple[float, float]]:
    """Where the marks go, in pixels; not where they are on their way."""
    styles = view.locator(".lv-sense-point").evaluate_all("all => all.map(m => m.style.transform)")
    pairs = [style.removeprefix("translate(").removesuffix(")").split(",") for style in styles]
    return [(float(x.removesuffix("px")), float(y.strip().removesuffix("px"))) for x, y in pairs]


def move(view: Locator, layer: int) -> None:
    view.get_by_role("spinbutton", name="Layer").fill(str(layer))


def test_at_the_start_all_are_one_and_the_layers_part_them(senses: Locator) -> None:
    bank = CAUSAL.word("bank")
    expect(senses.get_by_text(f"after layer {bank.best - 1} of 0 to 29").first).to_be_visible()
    gap, low, high = bank.gap[bank.best]
    found = senses.locator(".lv-senses-found")
    expect(found).to_contain_text(f"{gap:.2f} (interval {low:.2f} to {high:.2f})")
    expect(found).to_contain_text("12 of 12 sentences")
    apart = places(senses)
    assert len(set(apart)) > 6
    senses.get_by_role("slider", name="Layer").press("Home")
    expect(found).to_contain_text("All 12 vectors are the same, so the gap is 0")
    expect(senses.get_by_text("12 sentences, one point")).to_be_visible()
    assert len(set(places(senses))) == 1
    assert senses.locator(".lv-tail").first.get_attribute("points").count(",") == 1
    senses.get_by_role("slider", name="Layer").press("ArrowRight")
    assert senses.locator(".lv-tail").first.get_attribute("points").count(",") == 2
    senses.get_by_role("button", name="Reset").click()
    assert places(senses) == apart


def test_what_stands_after_the_word_is_known_only_to_who_looks_both_ways(senses: Locator) -> None:
    senses.get_by_role("radio", name="after the word").check()
    expect(senses.locator(".lv-sense-point")).to_have_count(8)
    found = senses.locator(".lv-senses-found")
    for layer in (-1, 10, 29):
        move(senses, layer)
        assert len(set(places(senses))) == 1
        expect(found).to_contain_text("All 8 vectors are the same")
    expect(found).to_contain_text("has not seen what comes after the word")
    senses.get_by_role("radio", name="both ways").check()
    gap = BOTH.word("bank", "after").gap[6, 0]
    expect(found).to_contain_text(f"Gap between the senses: {gap:.2f}")
    assert len(set(places(senses))) == 8
    expect(senses.get_by_role("slider", name="Layer")).to_have_attribute("max", "6")


def test_another_word_is_drawn_on_the_same_scale(senses: Locator) -> None:
    words = senses.get_by_role("combobox", name="Word")
    assert words.locator("optgroup").count() == 3
    ticks = senses.locator(".lv-gap-curve text").all_text_contents()
    words.select_option("magazine")
    expect(senses.locator(".lv-sense-name").first).to_have_text("paper")
    expect(senses.get_by_role("img", name="the gap between the senses of magazine")).to_be_visible()
    assert senses.locator(".lv-gap-curve text").all_text_contents() == ticks
    assert senses.locator(".lv-group").count() == 6  # three lines, and their keys
    expect(senses.locator(".lv-spoken")).to_contain_text("After layer 8. Gap between the senses:")


def test_a_word_of_one_sense_has_no_clue_after_it(senses: Locator) -> None:
    senses.get_by_role("radio", name="after the word").check()
    senses.get_by_role("combobox", name="Word").select_option("rope")
    expect(senses.locator(".lv-sense-point")).to_have_count(12)
    expect(senses.get_by_role("radio", name="before the word")).to_be_checked()
    expect(senses.get_by_text("have the clue before the word only")).to_be_visible()
    gap = CAUSAL.word("rope").gap[9, 0]
    expect(senses.locator(".lv-senses-found")).to_contain_text(f"{gap:.2f}".replace("-", "−"))


def test_a_sentence_and_its_mark_are_seen_together(senses: Locator) -> None:
    bank = CAUSAL.word("bank")
    sentences = senses.locator(".lv-sentence")
    expect(sentences.first.locator("mark")).to_have_text("bank")
    assert sentences.all_text_contents() == list(bank.sentences)
    sentences.first.focus()
    sentences.first.press("ArrowDown")
    expect(sentences.nth(1)).to_be_focused()
    expect(sentences.nth(1)).to_have_attribute("aria-pressed", "true")
    assert senses.locator(".lv-sense-point.lv-looked").get_attribute("data-sentence") == "1"
    nearest = int(bank.nearest[bank.best, 1])
    told = f"Nearest: {bank.senses[bank.marks[nearest]]}, “{bank.sentences[nearest]}”"
    expect(senses.get_by_text(told)).to_be_visible()
    senses.locator(".lv-sense-point").nth(7).hover(force=True)
    expect(sentences.nth(7)).to_have_attribute("aria-pressed", "true")
    # one tab stop for all of them
    assert senses.locator(".lv-sentence[tabindex='0']").count() == 1


def test_a_layer_is_chosen_on_the_curve(senses: Locator) -> None:
    curve = senses.locator("svg.lv-gap-curve[role=img]")
    box = curve.bounding_box()
    assert box
    curve.click(position={"x": box["width"] - 12, "y": 60})
    expect(senses.get_by_role("spinbutton", name="Layer")).to_have_value("29")


def test_the_numbers_stand_in_a_table(senses: Locator) -> None:
    senses.get_by_text("The same as a table").click()
    rows = senses.locator(".lv-table tbody tr")
    expect(rows).to_have_count(31)
    told = [cell.replace("−", "-") for cell in rows.nth(9).locator("td").all_inner_texts()]
    bank, groups = CAUSAL.word("bank"), CAUSAL.groups["before"]
    assert told[:4] == ["8", *(f"{value:.2f}" for value in bank.gap[9])]
    means = (groups.first, groups.second, CAUSAL.scenes.second)
    assert told[5:] == [f"{mean[9, 0]:.2f}" for mean in means]


def test_its_state_is_in_the_address_and_nonsense_is_told(
    page_file: Path, visitor: Visitor
) -> None:
    url = f"{page_file.as_uri()}?senses.word=bat&senses.cue=after&senses.layer=3"
    page = visitor.open(f"{url}&senses.model={BOTH.model}")
    view = page.locator(".lv-senses")
    expect(view.get_by_role("combobox", name="Word")).to_have_value("bat")
    expect(view.get_by_role("radio", name="both ways")).to_be_checked()
    expect(view.get_by_role("radio", name="after the word")).to_be_checked()
    expect(view.get_by_text("after layer 3 of 0 to 5").first).to_be_visible()
    page = visitor.open(f"{page_file.as_uri()}?senses.word=<b>&senses.layer=30")
    expect(page.get_by_role("status").filter(has_text="not understood")).to_be_visible()
    opened(page)
    move(page.locator(".lv-senses"), 99)
    expect(page.get_by_role("alert").filter(has_text="Layer is 99")).to_be_visible()


def test_without_python_the_readers_own_sentences_rest_and_say_why(senses: Locator) -> None:
    senses.get_by_text("Your own word and sentences").click()
    expect(senses.get_by_text("Your own sentences need Python")).to_be_visible()
    for box in senses.locator("form").get_by_role("textbox").all():
        expect(box).to_be_disabled()
    expect(senses.get_by_role("button", name="Run")).to_be_disabled()


@pytest.mark.parametrize(("theme", "width"), [("light", 360), ("dark", 1000)])
def test_it_fits_and_has_no_barriers(
    page_file: Path, visitor: Visitor, theme: str, width: int
) -> None:
    page = visitor.open(page_file.as_uri(), theme=theme, width=width)
    view = opened(page)
    view.get_by_text("Your own word and sentences").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert barriers(page) == []


def test_marks_jump_where_motion_is_not_wanted(page_file: Path, visitor: Visitor) -> None:
    page = visitor.open(page_file.as_uri())
    view = opened(page)
    time = "el => getComputedStyle(el).transitionDuration"
    assert view.locator(".lv-sense-point").first.evaluate(time) != "0s"
    page.emulate_media(reduced_motion="reduce")
    assert view.locator(".lv-sense-point").first.evaluate(time) == "0s"


# --- with Python --------------------------------------------------------------------------------

KERNEL = """
<!doctype html><meta charset="utf-8"><title>Senses</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="sense_map.css"><main></main>
<script type="module">
import view from "./sense_map.js";
const listeners = {};
const state = {};
const revive = (value) => {
  if (Array.isArray(value)) return value.map(revive);
  if (!value || typeof value !== "object") return value;
  if (value.bytes !== undefined) {
    return new DataView(Uint8Array.from(atob(value.bytes), (c) => c.charCodeAt(0)).buffer);
  }
  return Object.fromEntries(Object.entries(value).map(([key, held]) => [key, revive(held)]));
};
const set = (changes) => {
  Object.assign(state, changes);
  for (const name of Object.keys(changes)) model.emit(`change:${name}`);
};
const model = {
  get: (name) => state[name],
  set: (name, value) => set({ [name]: value }),
  save_changes: () => {},
  on: (event, listener) => (listeners[event] ??= new Set()).add(listener),
  off: (event, listener) => listeners[event]?.delete(listener),
  emit: (event, ...values) => listeners[event]?.forEach((listener) => listener(...values)),
  async send(message) {
    const { changes, reply } = await window.python(message);
    set(revive(changes));
    model.emit("msg:custom", reply, []);
  },
};
Object.assign(state, revive(await window.traits()));
view.render({ model, el: document.querySelector("main") });
</script>
"""


def plain(value: Any) -> Any:
    """Traits as JSON; bytes by their base64."""
    if isinstance(value, bytes):
        return {"bytes": base64.b64encode(value).decode()}
    if isinstance(value, dict):
        return {key: plain(held) for key, held in value.items()}
    return [plain(held) for held in value] if isinstance(value, (list, tuple)) else value


@pytest.fixture
def answered(tmp_path: Path, visitor: Visitor, tiny: LanguageModel) -> Iterator[Locator]:
    """The view with a widget that answers, as a notebook's would."""
    widget = SenseMap(STUDY, lm=tiny)
    names = ("study", "own", "word", "model", "cue", "layer", "can_run", "title", "caption")

    def traits() -> Any:
        return {name: plain(getattr(widget, name)) for name in names}

    def python(message: dict[str, Any]) -> Any:
        reply, _ = ask(widget, **message)
        changes = {name: plain(getattr(widget, name)) for name in names if name != "study"}
        return {"reply": reply, "changes": changes}

    (tmp_path / "index.html").write_text(KERNEL)
    for name in ("sense_map.js", "sense_map.css"):
        (tmp_path / name).write_bytes(built(f"views/{name}").read_bytes())
    with serving(tmp_path) as address:
        page = visitor.open("about:blank", script="void 0")
        page.expose_function("traits", traits)
        page.expose_function("python", python)
        page.goto(address)
        yield opened(page)


def test_the_readers_own_sentences_are_read_and_drawn(answered: Locator) -> None:
    answered.get_by_text("Your own word and sentences").click()
    word = answered.get_by_role("textbox", name="The word")
    expect(word).to_be_enabled()
    word.fill("cat")
    answered.get_by_role("textbox", name="of one sense").fill("the cat sat\na <b>cat</b> ran")
    other = answered.get_by_role("textbox", name="of the other sense")
    other.fill("the red cat")
    answered.get_by_role("button", name="Run").click()
    told = answered.get_by_role("alert").filter(has_text="'second sense' has one sentence only")
    expect(told).to_be_visible()
    expect(answered.locator(".lv-sense-point")).to_have_count(12)  # what was on screen stays
    other.fill("the red cat\n😀 dog and cat by the river")
    answered.get_by_role("button", name="Run").click()
    expect(answered.locator(".lv-sense-point")).to_have_count(4)
    expect(told).to_be_hidden()
    texts = answered.locator(".lv-sentence").all_text_contents()
    assert texts == [
        "the cat sat",
        "a <b>cat</b> ran",
        "the red cat",
        "😀 dog and cat by the river",
    ]
    assert set(answered.locator(".lv-sentence mark").all_text_contents()) == {"cat"}
    expect(answered.get_by_role("radio", name="after the word")).to_be_disabled()
    expect(answered.get_by_text("have the clue before the word only")).to_be_visible()
    words = answered.get_by_role("combobox", name="Word")
    expect(words).to_have_value("own")
    words.select_option("seal")
    expect(answered.locator(".lv-sense-point")).to_have_count(12)
    words.select_option("own")
    expect(answered.locator(".lv-sense-point")).to_have_count(4)
