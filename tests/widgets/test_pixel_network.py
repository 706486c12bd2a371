"""PixelNetwork: its traits, its still picture, bad input."""

from __future__ import annotations

import pytest
from traitlets import TraitError

from llm_viz.training.pixels import PixelNetwork as Network
from llm_viz.training.pixels import pixels_of
from llm_viz.widgets import PixelNetwork


def test_all_its_state_is_kept_by_the_address() -> None:
    rules = PixelNetwork().linked
    assert set(rules) == {"pixels", "rate", "hidden", "seen", "seed", "look"}
    assert rules["seen"] == {
        "kind": "number", "none": False, "whole": True, "min": 0, "max": 10_000
    }  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [{"rate": 0.0}, {"rate": 11.0}, {"hidden": 0}, {"hidden": 17}, {"seen": 10_001}, {"look": "?"}],
)
def test_bad_traits(wrong) -> None:
    with pytest.raises(TraitError, match=next(iter(wrong))):
        PixelNetwork(**wrong)


def test_bad_pixels() -> None:
    with pytest.raises(TraitError, match="pixels: '01' is no image; expected nine characters"):
        PixelNetwork(pixels="01")
    widget = PixelNetwork()
    with pytest.raises(TraitError, match="'01001001x' is no image"):
        widget.pixels = "01001001x"
    assert widget.pixels == "010010010"


def test_its_still_picture_is_the_networks() -> None:
    text = PixelNetwork(pixels="100010001", hidden=3, seed=7)._repr_mimebundle_()[0]["text/html"]
    for output in Network(3, 7).answer(pixels_of("100010001")).tolist():
        assert f">{output:.2f}<" in text
    assert "100, 010, 001" in text
    assert "Examples shown before: 0" in text


def test_its_still_picture_has_learned() -> None:
    text = PixelNetwork(seen=1000)._repr_mimebundle_()[0]["text/html"]
    assert "names 97 % of the noisy symbols" in text
