"""Exported pages, and what every page with views can do: links, the back button, picture files.

The pages are made from a tiny random model and read from a disk and over http. Whatever a reader,
an address or a browser does to them, the figures stay.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest
from playwright.sync_api import Locator, Page, expect

import llm_viz
from llm_viz.model import LanguageModel
from llm_viz.widgets import NextToken, still
from tests.browser.support import Visitor, barriers, serving

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HOSTS = ("disk", "http")
NO_STORAGE = """
Object.defineProperty(window, "localStorage", { get() { throw new DOMException("denied"); } });
Object.defineProperty(window, "sessionStorage", { get() { throw new DOMException("denied"); } });
"""


@pytest.fixture(scope="module")
def folder(tiny: LanguageModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Exported pages: `one` view; `three`, two of which share the page's state; two `hundred`."""
    folder = tmp_path_factory.mktemp("exported")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LLM_VIZ_CACHE", str(folder / "cache"))
        views = [
            NextToken(tiny, ["the cat", "the dog"], title="Alone"),
            NextToken(tiny, "the mat", title="First of two", group="page"),
            NextToken(tiny, "the river", title="Second of two", group="page"),
        ]
        llm_viz.export_html(views[0], folder / "one.html")
        llm_viz.export_html(views, folder / "three.html")
        many = [NextToken(tiny, "the red house", bars=3) for _ in range(200)]
        llm_viz.export_html(many, folder / "hundred.html")
    return folder


@pytest.fixture(scope="module")
def hosts(folder: Path) -> Iterator[dict[str, str]]:
    with serving(folder) as address:
        yield {"disk": folder.as_uri(), "http": address}


def views(page: Page, count: int) -> Locator:
    live = page.locator(".lv-next-token:not(.lv-empty)")
    expect(live).to_have_count(count)
    return live


def temperature(view: Locator) -> Locator:
    return view.get_by_role("slider", name="Temperature")


@pytest.mark.parametrize("host", HOSTS)
class TestAddress:
    def test_the_state_is_in_the_address_and_back_undoes(
        self, hosts: dict[str, str], visitor: Visitor, host: str
    ) -> None:
        page = visitor.open(f"{hosts[host]}/one.html")
        slider = temperature(views(page, 1))
        start = slider.input_value()
        slider.press("Home")
        page.wait_for_url(re.compile(r"\?alone\.temperature=0$"))
        page.get_by_role("radio", name="log").check()
        page.wait_for_url(re.compile(r"alone\.scale=log"))
        page.reload()
        views(page, 1)
        expect(slider).to_have_value("0")
        expect(page.get_by_role("radio", name="log")).to_be_checked()
        page.go_back()
        expect(page.get_by_role("radio", name="linear")).to_be_checked()
        expect(slider).to_have_value("0")
        page.go_back()
        expect(slider).to_have_value(start)

    def test_one_control_turned_long_is_one_step_back(
        self, hosts: dict[str, str], visitor: Visitor, host: str
    ) -> None:
        page = visitor.open(f"{hosts[host]}/one.html")
        slider = temperature(views(page, 1))
        start = slider.input_value()
        for key in ("Home", "End"):
            slider.press(key)
            page.wait_for_url(re.compile(r"temperature=" + {"Home": "0", "End": "5"}[key]))
        page.go_back()
        expect(slider).to_have_value(start)

    def test_a_copied_link_shows_the_figure_as_it_was(
        self, hosts: dict[str, str], visitor: Visitor, host: str
    ) -> None:
        page = visitor.open(f"{hosts[host]}/three.html")
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        view = views(page, 3).first
        view.get_by_role("combobox", name="Text").select_option("1")
        temperature(view).press("Home")
        view.get_by_text("Share", exact=True).click()
        view.get_by_role("button", name="Copy link").click()
        expect(view.get_by_text("The link is copied.")).to_be_visible()
        link = page.evaluate("navigator.clipboard.readText()")
        assert link.endswith("three.html?alone.prompt=1&alone.temperature=0#alone")
        friend = visitor.open(link)
        expect(temperature(views(friend, 3).first)).to_have_value("0")
        expect(friend.get_by_role("combobox", name="Text").first).to_have_value("1")

    def test_figures_of_one_group_share_one_state(
        self, hosts: dict[str, str], visitor: Visitor, host: str
    ) -> None:
        page = visitor.open(f"{hosts[host]}/three.html?temperature=2")
        alone, first, second = views(page, 3).all()
        assert temperature(first).input_value() == temperature(second).input_value()
        assert temperature(first).input_value() != temperature(alone).input_value()
        temperature(second).press("Home")
        expect(temperature(first)).to_have_value("0")
        page.wait_for_url(re.compile(r"\?temperature=0$"))
        second.get_by_role("button", name="Reset").click()
        page.wait_for_url(re.compile(r"html$"))

    def test_a_hostile_address_is_ignored_with_a_word_about_it(
        self, hosts: dict[str, str], visitor: Visitor, host: str
    ) -> None:
        hostile = "&".join(
            [
                "alone.temperature=<img src=x onerror=alert(1)>",
                "alone.prompt=7",
                "alone.top_k=1e99",
                "gone.seed=1",
                "alone.__proto__=1",
                "%E0%A4%A=%",
                "a" * 3000 + ".b=1",
                "utm_source=letter",
            ]
        )
        page = visitor.open(f"{hosts[host]}/one.html?{hostile}")
        view = views(page, 1)
        word = page.locator(".llm-viz-ignored")
        expect(word).to_contain_text("temperature is “<img src=x onerror=alert(1)>”; expected")
        assert len(word.inner_text()) < 600
        assert page.locator(".llm-viz-ignored img").count() == 0
        expect(temperature(view)).to_have_value("20")  # as the author set it


