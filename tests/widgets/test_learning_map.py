"""LearningMap: what it carries of a study, what it refuses, and its still picture."""

from __future__ import annotations

import numpy as np
import pytest

from llm_viz.studies import word_learning
from llm_viz.studies.results import Provenance
from llm_viz.studies.word_learning import WordLearning
from llm_viz.widgets import LearningMap
from llm_viz.widgets.map_view import read_asset

GROUPS = {"Counted": ("one", "two", "seven"), "Alone": ("three", "seven")}


@pytest.fixture
def study() -> WordLearning:
    """Three words, read once: *one* comes near *three*."""
    places = [[[10, 10], [12, 10], [10, 14]], [[0, 0], [200, 0], [0, 100]]]
    return WordLearning(
        corpus="a made-up text",
        words=("one", "two", "three"),
        places=np.array(places, np.uint8),
        neighbours=np.array([[[1], [2], [0]], [[2], [0], [0]]], np.uint16),
        loss=(4.159, 2.5),
        wordsim=(-0.01, 0.5),
        pairs=7,
        analogies=0.0,
        seconds=1.0,
        provenance=Provenance("made up", "none", "", {}, {}, "", ""),
    )


def test_it_carries_the_study(study) -> None:
    widget = LearningMap(study, "one", groups=GROUPS)
    assert (widget.word, widget.epoch, widget.epochs) == ("one", 1, 1)
    assert [group["words"] for group in widget.groups] == [["one", "two"]]
    assert set(widget.linked) == {"word", "colour", "epoch"}
    assert (widget.linked["epoch"]["min"], widget.linked["epoch"]["max"]) == (0, 1)
    assert set(widget.assets) == {"learning", "plotly"}
    places, told = read_asset(widget.assets["learning"], "llm_viz_learning", "places")
    neighbours, _ = read_asset(widget.assets["learning"], "llm_viz_learning", "neighbours")
    np.testing.assert_array_equal(places, study.places)
    np.testing.assert_array_equal(neighbours, study.neighbours)
    assert tuple(told["words"]) == study.words
    assert (tuple(told["loss"]), told["pairs"]) == (study.loss, 7)
    # Before: one and two are near each other on the map, and three to one. After: two of three.
    assert told["kept"] == [pytest.approx(2 / 3, abs=1e-4), 1.0]


@pytest.mark.parametrize(
    ("asked", "error", "sentence"),
    [
        ({"word": "zebra"}, KeyError, "follows 3 words, and not 'zebra'"),
        ({"epoch": 2}, ValueError, "epoch is 2; expected 0 to 1"),
        ({"epoch": -1}, ValueError, "epoch is -1; expected 0 to 1"),
        ({"colour": "Alone"}, ValueError, "colour is 'Alone'; expected one of all, none, Counted"),
    ],
)
def test_bad_input(study, asked, error, sentence) -> None:
    with pytest.raises(error, match=sentence):
        LearningMap(study, **({"word": "one", "groups": GROUPS} | asked))


def test_its_still_picture_is_of_its_epoch(study) -> None:
    widget = LearningMap(study, "one", epoch=0)
    html = widget._repr_mimebundle_()[0]["text/html"]
    assert "one: 1 of 1 are the same. The text was read 0 times: loss 4.16 nats" in html
    assert "two (in both)" in html
    widget.epoch = 99  # a value that an older page may hold
    assert "three (in both)" in widget._repr_mimebundle_()[0]["text/html"]
    widget.word = "<b>"
    assert "'&lt;b&gt;' is not among the 3 words" in widget._repr_mimebundle_()[0]["text/html"]


@pytest.mark.parametrize(("corpus", "near"), [("wikipedia", "civil"), ("king_james", "battle")])
def test_the_studys_own_maps(corpus, near) -> None:
    widget = LearningMap(word_learning.load(corpus))
    assert (widget.word, widget.epoch) == ("war", word_learning.EPOCHS)
    assert near in widget._repr_mimebundle_()[0]["text/html"]
    groups = {group["name"] for group in widget.groups}
    assert groups >= {"Countries", "Numbers"}
    assert ("Days and months" in groups) == (corpus == "wikipedia")  # the Bible has few of them
