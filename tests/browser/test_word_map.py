"""The maps of words on a page without Python, with made-up words: WebGL, SVG, both themes."""

from __future__ import annotations

import base64
import gzip
import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, expect

import llm_viz
from llm_viz.analyses.projection import Layout
from llm_viz.model.vector_files import keyed
from llm_viz.studies.results import Provenance
from llm_viz.studies.word_learning import WordLearning
from llm_viz.widgets import LearningMap, WordMap
from llm_viz.widgets.assets import asset_path
from tests.browser.support import Visitor, barriers
from tests.fixtures import make_words

pytestmark = pytest.mark.browser

EXPECTED = make_words.expected(make_words.packed())["maps"]
MAPS = {name: points.astype(np.float32) for name, points in make_words.maps().items()}
LAYOUTS = {"flat": MAPS["map2"], "other": MAPS["map2"][::-1], "solid": MAPS["map3"]}
GROUPS = {"Royals": tuple(make_words.ROYAL), "People": tuple(make_words.PEOPLE)}
NO_WEBGL = """
const getContext = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
  return /webgl/.test(kind) ? null : getContext.call(this, kind, ...rest);
};
"""
NONSENSE = ["<img src=x onerror=alert(1)>", "犬", "\u202eolleh", "x" * 300, "a b", "👩‍👩‍👧", ""]
FIRST = {"map": "map0", "learning": "epoch3"}  # what is drawn at first
HINTS = ("willReadFrequently",)  # to plotly, where it draws names in three dimensions or a file
PLOTLY = "(globalThis.Plotly !== undefined)"


def learning() -> WordLearning:
    """Four epochs of the made-up words."""
    rng = np.random.default_rng(3)
    n = len(make_words.WORDS)
    return WordLearning(
        corpus="a made-up text",
        words=tuple(make_words.WORDS),
        places=rng.integers(0, 255, (4, n, 2)).astype(np.uint8),
        neighbours=np.stack([np.roll(np.arange(n), -i - 1) for i in range(5)], 1)[None]
        .repeat(4, 0)
        .astype(np.uint16),
        loss=(4.16, 3.0, 2.5, 2.25),
        wordsim=(0.0, 0.25, 0.375, 0.5),
        pairs=99,
        analogies=0.0,
        seconds=1.0,
        provenance=Provenance("made up", "none", "", {}, {}, "", ""),
    )


def with_asset(page: str, name: str, content: bytes) -> str:
    """An exported page with other content in a file that it carries."""
    packed = base64.b64encode(gzip.compress(content)).decode("ascii")
    changed, times = re.subn(rf'("{name}":)"[^"]*"', rf'\1"{packed}"', page)
    assert times == 1
    return changed


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("maps")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LLM_VIZ_CACHE", str(folder / "cache"))
        vectors = keyed(make_words.WORDS, make_words.rows().astype(np.float32))
        layouts = {name: Layout("pca", points, 0) for name, points in LAYOUTS.items()}
        told = {"layouts": layouts, "groups": GROUPS, "title": "Map"}
        words = WordMap(vectors, "king", **told)
        llm_viz.export_html(words, folder / "map.html")
        learned = LearningMap(learning(), "king", groups=GROUPS, title="Learning")
        llm_viz.export_html(learned, folder / "learning.html")
        llm_viz.export_html([WordMap(vectors, "dog", **told), learned], folder / "two.html")
        few = {"few": Layout("pca", MAPS["map2"][:30], 0)}
        other = WordMap(keyed(make_words.WORDS[:30], vectors.vectors[:30]), "man", layouts=few)
        name = words.assets["layouts"]
        whole, others = (asset_path(w.assets["layouts"]).read_bytes() for w in (words, other))
    page = (folder / "map.html").read_text(encoding="utf-8")
    for file, content in (("other_words", others), ("cut", whole[:300])):
        (folder / f"{file}.html").write_text(with_asset(page, name, content), encoding="utf-8")
    return folder


