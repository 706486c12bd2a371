"""What every view has: rules for a page's address, and a still picture."""

from __future__ import annotations

from xml.etree.ElementTree import fromstring

import pytest
import traitlets
from hypothesis import given
from hypothesis import strategies as st

from llm_viz.model import LanguageModel
from llm_viz.widgets import NextToken, still
from llm_viz.widgets.base import View, rule


@pytest.mark.parametrize(
    ("trait", "expected"),
    [
        (traitlets.Bool(), {"kind": "flag"}),
        (traitlets.Enum(["a", "b"]), {"kind": "choice", "values": ["a", "b"]}),
        (traitlets.Unicode(), {"kind": "text", "most": 2000}),
        (traitlets.Float(min=0), {"kind": "number", "none": False, "whole": False, "min": 0}),
        (
            traitlets.Int(None, allow_none=True, min=1, max=9),
            {"kind": "number", "none": True, "whole": True, "min": 1, "max": 9},
        ),
    ],
)
def test_a_trait_says_what_an_address_may_hold(trait, expected) -> None:
    assert rule(trait) == expected


def test_a_trait_that_no_address_can_hold_is_refused() -> None:
    with pytest.raises(TypeError, match="List"):
        rule(traitlets.List())


def test_a_view_links_what_its_reader_changes(tiny: LanguageModel) -> None:
    widget = NextToken(tiny, ["the cat", "the dog"])
    assert widget.linked.keys() >= {"prompt", "temperature", "seed", "draws"}
    assert "traces" not in widget.linked
    assert widget.linked["prompt"]["max"] == 1


def test_a_group_is_the_page_or_nothing(tiny: LanguageModel) -> None:
    assert NextToken(tiny, "the cat", group="page").group == "page"
    with pytest.raises(traitlets.TraitError):
        NextToken(tiny, "the cat", group="somewhere")


def test_the_still_picture_is_the_distribution(tiny: LanguageModel) -> None:
    widget = NextToken(tiny, "the cat", temperature=0.5, bars=5, title="<b>Bold</b>")
    data, _ = widget._repr_mimebundle_()
    picture = fromstring(data["text/html"])  # noqa: S314 - our own
    assert picture.find("figcaption/strong").text == "<b>Bold</b>"
    assert "the cat … (temperature 0.5)" in data["text/html"]
    lengths = [float(rect.get("width")[:-1]) for rect in picture.iter("rect")]
    assert len(lengths) == 6  # five tokens and all the others
    assert sum(lengths) == pytest.approx(100, abs=0.01)
    assert lengths[:5] == sorted(lengths[:5], reverse=True)


def test_a_view_without_a_still_shows_itself_all_the_same() -> None:
    class Bare(View):
        front_end = "next_token"

    data, _ = Bare()._repr_mimebundle_()
    assert "text/html" not in data
    assert "application/vnd.jupyter.widget-view+json" in data


# What HTML cannot hold at all is a matter of the view; anything else must come through as text.
TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20)


@given(TEXT, TEXT, st.floats(0, 1))
def test_a_still_picture_shows_any_text_as_text(title: str, label: str, share: float) -> None:
    rows = [still.Bar(label, share, "much")]
    html = still.html(still.figure(title, "", still.bars(("a", "b"), rows, "#000")))
    picture = fromstring(html)  # noqa: S314 - our own
    assert (picture.find("figcaption/strong").text or "") == title
    assert (picture.find("table/tbody/tr/th").text or "") == label
