"""The views of word vectors on a page without Python, with made-up words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

import llm_viz
from llm_viz.analyses.weat import WordSets
from llm_viz.analyses.word_scores import AnalogyScores, SectionScore
from llm_viz.model.vector_files import keyed
from llm_viz.widgets import Analogy, Direction
from llm_viz.widgets.analogy import Family
from llm_viz.widgets.direction import Axis
from tests.browser.support import Visitor, barriers
from tests.fixtures import make_words

pytestmark = pytest.mark.browser

FAMILIES = (
    Family("Royals", (("man", "woman", "king", "queen"),), "family"),
    Family("Young", (("dog", "puppy", "cat", "kitten"),)),
)
EXPECTED = make_words.expected(make_words.packed())
POLES = EXPECTED["direction"]
AXES = (
    Axis("Gender", tuple(POLES["low"]), tuple(POLES["high"]), ("queen", "office", "king", "home")),
    Axis("Young", ("cat", "dog"), ("kitten", "puppy"), ("king", "prince")),
)
SETS = WordSets("Work", *(tuple(make_words.SETS[name]) for name in "xyab"))
NONSENSE = [
    "<img src=x onerror=alert(1)>",
    "犬",
    "\u202eolleh",
    "x" * 300,
    "a b c",
    "👩‍👩‍👧",
    "\u0000",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("words")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LLM_VIZ_CACHE", str(folder / "cache"))
        vectors = keyed(make_words.WORDS, make_words.rows().astype(np.float32))
        scores = AnalogyScores((SectionScore("family", 40, 0, 30, 9, 20),), 43)
        analogy = Analogy(vectors, families=FAMILIES, scores=scores, title="Sums")
        llm_viz.export_html(analogy, folder / "analogy.html")
        line = Direction(vectors, axes=AXES, tests=[SETS], debias=True, title="Line")
        llm_viz.export_html(line, folder / "direction.html")
    return folder


@pytest.fixture
def sums(folder: Path, visitor: Visitor) -> Locator:
    page = visitor.open((folder / "analogy.html").as_uri())
    view = page.locator(".lv-analogy")
    expect(view.locator(".lv-answers li")).to_have_count(10)
    return view


@pytest.fixture
def line(folder: Path, visitor: Visitor) -> Locator:
    page = visitor.open((folder / "direction.html").as_uri())
    view = page.locator(".lv-direction")
    expect(view.locator(".lv-outcome td").first).not_to_have_text("")
    return view


def field(view: Locator, name: str) -> Locator:
    return view.get_by_label(name, exact=False).and_(view.locator("input"))


def type_word(view: Locator, name: str, word: str) -> None:
    field(view, name).fill(word)
    field(view, name).press("Enter")


def answers(view: Locator) -> list[str]:
    return view.locator(".lv-answer").all_text_contents()


class TestAnalogy:
    def test_the_answers_are_numpys(self, sums: Locator) -> None:
        wanted = EXPECTED["analogies"][0]
        assert answers(sums)[:5] == [word for word, _ in wanted["excluded"]]
        expect(sums.locator("output")).to_have_text("duchess")
        sums.get_by_role("checkbox", name="Leave out the three").press(" ")
        expect(sums.locator(".lv-is-input")).not_to_have_count(0)
        assert answers(sums)[:5] == [word for word, _ in wanted["all"]]
        expect(sums.get_by_role("img", name="from man to woman")).to_be_visible()

    def test_an_example_brings_its_words_and_its_record(self, sums: Locator) -> None:
        expect(sums.get_by_text("75\u00a0% of 40 such questions")).to_be_visible()
        sums.get_by_role("combobox", name="Example").select_option("dog : puppy = cat : ?")
        expect(field(sums, "(c)")).to_have_value("cat")
        expect(sums.locator("output")).to_have_text("kitten")
        expect(sums.get_by_text("such questions")).to_have_count(0)
        expect(sums.get_by_text("cat would have come first")).to_be_visible()
        type_word(sums, "(c)", "King")
        expect(sums.get_by_role("combobox", name="Example")).to_have_value("")

    def test_a_misspelt_word_is_told_and_mended(self, sums: Locator) -> None:
        before = answers(sums)
        type_word(sums, "(c)", "kign")
        told = sums.get_by_role("alert").filter(has_text="“kign” is not among the 43 words")
        expect(told).to_be_visible()
        expect(field(sums, "(c)")).to_have_attribute("aria-invalid", "true")
        expect(sums.locator("output")).to_have_text("?")
        assert answers(sums) == before
        sums.get_by_role("button", name="Take king").press("Enter")
        expect(told).to_be_hidden()
        expect(field(sums, "(c)")).to_have_value("king")
        expect(sums.locator("output")).to_have_text("duchess")

    def test_words_are_completed_while_they_are_typed(self, sums: Locator) -> None:
        field(sums, "(a)").press_sequentially("pri")
        options = field(sums, "(a)").locator("xpath=following-sibling::datalist/option")
        field(sums, "(a)").fill("pri")
        assert options.evaluate_all("all => all.map((o) => o.value)") == ["prince", "princess"]

    @pytest.mark.parametrize("typed", NONSENSE)
    def test_nonsense_gets_a_sentence_and_the_picture_stays(
        self, sums: Locator, typed: str
    ) -> None:
        before = answers(sums)
        for name in ("(a)", "(b)", "(c)"):
            type_word(sums, name, typed)
        expect(sums.get_by_role("alert").filter(has_text="“")).to_have_count(3)
        assert answers(sums) == before
        expect(sums.get_by_role("img")).to_be_visible()
        sums.get_by_role("button", name="Reset").click()
        expect(sums.locator("output")).to_have_text("duchess")
        expect(field(sums, "(b)")).to_have_value("woman")

    def test_one_word_three_times_and_no_word(self, sums: Locator) -> None:
        for name in ("(a)", "(b)", "(c)"):
            type_word(sums, name, "king")
        expect(sums.get_by_text("All three words are “king”")).to_be_visible()
        type_word(sums, "(a)", "")
        expect(sums.get_by_text("No word stands here yet")).to_be_visible()
        expect(sums.get_by_text("All three words are “king”")).to_be_hidden()
        expect(sums.locator(".lv-answers li")).to_have_count(10)

    def test_it_speaks_and_has_a_table(self, sums: Locator) -> None:
        sums.get_by_text("The same as a table").click()
        expect(sums.get_by_role("row", name="woman − man + king")).to_be_visible()
        expect(sums.locator("tbody tr")).to_have_count(14)
        type_word(sums, "(c)", "duke")
        expect(sums.locator(".lv-spoken")).to_contain_text("man is to woman as duke is to")

    def test_its_state_is_in_the_address(self, folder: Path, visitor: Visitor) -> None:
        url = (folder / "analogy.html").as_uri()
        page = visitor.open(f"{url}?sums.a=dog&sums.b=puppy&sums.c=cat&sums.exclude=off")
        view = page.locator(".lv-analogy")
        expect(view.locator("output")).to_have_text("cat")
        expect(view.get_by_role("checkbox")).not_to_be_checked()


class TestDirection:
    def placed(self, line: Locator) -> list[str]:
        names = line.locator(".lv-line").first.locator(".lv-placed-word")
        at = {
            each.text_content() or "": float(each.get_attribute("x") or "") for each in names.all()
        }
        return sorted(at, key=at.__getitem__)

    def test_words_lie_as_numpy_says(self, line: Locator) -> None:
        positions = POLES["positions"]
        wanted = sorted(("queen", "office", "king", "home"), key=positions.__getitem__)
        line.get_by_text("The same as a table").click()
        expect(line.locator(".lv-table tbody tr")).to_have_count(len(wanted))
        rows = line.locator(".lv-table tbody tr").all()
        assert [row.locator("td").first.inner_text() for row in rows] == wanted
        shown = [row.locator("td").nth(1).inner_text().replace("−", "-") for row in rows]
        assert [float(text) for text in shown] == [round(positions[word], 2) for word in wanted]
        expect(line.get_by_role("img", name="A line from man, boy, he")).to_be_visible()

    def test_the_test_is_numpys_before_and_after(self, line: Locator) -> None:
        cells = line.locator(".lv-outcome td").all_inner_texts()
        for i, when in enumerate(("before", "after")):
            assert cells[2 * i] == f"{EXPECTED['weat'][when]['effect']:.2f}"
        expect(line.get_by_text("all 252 ways")).to_be_visible()

    def test_a_word_is_added_and_the_direction_taken_out(self, line: Locator) -> None:
        type_word(line, "Words to place", "berlin, KING")
        expect(line.locator(".lv-line").first.locator(".lv-placed-word")).to_have_count(2)
        expect(line.locator(".lv-moved")).to_have_count(2)
        line.get_by_role("checkbox").press(" ")
        expect(line.locator(".lv-moved").first).to_be_hidden()
        expect(line.locator(".lv-spoken")).to_contain_text("From left to right:")

    def test_an_example_brings_its_words(self, line: Locator) -> None:
        line.get_by_role("combobox", name="Example").first.select_option("Young")
        expect(field(line, "left end")).to_have_value("cat, dog")
        assert set(self.placed(line)) == {"king", "prince"}
        line.get_by_role("button", name="Reset").click()
        expect(field(line, "left end")).to_have_value("man, boy, he")

    def test_ends_that_make_no_line_are_told(self, line: Locator) -> None:
        before = self.placed(line)
        for typed, told in (
            ("she", "“she” stands in both of the two ends"),
            ("", "One of the two ends has no words"),
            ("he, kign", "“kign” is not among the 43 words"),
        ):
            type_word(line, "left end", typed)
            expect(line.get_by_role("alert").filter(has_text=told)).to_be_visible()
            assert self.placed(line) == before
        line.get_by_role("button", name="Take king").click()
        expect(field(line, "left end")).to_have_value("he, king")
        expect(line.get_by_role("alert").filter(visible=True)).to_have_count(0)
        type_word(line, "left end", "he")
        expect(line.get_by_text("An end of one word brings in everything")).to_be_visible()
        expect(line.get_by_text("Give each end two words or more")).to_be_visible()

    def test_sets_that_make_no_test_are_told(self, line: Locator) -> None:
        line.get_by_text("The words of the test", exact=True).click()
        before = line.locator(".lv-outcome").inner_text()
        type_word(line, "Tested: first set", "king")
        expect(line.get_by_text("The sets that are tested have 1 and 5")).to_be_visible()
        type_word(line, "Tested: first set", "king, queen")
        expect(line.get_by_text("“queen” stands in both of the two sets")).to_be_visible()
        assert line.locator(".lv-outcome").inner_text() == before
        type_word(line, "Tested: first set", "king, duke")
        expect(line.locator(".lv-outcome td").first).not_to_have_text(before)
        expect(line.get_by_role("combobox", name="Example").last).to_have_value("")

    @pytest.mark.parametrize("typed", NONSENSE)
    def test_nonsense_gets_a_sentence_and_the_picture_stays(
        self, line: Locator, typed: str
    ) -> None:
        before = self.placed(line)
        type_word(line, "right end", typed)
        expect(line.get_by_role("alert").filter(has_text="is not among the 43")).to_be_visible()
        assert self.placed(line) == before

    def test_its_state_is_in_the_address(self, folder: Path, visitor: Visitor) -> None:
        url = (folder / "direction.html").as_uri()
        page = visitor.open(f"{url}?line.words=puppy&line.debias=off&line.targets_x=x")
        view = page.locator(".lv-direction")
        expect(view.locator(".lv-line .lv-placed-word")).to_have_text("puppy")
        expect(view.get_by_role("checkbox")).not_to_be_checked()


@pytest.mark.parametrize("name", ["analogy", "direction"])
class TestAnyone:
    def open(self, folder: Path, visitor: Visitor, name: str, theme: str) -> Page:
        page = visitor.open((folder / f"{name}.html").as_uri(), theme=theme, width=360)
        expect(page.get_by_role("img").first).to_be_visible()
        return page

    @pytest.mark.parametrize("theme", ["light", "dark"])
    def test_nothing_stands_in_anyones_way(
        self, folder: Path, visitor: Visitor, name: str, theme: str
    ) -> None:
        page = self.open(folder, visitor, name, theme)
        for box in page.locator("input[type=text]").all()[:2]:
            box.fill("kign")
            box.press("Enter")
        expect(page.get_by_text("nearest in spelling").first).to_be_visible()
        page.get_by_text("The same as a table").click()
        assert barriers(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    def test_it_is_a_still_picture_without_javascript(
        self, folder: Path, visitor: Visitor, name: str
    ) -> None:
        page = visitor.open((folder / f"{name}.html").as_uri(), javascript=False)
        expect(page.locator(".llm-viz-still tbody tr").first).to_be_visible()

    def test_it_can_be_saved_as_a_picture(self, folder: Path, visitor: Visitor, name: str) -> None:
        page = self.open(folder, visitor, name, "light")
        page.get_by_text("Share", exact=True).click()
        with page.expect_download() as download:
            page.get_by_role("button", name="Picture as SVG").click()
        text = download.value.path().read_text(encoding="utf-8")
        assert "<circle" in text
        assert "NaN" not in text