def drawn(view: Locator, key: str) -> None:
    expect(view).to_have_attribute("data-drawn", key, timeout=20_000)


@pytest.fixture
def view(folder: Path, visitor: Visitor) -> Locator:
    page = visitor.open((folder / "map.html").as_uri(), expect=HINTS)
    view = page.locator(".lv-word_map")
    drawn(view, "map0")
    return view


@pytest.fixture
def learned(folder: Path, visitor: Visitor) -> Locator:
    page = visitor.open((folder / "learning.html").as_uri())
    view = page.locator(".lv-word_map")
    drawn(view, "epoch3")
    return view


def listed(view: Locator, which: str) -> list[str]:
    return view.locator(f".lv-{which} .lv-map-word").all_text_contents()


def type_word(view: Locator, word: str) -> None:
    field = view.get_by_role("combobox", name="Word")
    field.fill(word)
    field.press("Enter")


class TestWordMap:
    def test_both_lists_and_their_overlap_are_numpys(self, view: Locator) -> None:
        for word in ("king", "dog", "berlin"):
            type_word(view, word)
            wanted = EXPECTED["map2"][word]
            told = f"{wanted['both']} of 10 true neighbours of “{word}”"
            expect(view.locator(".lv-map-reading")).to_contain_text(told)
            assert (listed(view, "true"), listed(view, "seen")) == (wanted["true"], wanted["near"])
            expect(view.locator(".lv-true .lv-is-both")).to_have_count(wanted["both"])
        expect(view.get_by_text("Over all 43 words, flat in 2-D keeps")).to_be_visible()
        expect(view).to_have_attribute("data-drawn-by", "webgl")

    def test_a_listed_word_is_chosen_by_keyboard(self, view: Locator) -> None:
        second = listed(view, "seen")[1]
        view.locator(".lv-seen .lv-map-word").nth(1).press("Enter")
        expect(view.get_by_role("combobox", name="Word")).to_have_value(second)
        expect(view.locator(".lv-spoken")).to_contain_text(f"neighbours of “{second}”")

    def test_a_word_on_the_map_is_chosen_by_a_click(self, view: Locator) -> None:
        plot = view.locator(".lv-map-plot")
        at = plot.evaluate(
            """plot => {
              const { _fullLayout: { xaxis, yaxis }, data: [{ text, x, y }] } = plot;
              const place = text.indexOf("dog");
              return { x: xaxis.l2p(x[place]), y: yaxis.l2p(y[place]) };
            }"""
        )
        plot.hover(position=at)
        expect(plot.locator(".hoverlayer text").first).to_be_visible()
        plot.click(position=at)
        expect(view.get_by_role("combobox", name="Word")).not_to_have_value("king")

    def test_the_points_travel_to_another_map(self, view: Locator) -> None:
        where = "plot => [...plot.data[0].x]"
        plot = view.locator(".lv-map-plot")
        before = plot.evaluate(where)
        view.get_by_role("radio", name="other").check()
        drawn(view, "map1")
        assert plot.evaluate(where) == pytest.approx(before[::-1], abs=1e-6)
        expect(view.get_by_text("other in 2-D keeps")).to_be_visible()

    def test_three_dimensions_where_there_are_three(self, view: Locator) -> None:
        expect(view.get_by_role("radio", name="3-D")).to_be_disabled()
        expect(view.get_by_text("There is no map by flat in 3-D here.")).to_be_visible()
        view.get_by_role("radio", name="solid").check()
        drawn(view, "map2")
        expect(view.get_by_role("radio", name="3-D")).to_be_checked()
        expect(view.get_by_role("radio", name="2-D")).to_be_disabled()
        assert listed(view, "seen") == EXPECTED["map3"]["king"]["near"]
        eye = "() => document.querySelector('.lv-map-plot').layout.scene.camera.eye.x"
        before = view.page.evaluate(eye)
        view.get_by_role("button", name="Turn left").press("Enter")
        view.page.wait_for_function(f"before => ({eye})() !== before", arg=before)

    def test_it_comes_closer_to_the_word_by_button(self, view: Locator) -> None:
        plot = view.locator(".lv-map-plot")
        ranges = "plot => [plot.layout.xaxis.range, plot.layout.yaxis.range]"
        whole = plot.evaluate(ranges)
        there = """([plot, wide]) => {
          const [left, right] = plot.layout.xaxis.range;
          return Math.abs(right - left - wide) < 1e-9;
        }"""
        width = whole[0][1] - whole[0][0]
        handle = plot.element_handle()
        view.get_by_role("button", name="Closer").press("Enter")
        view.page.wait_for_function(there, arg=[handle, width / 2])
        word = make_words.WORDS.index("king")
        middle = [sum(both) / 2 for both in plot.evaluate(ranges)]
        where = plot.evaluate("(plot, i) => [plot.data[0].x[i], plot.data[0].y[i]]", word)
        assert middle == pytest.approx(where, abs=1e-6)
        far = plot.evaluate(
            """plot => {
              const { layout: { xaxis: { range: [low, high] } }, data: [{ text, x }] } = plot;
              return text.find((_, i) => x[i] < low || x[i] > high);
            }"""
        )
        type_word(view, far)
        view.page.wait_for_function(
            """([plot, word]) => {
              const { layout: { xaxis: { range: [low, high] } }, data: [{ text, x }] } = plot;
              return Math.abs((low + high) / 2 - x[text.indexOf(word)]) < 1e-6;
            }""",
            arg=[handle, far],
        )
        view.get_by_role("button", name="Whole map").press("Enter")
        view.page.wait_for_function(there, arg=[handle, width])

    def test_groups_are_coloured_one_by_one(self, view: Locator) -> None:
        legend = view.locator(".lv-map-legend li")
        expect(legend).to_have_count(6)
        view.get_by_role("combobox", name="Colour").select_option("Royals")
        expect(legend).to_have_count(5)
        expect(legend.filter(has_text="Royals")).to_be_visible()
        view.get_by_role("combobox", name="Colour").select_option("No group")
        expect(legend).to_have_count(4)
        view.get_by_role("button", name="Reset").click()
        expect(legend).to_have_count(6)

    def test_a_misspelt_word_is_told_and_mended(self, view: Locator) -> None:
        before = listed(view, "true")
        type_word(view, "Kign")
        told = view.get_by_role("alert").filter(has_text="“Kign” is not among the 43 words")
        expect(told).to_be_visible()
        assert listed(view, "true") == before
        view.get_by_role("button", name="Take king").press("Enter")
        expect(told).to_be_hidden()
        for typed, found in (
            ("QUEEN", "queen"),
            ("cafe\u0301", "café"),
            ("Москва", "москва"),
            ("猫", "猫"),
        ):
            type_word(view, typed)
            expect(view.locator(".lv-map-reading")).to_contain_text(f"neighbours of “{found}”")

    @pytest.mark.parametrize("typed", NONSENSE)
    def test_nonsense_gets_a_sentence_and_the_picture_stays(
        self, view: Locator, typed: str
    ) -> None:
        before = listed(view, "true"), listed(view, "seen")
        type_word(view, typed)
        expect(view.get_by_role("combobox", name="Word")).to_have_attribute("aria-invalid", "true")
        expect(view.locator(".lv-wrong")).to_be_visible()
        assert (listed(view, "true"), listed(view, "seen")) == before
        assert view.locator(".lv-map-plot").evaluate("plot => plot.data.length") == 7
        view.get_by_role("button", name="Reset").click()
        expect(view.locator(".lv-wrong")).to_be_hidden()

    def test_its_state_is_in_the_address(self, folder: Path, visitor: Visitor) -> None:
        url = (folder / "map.html").as_uri()
        query = "map.word=dog&map.method=solid&map.dims=3&map.colour=People"
        page = visitor.open(f"{url}?{query}", expect=HINTS)
        view = page.locator(".lv-word_map")
        drawn(view, "map2")
        assert listed(view, "seen") == EXPECTED["map3"]["dog"]["near"]
        expect(view.get_by_role("combobox", name="Colour")).to_have_value("People")

    @pytest.mark.parametrize(
        ("query", "told"),
        [
            ("map.method=nonsense", "method is “nonsense”; expected flat, other, solid"),
            ("map.dims=4", "dims is “4”; expected a whole number from 2 to 3"),
            ("map.colour=Fruit", "colour is “Fruit”; expected all, none, Royals, People"),
        ],
    )
    def test_an_address_that_asks_for_what_is_not_there(
        self, folder: Path, visitor: Visitor, query: str, told: str
    ) -> None:
        page = visitor.open(f"{(folder / 'map.html').as_uri()}?{query}")
        expect(page.get_by_text(told)).to_be_visible()
        drawn(page.locator(".lv-word_map"), "map0")

    @pytest.mark.parametrize(
        ("name", "told"),
        [("other_words", "the maps are of other words than these"), ("cut", "is cut short")],
    )
    def test_maps_that_do_not_fit_are_told(
        self, folder: Path, visitor: Visitor, name: str, told: str
    ) -> None:
        page = visitor.open((folder / f"{name}.html").as_uri())
        expect(page.get_by_text(re.compile(told))).to_be_visible()
        expect(page.locator(".lv-map-list").first).to_be_hidden()


