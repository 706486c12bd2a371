"""QueryKey on a page without Python, with tiny models, and with Python at the other end."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, expect

import llm_viz
from llm_viz.analyses import match
from llm_viz.model import LanguageModel
from llm_viz.widgets import QueryKey
from tests.browser.live import live
from tests.browser.support import Visitor, barriers

pytestmark = pytest.mark.browser

TEXTS = ["the cat sat on the mat", "<img src=x onerror=alert(1)> 🐈\u202e", "a"]
HEADS = [(1, 2), (0, 5)]
SEEN = ".lv-qk-clock[aria-pressed=true]"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, tiny: LanguageModel, tiny_folder) -> Path:
    folder = tmp_path_factory.mktemp("query_key")
    view = QueryKey(tiny, TEXTS, HEADS, tokens=[7], title="Match")
    llm_viz.export_html(view, folder / "match.html")
    gpt2 = llm_viz.load_model(tiny_folder("gpt2"), device="cpu")
    llm_viz.export_html(QueryKey(gpt2, TEXTS[0], [(1, 2)]), folder / "gpt2.html")
    return folder


def opened(visitor: Visitor, folder: Path, query: str = "", name: str = "match", **how) -> Locator:
    page = visitor.open(f"{(folder / name).as_uri()}.html{query}", **how)
    view = page.locator(".lv-query-key")
    expect(view.locator(".lv-qk-body")).to_be_visible()
    return view


@pytest.fixture
def view(folder: Path, visitor: Visitor) -> Locator:
    return opened(visitor, folder)


def read(text: str) -> float:
    return float(re.sub(r"[^\d.-]", "", text.replace("−", "-")))


def chips(view: Locator, name: str) -> Locator:
    return view.get_by_role("group", name=name).locator(".lv-chip")


def looks(view: Locator) -> Locator:
    return chips(view, "This token looks")


def looked_at(view: Locator) -> Locator:
    return chips(view, "at this one")


def score(view: Locator) -> list[float]:
    text = view.locator(".lv-qk-result").nth(1).inner_text()
    return [read(part) for part in re.findall(r"−?\d+\.\d+", text)]


def rows(view: Locator, which: int) -> list[float]:
    values = view.locator(".lv-qk-rows").nth(which).locator(".lv-qk-value").all_inner_texts()
    return [read(value) for value in values]


def total(view: Locator, which: int) -> float:
    return read(view.locator(".lv-qk-sum").nth(which).inner_text().split(" ", 2)[-1])


def test_every_number_is_the_models_and_adds_up(view: Locator, tiny: LanguageModel) -> None:
    looks(view).nth(4).click()
    looked_at(view).nth(2).click()
    found = match(tiny, TEXTS[0], 1, 2, 4, 2)
    dot, factor, shown = score(view)
    assert dot == pytest.approx(found.products.sum(), abs=0.0051)
    assert (factor, shown) == (found.scale, pytest.approx(found.score, abs=0.0081))
    shares = rows(view, 0)
    assert shares[:5] == pytest.approx((100 * found.pattern[:5]).tolist(), abs=0.0101)
    assert round(sum(shares), 2) == total(view, 0) == 100
    expect(view.get_by_text("later tokens: masked, share 0").first).to_be_visible()
    assert round(sum(rows(view, 1)), 2) == total(view, 1)

    view.get_by_text("The same as a table").click()
    expect(view.locator(".lv-table tbody tr")).to_have_count(tiny.dims.d_head)
    cells = [row.locator("td").all_inner_texts() for row in view.locator("tbody tr").all()]
    for i, row in enumerate(cells):
        vectors = (found.query, found.key, found.query_turned, found.key_turned)
        values = [read(cell) for cell in row[1:5]]
        assert values == pytest.approx([float(v[i]) for v in vectors], abs=6e-4)
    products = [read(row[5]) for row in cells]
    assert round(sum(products), 2) == read(cells[-1][6]) == dot
    np.testing.assert_allclose(products, found.products, atol=0.0101)


def test_a_followed_token_adds_up_to_the_heads_logit(view: Locator, tiny: LanguageModel) -> None:
    looked_at(view).nth(3).click()
    found = match(tiny, TEXTS[0], 1, 2, -1, 3, k=4)
    said = view.locator(".lv-qk-said")
    names = [*said.nth(0).locator(".lv-chip").all_inner_texts()]
    assert names == list(found.moved_tokens[:4])
    amounts = [read(t) for t in said.locator(".lv-qk-amount").all_inner_texts()]
    assert amounts == pytest.approx(found.value_logits[3].tolist(), abs=0.0101)
    said.nth(1).locator(".lv-chip").first.click()
    expect(said.nth(1).locator(".lv-chip").first).to_have_attribute("aria-pressed", "true")
    expected = found.logits[:, 4]
    assert rows(view, 1) == pytest.approx(expected.tolist(), abs=0.0101)
    assert total(view, 1) == pytest.approx(float(expected.sum()), abs=0.0061)


def test_a_later_token_is_masked_and_told_why(view: Locator) -> None:
    looks(view).nth(2).click()
    later = looked_at(view).nth(4)
    later.click()
    expect(view.locator(".lv-qk-mask")).to_contain_text("a token may not look ahead")
    expect(view.locator(".lv-qk-result").first).to_contain_text("masked: it comes later")
    assert len(score(view)) == 3  # the score is told all the same
    assert rows(view, 0)[-1] == 0
    looks(view).nth(5).click()
    expect(view.locator(".lv-qk-mask")).to_be_hidden()


def test_moving_both_along_turns_the_hands_and_keeps_the_score(
    view: Locator, tiny: LanguageModel
) -> None:
    before = score(view)
    hand = view.locator(".lv-qk-large .lv-qk-query:not(.lv-qk-before)")
    stood = hand.get_attribute("x2")
    first = view.locator(".lv-qk-clock").first
    first.click()
    expect(first).to_have_attribute("aria-pressed", "true")
    slider = view.get_by_role("slider", name="Move both along by")
    for _ in range(3):
        slider.press("ArrowRight")
    expect(view.get_by_text("every hand turns, the score stays")).to_be_visible()
    assert hand.get_attribute("x2") != stood
    assert score(view) == before
    last = looks(view).count() - 1
    expect(view.locator(".lv-qk-says")).to_contain_text(f"{last + 3} × 57.2958°")
    says = view.locator(".lv-qk-says").inner_text()
    apart = re.findall(r"[\d.]+(?=° apart)|(?<=turn, )[\d.]+", says)
    key = looked_at(view).evaluate_all("all => all.findIndex((c) => c.ariaPressed === 'true')")
    found = match(tiny, TEXTS[0], 1, 2, -1, key)
    for told, (query, other) in zip(
        apart,
        ((found.query, found.key), (found.query_turned, found.key_turned)),
        strict=True,
    ):
        hands = (query[0] + 1j * query[2]) / (other[0] + 1j * other[2])  # clock 0 of d_head 4
        assert float(told) == pytest.approx(abs(np.degrees(np.angle(hands))), abs=0.06)
    view.get_by_role("button", name="Reset").click()
    expect(slider).to_have_value("0")


def test_another_head_and_another_text(view: Locator, tiny: LanguageModel) -> None:
    view.get_by_role("combobox", name="Head").select_option("0 5")
    found = match(
        tiny, TEXTS[0], 0, 5, -1, int(np.argmax(match(tiny, TEXTS[0], 0, 5, -1, 0).pattern))
    )
    assert score(view)[2] == pytest.approx(found.score, abs=0.0081)
    expect(view.locator(".lv-qk-result").first).to_contain_text("L0H5")
    expect(view.locator("optgroup").nth(1)).to_be_disabled()
    view.get_by_role("combobox", name="Text").select_option("1")
    expect(looks(view)).to_have_count(len(tiny.token_ids(TEXTS[1])))
    assert view.locator("img[src=x]").count() == 0
    assert len(rows(view, 0)) == 13  # twelve tokens, and all others in one
    assert round(sum(rows(view, 0)), 2) == total(view, 0) == 100
    view.get_by_role("combobox", name="Text").select_option("2")
    expect(looks(view)).to_have_count(len(tiny.token_ids("a")))


def test_everything_is_reached_by_keyboard(view: Locator) -> None:
    last = looks(view).nth(0)
    last.focus()
    last.press("ArrowRight")
    expect(looks(view).nth(1)).to_be_focused()
    looks(view).nth(1).press("Enter")
    expect(looks(view).nth(1)).to_have_attribute("aria-pressed", "true")
    clock = view.locator(".lv-qk-clock").first
    clock.focus()
    clock.press("ArrowRight")
    second = view.locator(".lv-qk-clock").nth(1)
    expect(second).to_be_focused()
    second.press(" ")
    expect(view.locator(SEEN)).to_have_count(1)
    expect(second).to_have_attribute("aria-pressed", "true")
    key = view.locator(".lv-qk-row .lv-chip").first
    key.focus()
    key.press("Enter")
    expect(looked_at(view).first).to_have_attribute("aria-pressed", "true")
    expect(view.locator(".lv-spoken")).to_contain_text("L1H2: ")


def test_its_state_is_in_the_address(folder: Path, visitor: Visitor) -> None:
    query = "?match.layer=0&match.head=5&match.query=4&match.key=1&match.pair=1&match.token=7"
    view = opened(visitor, folder, query)
    expect(looks(view).nth(4)).to_have_attribute("aria-pressed", "true")
    expect(looked_at(view).nth(1)).to_have_attribute("aria-pressed", "true")
    expect(view.locator(".lv-qk-clock").nth(1)).to_have_attribute("aria-pressed", "true")
    expect(view.locator("[data-token='7']").first).to_be_visible()
    view = opened(visitor, folder, "?match.layer=99")
    expect(view.page.get_by_text("layer is “99”; expected a whole number")).to_be_visible()


def test_what_the_page_does_not_carry_is_told(folder: Path, visitor: Visitor) -> None:
    page = visitor.open(f"{(folder / 'match.html').as_uri()}?match.layer=2")
    told = page.get_by_role("alert").filter(has_text="does not carry head L2H2 of this text")
    expect(told).to_contain_text("only L1H2, L0H5")
    page.get_by_role("button", name="Reset").click()
    expect(told).to_be_hidden()
    expect(page.locator(".lv-qk-body")).to_be_visible()
    page = visitor.open(f"{(folder / 'match.html').as_uri()}?match.prompt=2&match.key=9")
    expect(page.get_by_role("alert").filter(has_text="key is 9; expected 0 to")).to_be_visible()


def test_a_model_that_turns_nothing_says_so(folder: Path, visitor: Visitor) -> None:
    view = opened(visitor, folder, name="gpt2")
    expect(view.get_by_text("This model turns nothing")).to_be_visible()
    expect(view.locator(".lv-qk-clock")).to_have_count(0)
    assert round(sum(rows(view, 1)), 2) == total(view, 1)


@pytest.mark.real_model
def test_an_encoder_looks_both_ways_and_reads_no_words(tmp_path: Path, visitor: Visitor) -> None:
    encoder = llm_viz.load_model("all-minilm-l6-v2", device="cpu")
    widget = QueryKey(encoder, "The bank of the river", [(2, 5)])
    llm_viz.export_html(widget, tmp_path / "encoder.html")
    view = opened(visitor, tmp_path, name="encoder")
    looks(view).nth(1).click()
    looked_at(view).nth(4).click()
    expect(view.get_by_text("This model looks both ways")).to_be_visible()
    expect(view.locator(".lv-qk-mask")).to_be_hidden()
    expect(view.get_by_text("This model predicts no tokens")).to_be_visible()
    assert round(sum(rows(view, 0)), 2) == total(view, 0) == 100


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", ["match", "gpt2"])
def test_nothing_stands_in_anyones_way(
    folder: Path, visitor: Visitor, theme: str, name: str
) -> None:
    view = opened(visitor, folder, "", name, theme=theme, width=360)
    view.get_by_text("The same as a table").click()
    assert barriers(view.page) == []
    assert view.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    most = view.locator(".lv-qk-chips .lv-chip").first  # a chip may be all of a look
    most.evaluate("chip => chip.style.setProperty('--share', '100%')")
    assert barriers(view.page) == []


def test_it_is_a_still_picture_without_javascript(folder: Path, visitor: Visitor) -> None:
    page = visitor.open((folder / "match.html").as_uri(), javascript=False)
    expect(page.locator(".llm-viz-still tbody tr").first).to_be_visible()
    expect(page.get_by_text("is a score of")).to_be_visible()


def test_it_can_be_saved_as_a_picture(view: Locator) -> None:
    view.get_by_text("Share", exact=True).click()
    with view.page.expect_download() as download:
        view.get_by_role("button", name="Picture as SVG").click()
    text = download.value.path().read_text(encoding="utf-8")
    assert text.count("<rect") > 20
    assert "NaN" not in text


def test_python_gives_any_head_of_any_text(
    tiny: LanguageModel, visitor: Visitor, tmp_path: Path
) -> None:
    widget = QueryKey(tiny, TEXTS[0], HEADS)
    with live(widget, visitor, tmp_path) as page:
        view = page.locator(".lv-query-key")
        own = page.get_by_role("textbox", name="Your own text")
        expect(own).to_be_enabled()
        view.get_by_role("combobox", name="Head").select_option("2 4")
        expect(view.locator(".lv-qk-result").first).to_contain_text("L2H4")
        row = match(tiny, TEXTS[0], 2, 4, -1, 0).pattern
        assert rows(view, 0) == pytest.approx((100 * row).tolist(), abs=0.0101)

        own.fill("the <b>dog</b>")
        own.press("Enter")
        expect(looks(view)).to_have_count(len(tiny.token_ids("the <b>dog</b>")))
        expect(page.get_by_role("combobox", name="Text")).to_have_value("-1")
        expect(view.locator(".lv-qk-result").first).to_contain_text("L2H4")
        view.get_by_role("combobox", name="Head").select_option("0 0")
        expect(view.locator(".lv-qk-result").first).to_contain_text("L0H0")
        for text, told in (("  ", "the text is empty"), ("cat sat " * 40, "at most")):
            own.fill(text)
            own.press("Enter")
            expect(page.get_by_role("alert").filter(has_text=told)).to_be_visible()
            expect(view.locator(".lv-qk-result").first).to_contain_text("L0H0")
