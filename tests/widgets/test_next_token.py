"""NextToken: what it carries, what it answers, what it refuses."""

from __future__ import annotations

import json

import numpy as np
import pytest

import llm_viz
from llm_viz import Trace
from llm_viz.model import LanguageModel
from llm_viz.widgets import NextToken
from llm_viz.widgets.assets import asset_path
from tests.widgets.support import ask

TEXTS = ["the cat sat", "the dog"]


def test_it_carries_whole_traces_of_the_last_position(tiny: LanguageModel) -> None:
    widget = NextToken(tiny, TEXTS, temperature=0.5, top_k=7)
    assert widget.labels == TEXTS
    for data, text in zip(widget.traces, TEXTS, strict=True):
        trace = Trace.decode(data)
        whole = tiny.run(text)
        assert trace.sites == ("logits",)
        assert trace["logits"].shape == (1, tiny.dims.d_vocab)
        np.testing.assert_allclose(trace.logits_at(), whole.logits_at(), atol=5e-3)
    assert (widget.temperature, widget.top_k, widget.top_p) == (0.5, 7, None)


def test_a_saved_trace_is_enough(tiny: LanguageModel, tmp_path) -> None:
    NextToken(tiny, "the cat")  # publishes the vocabulary
    tiny.run("the cat").save(tmp_path / "run.safetensors")
    widget = NextToken(Trace.load(tmp_path / "run.safetensors"))
    assert Trace.decode(widget.traces[0]).tokens == tiny.run("the cat").tokens
    assert len(NextToken([tiny.run(t) for t in TEXTS]).traces) == 2
    reply, _ = ask(widget, kind="trace", text="the dog")
    assert not reply["ok"]
    assert "has no model" in reply["error"]


def test_the_vocabulary_is_an_asset(tiny: LanguageModel) -> None:
    widget = NextToken(tiny, "the cat")
    name = widget.assets["vocabulary"]
    assert json.loads(asset_path(name).read_bytes())["tokens"][0] == "<s>"
    reply, (data,) = ask(widget, kind="asset", name=name)
    assert reply == {"kind": "reply", "id": 7, "ok": True}
    assert data == tiny.tokenizer.vocabulary


def test_it_answers_hello_and_a_text(tiny: LanguageModel) -> None:
    widget = NextToken(tiny, "the cat")
    assert ask(widget, kind="hello") == ({"kind": "reply", "id": 7, "ok": True}, [])
    reply, (data,) = ask(widget, kind="trace", text="the dog <b>ran</b>")
    assert reply["ok"]
    trace = Trace.decode(data)
    assert trace.text == "the dog <b>ran</b>"
    np.testing.assert_allclose(trace.logits_at(), tiny.run(trace.text).logits_at(), atol=5e-3)


@pytest.mark.parametrize(
    ("message", "error"),
    [
        ({"kind": "trace", "text": ""}, "empty"),
        ({"kind": "trace", "text": " \n"}, "empty"),
        ({"kind": "trace", "text": "cat " * 99}, "reads at most 64"),
        ({"kind": "trace", "text": "a\ud800"}, "surrogate"),
        ({"kind": "asset", "name": "../../etc/passwd"}, "not the name of an asset"),
        ({"kind": "asset", "name": "nothing.json"}, "not on this machine"),
        ({"kind": "explode"}, "no question that a view answers"),
    ],
)
def test_what_it_cannot_answer_it_says_in_a_sentence(tiny: LanguageModel, message, error) -> None:
    reply, buffers = ask(NextToken(tiny, "the cat"), **message)
    assert not reply["ok"]
    assert error in reply["error"]
    assert buffers == []


def test_other_messages_are_left_alone(tiny: LanguageModel) -> None:
    widget = NextToken(tiny, "the cat")
    widget.send = lambda *_: pytest.fail("it answered what was no question")
    widget._handle_custom_msg({"kind": "other protocol"}, [])
    widget._handle_custom_msg("text", [])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (NextToken, "give a text"),
        (lambda m: NextToken(m, []), "give a text"),
        (lambda m: NextToken(m, "a", temperature=-1), "temperature is -1"),
        (lambda m: NextToken(m, "a", top_p=3), "top_p is 3"),
        (lambda m: NextToken(m, "a", labels=["x", "y"]), "2 labels for 1 prompts"),
        (lambda m: NextToken([]), "list of traces is empty"),
        (lambda m: NextToken(m.run("a"), "b"), "brings its own text"),
    ],
)
def test_bad_arguments(tiny: LanguageModel, make, message) -> None:
    with pytest.raises(ValueError, match=message):
        make(tiny)


def test_a_trace_without_logits_says_how_to_get_them(tiny: LanguageModel) -> None:
    NextToken(tiny, "a")
    with pytest.raises(KeyError, match="logits"):
        NextToken(tiny.run("a", sites=("z",)))


def test_a_trace_of_an_unknown_vocabulary_says_what_to_do(tiny: LanguageModel) -> None:
    with pytest.raises(FileNotFoundError, match="load the model that it belongs to once"):
        NextToken(tiny.run("a"))


def test_an_unbuilt_front_end_says_how_to_build_it(tiny: LanguageModel) -> None:
    class Unbuilt(NextToken):
        front_end = "not_there"

    with pytest.raises(FileNotFoundError, match="make html"):
        Unbuilt(tiny, "a")


def test_it_displays_without_html_from_strings(tiny: LanguageModel) -> None:
    shown = NextToken(tiny, "<script>alert(1)</script>")._repr_mimebundle_()
    data = shown[0] if isinstance(shown, tuple) else shown
    assert "application/vnd.jupyter.widget-view+json" in data
    assert "<script" not in data["text/html"]


def test_package_level_names() -> None:
    assert llm_viz.widgets.NextToken is NextToken