class TestLearningMap:
    def test_the_slider_moves_the_points_and_tells_what_they_are_worth(
        self, learned: Locator
    ) -> None:
        slider = learned.get_by_role("slider", name="Times the text was read")
        where = "plot => [...plot.data[0].x]"
        before = learned.locator(".lv-map-plot").evaluate(where)
        slider.press("ArrowLeft")
        expect(learned.get_by_text("Loss 2.50 nats")).to_be_visible()
        slider.press("Home")
        drawn(learned, "epoch0")
        expect(learned.get_by_text("before reading: every vector is random")).to_be_visible()
        expect(learned.get_by_text("WordSim 0.00")).to_be_visible()
        assert learned.locator(".lv-map-plot").evaluate(where) != before
        place = make_words.WORDS.index("king")
        assert listed(learned, "true") == make_words.WORDS[place + 1 : place + 6]
        expect(learned.locator(".lv-map-reading")).to_contain_text("of 5 true neighbours of “king”")

    def test_it_plays_to_the_end_and_pauses(self, learned: Locator) -> None:
        learned.get_by_role("button", name="Play").press("Enter")
        expect(learned.get_by_role("button", name="Pause")).to_be_visible()
        drawn(learned, "epoch3")
        expect(learned.get_by_role("button", name="Play")).to_be_visible(timeout=10_000)

    def test_an_epoch_that_is_not_there_is_told(self, folder: Path, visitor: Visitor) -> None:
        page = visitor.open(f"{(folder / 'learning.html').as_uri()}?learning.epoch=9")
        expect(
            page.get_by_text("epoch is “9”; expected a whole number from 0 to 3")
        ).to_be_visible()
        drawn(page.locator(".lv-word_map"), "epoch3")