class TestPictures:
    @pytest.fixture
    def view(self, hosts: dict[str, str], visitor: Visitor) -> Locator:
        view = views(visitor.open(f"{hosts['disk']}/one.html"), 1)
        view.get_by_text("Share", exact=True).click()
        return view

    def test_the_svg_holds_every_bar_and_word(self, view: Locator, tmp_path: Path) -> None:
        with view.page.expect_download() as download:
            view.get_by_role("button", name="Picture as SVG").click()
        assert download.value.suggested_filename == "alone.svg"
        download.value.save_as(tmp_path / "alone.svg")
        picture = fromstring((tmp_path / "alone.svg").read_text())  # noqa: S314 - our own
        space = {"svg": "http://www.w3.org/2000/svg"}
        texts = [text.text for text in picture.iterfind(".//svg:text", space)]
        assert texts[0] == "Alone"
        shown = view.locator(".lv-bars .lv-chip").all_inner_texts()
        assert set(shown) <= set(texts)
        widths = [float(r.get("width")) for r in picture.iterfind(".//svg:rect", space)]
        bars = view.locator(".lv-bars .lv-bar:visible")
        length = "bars => bars.map(bar => bar.getBoundingClientRect().width)"
        for width in bars.evaluate_all(length):
            assert any(abs(width - other) < 0.01 for other in widths)

    def test_the_png_is_twice_as_sharp_as_the_screen(self, view: Locator, tmp_path: Path) -> None:
        with view.page.expect_download() as download:
            view.get_by_role("button", name="Picture as PNG").click()
        download.value.save_as(tmp_path / "alone.png")
        data = (tmp_path / "alone.png").read_bytes()
        assert data.startswith(b"\x89PNG")
        wide = view.locator(".lv-chart").evaluate("chart => chart.clientWidth")
        assert int.from_bytes(data[16:20]) >= 2 * wide

    def test_escape_closes_the_menu(self, view: Locator) -> None:
        view.get_by_role("button", name="Picture as SVG").focus()
        view.page.keyboard.press("Escape")
        expect(view.get_by_role("button", name="Picture as SVG")).to_be_hidden()
        expect(view.get_by_text("Share", exact=True)).to_be_focused()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_an_exported_page_is_in_nobodys_way(
    hosts: dict[str, str], visitor: Visitor, theme: str
) -> None:
    page = visitor.open(f"{hosts['disk']}/one.html", theme=theme, width=360)
    view = views(page, 1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert barriers(page) == []
    view.get_by_text("Share", exact=True).click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert barriers(page) == []


def test_two_hundred_widgets_are_all_live(hosts: dict[str, str], visitor: Visitor) -> None:
    page = visitor.open(f"{hosts['disk']}/hundred.html")
    live = views(page, 200)
    temperature(live.last).press("Home")
    expect(live.last).to_contain_text("no doubt at all")
    expect(live.first).not_to_contain_text("no doubt at all")


def test_a_browser_that_denies_storage_changes_nothing(
    hosts: dict[str, str], visitor: Visitor
) -> None:
    page = visitor.open(f"{hosts['http']}/one.html", script=NO_STORAGE)
    temperature(views(page, 1)).press("Home")
    page.wait_for_url(re.compile("temperature=0"))


def test_without_javascript_there_is_a_still_picture(
    hosts: dict[str, str], visitor: Visitor
) -> None:
    page = visitor.open(f"{hosts['disk']}/one.html", javascript=False, width=360)
    expect(page.get_by_text(still.NOTE)).to_be_visible()
    assert page.locator("figure rect").count() == 13
    bar = page.locator("figure rect").last.bounding_box()
    assert bar is not None
    assert bar["width"] > 20
    assert page.get_by_role("row").count() == 14


def test_a_page_without_the_rest_of_its_book_says_so(
    small_book, visitor: Visitor, tmp_path: Path
) -> None:
    shutil.copy(small_book.html / "widgets.html", tmp_path)  # as opened from inside a zip
    page = visitor.open(
        (tmp_path / "widgets.html").as_uri(), expect=("ERR_FILE_NOT_FOUND", "is not defined")
    )
    expect(page.get_by_text("This figure is drawn by JavaScript").first).to_be_visible()
