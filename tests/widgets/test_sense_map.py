"""SenseMap: what it carries, what it refuses, what it answers, and its still picture."""

from __future__ import annotations

import numpy as np
import pytest

from llm_viz.studies import word_senses
from llm_viz.widgets import SenseMap
from tests.widgets.support import ask

FIRST = ["the cat sat on the mat", "a cat by the river"]
SECOND = ["the dog and the cat ran", "the red house, the cat"]


@pytest.fixture(scope="module")
def study():
    return word_senses.load()


def test_it_begins_with_the_studys_first_word_at_its_best_layer(study) -> None:
    widget = SenseMap(study)
    bank = study.models[0].word("bank")
    assert (widget.word, widget.model, widget.cue) == ("bank", study.models[0].model, "before")
    assert widget.layer == bank.best - 1 == 8
    assert not widget.can_run
    assert set(widget.linked) == {"word", "model", "cue", "layer"}
    assert widget.linked["word"]["values"][:2] == ["bank", "bat"]
    assert widget.linked["layer"] == {"kind": "number", "whole": True, "min": -1, "max": 29}
    assert SenseMap(study, "magazine", layer=3, cue="after").layer == 3


def test_what_it_carries_is_the_study_in_few_bytes(study) -> None:
    packed = SenseMap(study).study
    assert [word["word"] for word in packed["words"]] == [
        w.word for w in study.models[0].words["before"]
    ]
    assert packed["words"][0]["cues"]["before"]["spans"][0] == list(
        study.models[0].word("bank").spans[0]
    )
    held = packed["models"][1]["after"]
    gap = np.frombuffer(held["gap"], np.float16).reshape(16, 7, 3)
    np.testing.assert_allclose(gap[3], study.models[1].words["after"][3].gap, atol=1e-3)
    assert len(model_groups(packed, "before")) == 3 * 7
    assert len(model_groups(packed, "after")) == 2 * 7
    assert "after" not in packed["words"][-1]["cues"]
    sizes = [
        len(array)
        for model in packed["models"]
        for cue in ("before", "after")
        for array in model[cue].values()
    ]
    assert sum(sizes) < 120_000


def model_groups(packed, cue):
    """The mean gaps of the groups in the second model, six layers and the embedding."""
    return np.frombuffer(packed["models"][1][cue]["groups"], np.float16)


def test_with_a_model_the_sentences_are_ones_own(tiny) -> None:
    widget = SenseMap(tiny, "cat", {"home": FIRST, "away": SECOND})
    (word,) = widget.study["words"]
    assert (word["kind"], word["senses"]) == ("", ["home", "away"])
    assert list(word["cues"]) == ["before"]
    (model,) = widget.study["models"]
    assert (model["layers"], model["causal"]) == (tiny.dims.n_layers, True)
    assert "groups" not in model["before"]
    assert widget.can_run
    assert widget.still() is not None


@pytest.mark.parametrize(
    ("word", "senses", "error", "told"),
    [
        (None, None, ValueError, "give a word and its sentences"),
        ("cat", {"one": FIRST}, ValueError, "there are 1 senses; expected two"),
        ("cat", {"one": FIRST, "other": SECOND[:1]}, ValueError, "'other' has one sentence only"),
        ("cat", {"one": FIRST, "other": "the cat"}, TypeError, "'other' are one string"),
        ("dog", {"one": FIRST, "other": SECOND}, ValueError, "'dog' does not stand"),
        ("cat", {"one": FIRST * 21, "other": SECOND}, ValueError, "at most 40"),
    ],
)
def test_what_makes_no_map_is_refused(tiny, word, senses, error, told) -> None:
    with pytest.raises(error, match=told):
        SenseMap(tiny, word, senses)


def test_a_study_brings_its_own_words(study) -> None:
    with pytest.raises(ValueError, match="brings its own sentences"):
        SenseMap(study, "bank", {"one": FIRST, "other": SECOND})
    with pytest.raises(KeyError, match="no word 'jam'"):
        SenseMap(study, "jam")


def test_a_reader_s_sentences_are_read_and_shown(study, tiny) -> None:
    widget = SenseMap(study, lm=tiny, cue="after")
    asked = {
        "kind": "senses",
        "word": " cat ",
        "first": "\n".join(FIRST),
        "second": "\n".join(["", *SECOND, " "]),
    }
    answer, buffers = ask(widget, **asked)
    assert answer["ok"], answer
    assert buffers == []
    assert (widget.word, widget.cue, widget.model) == ("", "before", tiny.info.id)
    assert widget.own["words"][0]["cues"]["before"]["sentences"] == [*FIRST, *SECOND]
    assert -1 <= widget.layer < tiny.dims.n_layers
    assert "the red house, the cat" in widget._repr_mimebundle_()[0]["text/html"]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"second": SECOND[0]}, "at least two"),
        ({"first": ""}, "at least two"),
        ({"word": ""}, "the word is empty"),
        ({"word": "<b>"}, "does not stand"),
        ({"first": "cat cat\nthe cat"}, "mark the one"),
        ({"first": "a\ud800 cat\nthe cat"}, "surrogate"),
    ],
)
def test_what_a_reader_types_wrongly_is_told_and_nothing_changes(
    study, tiny, changes, told
) -> None:
    widget = SenseMap(study, lm=tiny)
    asked = {"word": "cat", "first": "\n".join(FIRST), "second": "\n".join(SECOND)} | changes
    answer, _ = ask(widget, kind="senses", **asked)
    assert not answer["ok"]
    assert told in answer["error"]
    assert (widget.word, widget.own["words"]) == ("bank", [])


def test_without_a_model_it_says_so(study) -> None:
    answer, _ = ask(SenseMap(study), kind="senses", word="cat", first="a", second="b")
    assert "give it one with lm=" in answer["error"]


def test_its_still_picture_holds_the_curve_and_the_sentences(study) -> None:
    widget = SenseMap(study, "bat", cue="after")
    widget.model = study.models[1].model
    cells = [cell.text for cell in widget.still().iter("td")]
    gap, low, high = study.models[1].word("bat", "after").gap[3]
    assert f"{gap:.2f} ({low:.2f} to {high:.2f})" in cells
    assert study.models[1].word("bat", "after").sentences[0] in cells
    widget.word = ""  # the reader's own, of which there is none yet
    assert widget.still() is None