def test_plotly_comes_when_the_map_is_near_and_once(folder: Path, visitor: Visitor) -> None:
    page = visitor.open(
        (folder / "two.html").as_uri(),
        script="""
      addEventListener("DOMContentLoaded", () => document.body.prepend(
        Object.assign(document.createElement("div"), { style: "height: 5000px" })));
    """,
    )
    views = page.locator(".lv-word_map")
    expect(views.last.get_by_role("combobox", name="Word")).to_be_attached()
    page.wait_for_timeout(500)
    assert not page.evaluate(PLOTLY)
    views.first.scroll_into_view_if_needed()
    drawn(views.first, "map0")
    first = page.evaluate("globalThis.Plotly.mark = 'the first'")
    views.last.scroll_into_view_if_needed()
    drawn(views.last, "epoch3")
    assert page.evaluate("globalThis.Plotly.mark") == first


@pytest.mark.parametrize("name", ["map", "learning"])
class TestAnyone:
    @pytest.mark.parametrize("theme", ["light", "dark"])
    def test_nothing_stands_in_anyones_way(
        self, folder: Path, visitor: Visitor, name: str, theme: str
    ) -> None:
        page = visitor.open((folder / f"{name}.html").as_uri(), theme=theme, width=360)
        view = page.locator(".lv-word_map")
        drawn(view, FIRST[name])
        type_word(view, "kign")
        expect(page.get_by_text("nearest in spelling")).to_be_visible()
        page.get_by_text("The same as a table").click()
        expect(view.locator(".lv-table tbody tr").first).to_be_visible()
        assert barriers(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    def test_it_follows_the_theme(self, folder: Path, visitor: Visitor, name: str) -> None:
        page = visitor.open((folder / f"{name}.html").as_uri())
        drawn(page.locator(".lv-word_map"), FIRST[name])
        paper = "document.querySelector('.lv-map-plot').layout.paper_bgcolor"
        light = page.evaluate(paper)
        page.evaluate("document.documentElement.dataset.theme = 'dark'")
        page.wait_for_function(f"light => {paper} !== light", arg=light)

    def test_without_webgl_it_is_drawn_all_the_same(
        self, folder: Path, visitor: Visitor, name: str
    ) -> None:
        page = visitor.open((folder / f"{name}.html").as_uri(), script=NO_WEBGL)
        view = page.locator(".lv-word_map")
        drawn(view, FIRST[name])
        expect(view).to_have_attribute("data-drawn-by", "svg")
        expect(
            view.get_by_text("This browser draws without WebGL here, so you see 43 of 43")
        ).to_be_visible()
        assert view.locator(".scatterlayer .point").count() > 43
        type_word(view, "dog")
        expect(view.locator(".lv-map-reading")).to_contain_text("neighbours of “dog”")

    def test_with_reduced_motion_the_points_jump(
        self, folder: Path, visitor: Visitor, name: str
    ) -> None:
        page = visitor.open((folder / f"{name}.html").as_uri())
        page.emulate_media(reduced_motion="reduce")
        view = page.locator(".lv-word_map")
        drawn(view, FIRST[name])
        page.evaluate(
            """() => {
              globalThis.drawings = 0;
              const { react } = Plotly;
              Plotly.react = (...all) => { drawings += 1; return react(...all); };
            }"""
        )
        if name == "map":
            view.get_by_role("radio", name="other").check()
            drawn(view, "map1")
        else:
            view.get_by_role("slider").press("Home")
            drawn(view, "epoch0")
        assert page.evaluate("drawings") == 1

    def test_it_can_be_saved_as_a_picture(self, folder: Path, visitor: Visitor, name: str) -> None:
        page = visitor.open((folder / f"{name}.html").as_uri(), expect=HINTS)
        drawn(page.locator(".lv-word_map"), FIRST[name])
        page.get_by_text("Share", exact=True).click()
        with page.expect_download() as download:
            page.get_by_role("button", name="Picture as SVG").click()
        text = download.value.path().read_text(encoding="utf-8")
        assert len(re.search('href="data:image/png;base64,([^"]*)"', text)[1]) > 5000  # type: ignore[index]
        assert "True neighbours" in text
        assert listed(page.locator(".lv-word_map"), "true")[0] in text

    def test_it_is_a_still_picture_without_javascript(
        self, folder: Path, visitor: Visitor, name: str
    ) -> None:
        page = visitor.open((folder / f"{name}.html").as_uri(), javascript=False)
        expect(page.locator(".llm-viz-still tbody tr").first).to_be_visible()
