"""LayerWindows: what it carries, what it answers, what it refuses, its still picture."""

from __future__ import annotations

import dataclasses
import gzip
import json

import pytest
from traitlets import TraitError

from llm_viz.analyses.layer_windows import Window
from llm_viz.model import LanguageModel
from llm_viz.studies import knowing_copying
from llm_viz.studies.knowing_results import KnowingCopying, unpack
from llm_viz.widgets import LayerWindows, layer_windows
from tests.fixtures import make_layer_windows as maker
from tests.widgets.support import ask

WINDOW = {"kind": "mlp", "start": 1, "width": 2}


@pytest.fixture(scope="module")
def study() -> KnowingCopying:
    return unpack(maker.packed())


@pytest.fixture
def asked(tiny: LanguageModel, monkeypatch: pytest.MonkeyPatch) -> LayerWindows:
    """A widget that can run the tiny model."""
    made = dataclasses.replace(maker.MADE, weight_hash=tiny.info.weight_hash)
    monkeypatch.setattr(layer_windows, "typical_texts", lambda: ["the cat", "the dog ran"])
    return LayerWindows(dataclasses.replace(maker.made_up(), provenance=made), lm=tiny)


def test_it_carries_the_study_and_starts_at_a_chosen_window(study) -> None:
    widget = LayerWindows(study)
    assert widget.study == maker.packed()
    first = study.choice("mlp", 2, "fact").window
    assert (widget.kind, widget.start, widget.width) == ("mlp", first.start, first.width)
    assert (widget.half, widget.item) == ("reporting", -1)
    assert set(widget.linked) == {"kind", "start", "width", "half", "item"}
    assert [widget.linked[name]["max"] for name in ("start", "width", "item")] == [3, 4, 10]


def test_it_loads_the_study_itself_and_a_page_of_it_is_small() -> None:
    widget = LayerWindows(kind="attention", start=16, width=4, half="all")
    assert widget.study == knowing_copying.FILE.read_bytes()
    assert len(gzip.compress(widget.study)) < 500_000


def test_a_question_of_the_readers_own(asked: LayerWindows, tiny: LanguageModel) -> None:
    assert ask(asked, kind="hello")[0]["ok"]
    reply, _ = ask(asked, kind="own", text="the cat sat on ", answer=" the", window=WINDOW)
    assert reply["ok"], reply
    own = json.loads(json.dumps(reply["own"]))
    assert own["text"] == "the cat sat on"
    assert own["answer"] == "·the"
    assert own["window"] == WINDOW
    with tiny.ablate(mlps=[1, 2], by="mean", reference=["the cat", "the dog ran"]):
        logits = tiny.run("the cat sat on", ("logits",), positions=[-1]).logits_at()
    assert own["after"]["best"] == tiny.tokenizer.show(int(logits.argmax()))
    assert own["after"]["right"] == (logits.argmax() == tiny.token_id(" the"))
    assert own["before"]["logProb"] != own["after"]["logProb"]


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({"text": "  "}, "type the beginning of a sentence"),
        ({"answer": ""}, "type the beginning of a sentence"),
        ({"answer": "cat and dog"}, "token"),
        ({"text": "the " * 300}, "tokens"),
        ({"window": {**WINDOW, "width": 9}}, "the layers go from 0 to 2"),
    ],
)
def test_a_question_that_cannot_be_asked_is_told(asked: LayerWindows, change, wanted: str) -> None:
    fields = {"text": "the cat", "answer": "the", "window": WINDOW, **change}
    reply, _ = ask(asked, kind="own", **fields)
    assert not reply["ok"]
    assert wanted in reply["error"]


def test_without_a_model_it_says_so(study) -> None:
    widget = LayerWindows(study)
    for message in (
        {"kind": "hello"},
        {"kind": "own", "text": "a", "answer": "b", "window": WINDOW},
    ):
        reply, _ = ask(widget, **message)
        assert not reply["ok"]
        assert "made without a model" in reply["error"]


def test_bad_input(study, tiny: LanguageModel, tmp_path) -> None:
    with pytest.raises(ValueError, match="the study is of tiny, not of"):
        LayerWindows(study, lm=tiny)
    with pytest.raises(IndexError, match="width 3 cannot start at layer 2; the layers go from 0"):
        LayerWindows(study, start=2, width=3)
    with pytest.raises(IndexError, match="there is no item 11; the items go from 0 to 10"):
        LayerWindows(study, item=11)
    with pytest.raises(TraitError, match="half"):
        LayerWindows(study, half="third")
    with pytest.raises(TraitError, match="width"):
        LayerWindows(study, start=0, width=0)
    with pytest.raises(FileNotFoundError):
        LayerWindows(tmp_path / "none.safetensors")


def test_its_still_picture(study) -> None:
    widget = LayerWindows(study, start=0, width=1, half="choosing")
    text = widget._repr_mimebundle_()[0]["text/html"]
    kept = study.kept(Window("mlp", 0, 1), "fact", "choosing")
    assert "L0 FFN: facts" in text
    assert f"{kept.right} of {kept.of}" in text
    assert "on which windows were chosen" in text
    assert study.choice("mlp", 2, "fact").window.label in text


@pytest.mark.real_model
def test_a_question_of_the_study_is_answered_as_in_the_study(lm: LanguageModel) -> None:
    widget = LayerWindows(lm=lm)
    held = knowing_copying.load()
    place = held.places("fact")[3]
    item, window = held.items[place], Window("mlp", widget.start, widget.width)
    told = {"kind": "mlp", "start": window.start, "width": window.width}
    reply, _ = ask(widget, kind="own", text=item.text, answer=item.answer, window=told)
    assert reply["own"]["before"]["right"]
    found = reply["own"]["after"]["logProb"]
    assert found == pytest.approx(held.log_probs[place, held.row(window)], abs=1e-2)
