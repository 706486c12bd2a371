"""The whole model to walk through, and models to scale, on a page without Python."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

import llm_viz
from llm_viz.analyses import stages
from llm_viz.style import written
from llm_viz.widgets import ModelSizes, Stack
from tests.browser.live import live
from tests.browser.support import Visitor, barriers

pytestmark = pytest.mark.browser

TEXTS = ("the cat sat on the mat", "<img src=x onerror=alert(1)> the dog")
CHAPTERS = {"tokens": "next_word.html", "stream": "context.html"}


@pytest.fixture(scope="module")
def made(tiny):
    return stages(tiny, TEXTS[0])


@pytest.fixture(scope="module")
def folder(tiny, tiny_folder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stack")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LLM_VIZ_CACHE", str(folder / "cache"))
        widget = Stack(tiny, TEXTS, chapters=CHAPTERS, title="Stack")
        llm_viz.export_html(widget, folder / "stack.html")
        gpt2 = llm_viz.load_model(tiny_folder("gpt2"), device="cpu")
        llm_viz.export_html(Stack(gpt2, TEXTS[0], title="Stack"), folder / "gpt2.html")
        llm_viz.export_html(ModelSizes(tiny, title="Sizes"), folder / "model_sizes.html")
    return folder


def house(visitor: Visitor, folder: Path, query: str = "", name: str = "stack") -> Locator:
    page = visitor.open(f"{(folder / f'{name}.html').as_uri()}{query}")
    view = page.locator(".lv-stack")
    expect(view.get_by_role("img")).to_be_visible()
    return view


def heading(view: Locator) -> Locator:
    return view.locator(".lv-stack-name")


def rows(view: Locator, kind: str) -> Locator:
    return view.locator(f".lv-stack-{kind} .lv-stack-row")


class TestStack:
    def test_words_go_in_and_a_prediction_comes_out(
        self, folder: Path, visitor: Visitor, made
    ) -> None:
        view = house(visitor, folder)
        expect(heading(view)).to_have_text("Text")
        expect(view.locator("blockquote")).to_have_text(TEXTS[0])
        picture = view.get_by_role("img")
        expect(picture).to_contain_text("words go in")
        expect(picture).to_contain_text("3\u00a0floors: each adds to the same stream")
        expect(picture).to_contain_text("a prediction comes out")
        chance = written(made.next_probs[-1, 0]).replace(" ", "\u00a0")
        expect(picture.locator(".lv-plan-next")).to_contain_text(chance)

    def test_one_climbs_step_by_step(self, folder: Path, visitor: Visitor) -> None:
        view = house(visitor, folder)
        up, down = (view.get_by_role("button", name=name) for name in ("Up", "Down"))
        seen = []
        for _ in range(12):
            seen.append(heading(view).inner_text().replace("\u00a0", " "))
            up.press("Enter")
        assert seen == [
            *("Text", "Tokens", "Embedding"),
            *("Layer 0: attention", "Layer 0: feed-forward"),
            *("Layer 1: attention", "Layer 1: feed-forward"),
            *("Layer 2: attention", "Layer 2: feed-forward"),
            *("Final norm", "Unembedding", "Next token"),
        ]
        up.click()  # it is the top
        expect(heading(view)).to_have_text("Next token")
        down.press(" ")
        expect(heading(view)).to_have_text("Unembedding")

    def test_the_sliders_walk_by_keyboard(self, folder: Path, visitor: Visitor) -> None:
        view = house(visitor, folder)
        step, layer, token = (
            view.get_by_role("slider", name=name) for name in ("Step", "Layer", "Position")
        )
        step.press("End")
        expect(heading(view)).to_have_text("Next token")
        layer.press("ArrowRight")
        expect(heading(view)).to_have_text("Layer\u00a01: attention")
        step.press("ArrowRight")
        expect(heading(view)).to_have_text("Layer\u00a01: feed-forward")
        layer.press("End")
        expect(heading(view)).to_have_text("Layer\u00a02: feed-forward")
        token.press("Home")
        expect(view.locator("[aria-current]")).to_have_text("<s>")
        expect(view.locator(".lv-spoken")).to_contain_text("Token <s>: length")
        expect(view.locator(".lv-square-here")).to_have_count(1)

    def test_a_box_is_opened_by_a_click(self, folder: Path, visitor: Visitor) -> None:
        view = house(visitor, folder)
        view.locator(".lv-box-mlp").nth(1).click()
        expect(heading(view)).to_have_text("Layer\u00a01: feed-forward")
        expect(view.locator(".lv-here")).to_have_count(1)
        view.locator(".lv-box-embedding").click(position={"x": 5, "y": 5})
        expect(heading(view)).to_have_text("Embedding")

    def test_every_number_is_pythons(self, folder: Path, visitor: Visitor, made) -> None:
        view = house(visitor, folder, "?stack.stage=attention&stack.layer=1")
        looks = rows(view, "looks")
        expect(looks).to_have_count(6)
        for head in range(6):
            key, share = made.top_keys[1, head, -1], made.top_shares[1, head, -1]
            expect(looks.nth(head).locator(".lv-chip")).to_have_text(made.tokens[key])
            shown = looks.nth(head).locator(".lv-stack-value").inner_text()
            assert float(shown.strip("%\u00a0")) == pytest.approx(100 * share, rel=0.05)
        lengths = rows(view, "lengths")
        expect(lengths).to_have_count(len(made.tokens))
        for i in range(len(made.tokens)):
            value, more = (
                lengths.nth(i).locator(f".lv-stack-{n}").inner_text() for n in ("value", "more")
            )
            assert float(value) == pytest.approx(made.lengths[3, i], rel=0.005)
            assert float(more.strip("+%\u00a0")) == pytest.approx(100 * made.added[2, i], rel=0.05)
        expect(rows(view, "guesses")).to_have_count(3)
        expect(view.get_by_text("which share 2\u00a0key/value heads")).to_be_visible()
        view.get_by_role("button", name="Up").click()
        active = made.active[1, -1]
        expect(view.locator(".lv-stack-neurons")).to_contain_text(f"{active} of 40\u00a0neurons")
        expect(view.locator(".lv-stack-strongest li")).to_have_count(3)
        neuron = f"neuron {made.strongest[1, -1, 0]}: "
        expect(view.locator(".lv-stack-strongest li").first).to_contain_text(neuron)

    def test_the_tokens_have_their_numbers(self, folder: Path, visitor: Visitor, made) -> None:
        view = house(visitor, folder, "?stack.stage=tokens")
        shown = rows(view, "lengths")
        for i, (token, number) in enumerate(zip(made.tokens, made.token_ids, strict=True)):
            expect(shown.nth(i).locator(".lv-chip")).to_have_text(token)
            expect(shown.nth(i).locator(".lv-stack-value")).to_have_text(str(number))
        shown.nth(1).locator(".lv-chip").click()
        expect(view.locator("[aria-current]")).to_have_text(made.tokens[1])

    def test_chapters_are_opened_where_there_are_any(self, folder: Path, visitor: Visitor) -> None:
        view = house(visitor, folder, "?stack.stage=tokens")
        links = view.locator(".lv-stack-links a:visible")
        expect(links).to_have_count(1)
        expect(links).to_have_attribute("href", "next_word.html")
        view.get_by_role("button", name="Up").click()
        expect(view.get_by_text("A later chapter opens this box.")).to_be_visible()
        expect(links).to_have_attribute("href", "context.html")

    def test_another_text_and_html_in_it(self, folder: Path, visitor: Visitor) -> None:
        view = house(visitor, folder, "?stack.position=2")
        view.get_by_role("combobox", name="Text").select_option("1")
        expect(view.locator("blockquote")).to_have_text(TEXTS[1])
        expect(view.locator("img[src]")).to_have_count(0)
        expect(view.get_by_role("slider", name="Position")).to_have_attribute(
            "aria-valuetext", "26, ·dog, of 0 to 26"
        )
        view.get_by_role("button", name="Reset").click()
        expect(view.locator("blockquote")).to_have_text(TEXTS[0])

    def test_ones_own_text_needs_python(self, folder: Path, visitor: Visitor) -> None:
        view = house(visitor, folder)
        expect(view.get_by_label("Your own text")).to_be_disabled()
        expect(view.get_by_text("Your own text needs Python")).to_be_visible()

    @pytest.mark.parametrize(
        ("query", "told"),
        [
            ("stack.layer=3", "layer is “3”; expected a whole number from 0 to 2"),
            ("stack.stage=cellar", "stage is “cellar”; expected text, tokens"),
            ("stack.position=99", "position is “99”"),
            ("stack.prompt=-1", "prompt is “-1”"),
        ],
    )
    def test_an_address_out_of_range_is_told(
        self, folder: Path, visitor: Visitor, query: str, told: str
    ) -> None:
        view = house(visitor, folder, f"?{query}")
        expect(view.page.get_by_text(told)).to_be_visible()
        expect(heading(view)).to_have_text("Text")

    def test_a_token_that_this_text_has_not_is_told_in_place(
        self, folder: Path, visitor: Visitor
    ) -> None:
        view = house(visitor, folder)
        page = view.page
        page.goto(f"{page.url}?stack.prompt=0&stack.position=15")  # the other text has one
        expect(view.get_by_role("alert").first).to_contain_text("position is 15; expected")

    def test_a_model_without_a_gate(self, folder: Path, visitor: Visitor) -> None:
        view = house(visitor, folder, "?stack.stage=mlp", "gpt2")
        expect(view.get_by_text("96\u00a0neurons").first).to_be_visible()
        expect(view.get_by_text("gate")).to_have_count(0)
        expect(view.get_by_text("in 96 × 24 + 96")).to_be_visible()

    def test_the_table_holds_every_step(self, folder: Path, visitor: Visitor) -> None:
        view = house(visitor, folder)
        view.get_by_text("The same as a table").click()
        expect(view.locator(".lv-table tbody tr")).to_have_count(12)
        expect(view.get_by_role("row", name="Unembedding none of its own")).to_be_visible()


def test_python_follows_ones_own_text(tiny, visitor: Visitor, tmp_path: Path) -> None:
    widget = Stack(tiny, TEXTS[0])
    with live(widget, visitor, tmp_path) as page:
        own = page.get_by_role("textbox", name="Your own text")
        expect(own).to_be_enabled()
        own.fill("the <b>dog</b> ran")
        own.press("Enter")
        expect(page.locator("blockquote")).to_have_text("the <b>dog</b> ran")
        expect(page.get_by_role("combobox", name="Text")).to_have_value("-1")
        for text, told in (("  ", "the text is empty"), ("cat " * 90, "reads at most 64")):
            own.fill(text)
            own.press("Enter")
            expect(page.get_by_role("alert").filter(has_text=told)).to_be_visible()
            expect(page.locator("blockquote")).to_have_text("the <b>dog</b> ran")


@pytest.mark.real_model
def test_an_encoder_has_no_top_floor(visitor: Visitor, tmp_path: Path) -> None:
    encoder = llm_viz.load_model("all-minilm-l6-v2", device="cpu")
    llm_viz.export_html(Stack(encoder, "The bank of the river", title="Stack"), tmp_path / "e.html")
    view = house(visitor, tmp_path, "?stack.stage=mlp&stack.layer=5", "e")
    expect(view.get_by_role("img")).to_contain_text("the top floor is missing: no prediction")
    expect(view.get_by_text("predicts no next token")).to_be_visible()
    view.get_by_role("button", name="Up").click()
    expect(heading(view)).to_have_text("Layer\u00a05: feed-forward")


class TestModelSizes:
    def open(self, folder: Path, visitor: Visitor, query: str = "") -> Locator:
        page = visitor.open(f"{(folder / 'model_sizes.html').as_uri()}{query}")
        view = page.locator(".lv-model-sizes")
        expect(view.locator(".lv-sizes-models li")).to_have_count(8)
        return view

    def test_bars_are_to_scale(self, folder: Path, visitor: Visitor) -> None:
        view = self.open(folder, visitor)
        first, last = (view.locator(".lv-sizes-models li").nth(i) for i in (0, 7))
        expect(first).to_contain_text("174.6\u00a0billion")
        expect(last.locator(".lv-sizes-model")).to_contain_text("counted here")
        width = "e => e.getBoundingClientRect().width"
        whole = first.locator(".lv-sizes-length").evaluate(width)
        drawn = sum(each.evaluate(width) for each in first.locator(".lv-sizes-piece").all())
        assert drawn / whole == pytest.approx(174.6 / 200, rel=0.01)

    def test_the_axis_zooms_by_keyboard(self, folder: Path, visitor: Visitor) -> None:
        view = self.open(folder, visitor)
        view.get_by_role("radio", name="200 billion").press("ArrowRight")
        expect(view.get_by_role("radio", name="20 billion")).to_be_checked()
        expect(view.get_by_text("goes on: 8.7 times as wide")).to_be_visible()
        expect(view.locator(".lv-spoken")).to_contain_text("Within it: LLaMA 7B")
        view.get_by_role("button", name="Reset").click()
        expect(view.get_by_text("goes on:")).to_have_count(0)

    def test_its_address_and_table(self, folder: Path, visitor: Visitor) -> None:
        view = self.open(folder, visitor, "?sizes.zoom=3")
        expect(view.get_by_role("radio", name="200 million")).to_be_checked()
        view.get_by_text("The same as a table").click()
        expect(view.get_by_role("row", name="GPT-3")).to_contain_text("9,216")
        view = self.open(folder, visitor, "?sizes.zoom=4")
        expect(view.page.get_by_text("zoom is “4”")).to_be_visible()


@pytest.mark.parametrize("name", ["stack", "model_sizes"])
class TestAnyone:
    def open(self, folder: Path, visitor: Visitor, name: str, theme: str = "light") -> Page:
        url = (folder / f"{name}.html").as_uri()
        page = visitor.open(f"{url}?stack.stage=attention", theme=theme, width=360)
        expect(page.get_by_text("The same as a table")).to_be_visible()
        return page

    @pytest.mark.parametrize("theme", ["light", "dark"])
    def test_nothing_stands_in_anyones_way(
        self, folder: Path, visitor: Visitor, name: str, theme: str
    ) -> None:
        page = self.open(folder, visitor, name, theme)
        page.get_by_text("The same as a table").click()
        assert barriers(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    def test_it_is_a_still_picture_without_javascript(
        self, folder: Path, visitor: Visitor, name: str
    ) -> None:
        page = visitor.open((folder / f"{name}.html").as_uri(), javascript=False)
        expect(page.locator(".llm-viz-still tbody tr").first).to_be_visible()

    def test_it_can_be_saved_as_a_picture(self, folder: Path, visitor: Visitor, name: str) -> None:
        page = self.open(folder, visitor, name)
        page.get_by_text("Share", exact=True).click()
        with page.expect_download() as download:
            page.get_by_role("button", name="Picture as SVG").click()
        text = download.value.path().read_text(encoding="utf-8")
        assert "<rect" in text
        assert "NaN" not in text
