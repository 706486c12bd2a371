"""Direction: what it carries, what it refuses, and its still picture."""

from __future__ import annotations

import json

import numpy as np
import pytest

from llm_viz.analyses.weat import WordSets
from llm_viz.model.vector_files import keyed
from llm_viz.widgets import Direction
from llm_viz.widgets.direction import AXES, TESTS, Axis
from llm_viz.widgets.page_words import page_vectors
from tests.fixtures import make_words

HELD = json.loads((make_words.FOLDER / "words.json").read_text(encoding="utf-8"))
GENDER = Axis(
    "Gender", tuple(HELD["direction"]["low"]), tuple(HELD["direction"]["high"]), ("king", "xyzzy")
)
SETS = WordSets("work", *(tuple(make_words.SETS[name]) for name in "xyab"))


@pytest.fixture
def made_up():
    return keyed(make_words.WORDS, make_words.rows().astype(np.float32))


def test_it_begins_with_the_first_examples_that_the_vectors_know(made_up) -> None:
    nowhere = Axis("Nowhere", ("xyzzy",), ("king",), ())
    few = WordSets("few", ("king", "xyzzy"), ("queen", "girl"), ("home", "family"), ("he", "man"))
    widget = Direction(made_up, axes=[nowhere, GENDER], tests=[few, SETS])
    assert [axis["name"] for axis in widget.axes] == ["Gender"]
    assert (widget.low, widget.words) == ("man, boy, he", "king")
    assert [test["name"] for test in widget.tests] == ["work"]
    assert widget.targets_x == widget.tests[0]["targets_x"] == "man, boy, he, king, prince"
    assert set(widget.linked) == {
        *("low", "high", "words", "debias"),
        *("targets_x", "targets_y", "attributes_a", "attributes_b"),
    }


def test_ends_and_words_of_ones_own(made_up) -> None:
    widget = Direction(made_up, ["He", "man"], ["she"], ["King"], axes=(), tests=())
    assert (widget.low, widget.high, widget.words) == ("he, man", "she", "king")
    assert (widget.axes, widget.tests, widget.targets_x) == ([], [], "")
    assert widget.still() is not None


@pytest.mark.parametrize(
    ("ends", "error", "sentence"),
    [
        ((["he"], None), ValueError, "one end of the line is given"),
        ((["he"], ["he", "she"]), ValueError, "'he' stands in both"),
        ((["hee"], ["she"]), KeyError, "nearest spellings: 'he'"),
        ((["he"], []), ValueError, "no words"),
        ((None, None), ValueError, "no example has its words"),
    ],
)
def test_ends_that_make_no_direction(made_up, ends, error, sentence) -> None:
    with pytest.raises(error, match=sentence):
        Direction(made_up, *ends, axes=(), tests=())


def test_its_still_picture_is_numpys(made_up) -> None:
    positions = HELD["direction"]["positions"]
    widget = Direction(made_up, axes=[GENDER], tests=[SETS], words=list(positions))
    root = widget.still()
    labels = [cell.text for cell in root.iter("th") if cell.get("scope") == "row"]
    assert labels == sorted(positions, key=positions.__getitem__)
    cells = [cell.text for cell in root.iter("td")]
    assert f"{positions['queen']:+.2f}" in cells
    for when in ("before", "after"):
        assert f"{HELD['weat'][when]['effect']:.2f}" in cells


def test_its_still_picture_bears_what_a_reader_typed(made_up) -> None:
    widget = Direction(made_up, axes=[GENDER], tests=[SETS])
    widget.targets_x = "<i>"
    assert "effect d" not in widget._repr_mimebundle_()[0]["text/html"]
    widget.low = "<b>"
    assert "&lt;b&gt;" in widget._repr_mimebundle_()[0]["text/html"]


@pytest.mark.real_vectors
def test_every_example_is_whole_with_the_real_vectors(glove) -> None:
    widget = Direction(glove)
    for axis, told in zip(AXES, widget.axes, strict=True):
        assert told["words"] == ", ".join(axis.words)
    held = page_vectors(widget.assets)
    for sets, told in zip(TESTS, widget.tests, strict=True):
        assert told["targets_x"] == ", ".join(sets.x)
        assert all(word in held.key_to_index for word in (*sets.x, *sets.y, *sets.a, *sets.b))
