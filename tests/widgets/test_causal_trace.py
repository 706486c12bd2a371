"""CausalTrace: what it carries, what it answers step by step and refuses, its still picture."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import llm_viz
from llm_viz.analyses import causal_trace
from llm_viz.model import LanguageModel
from llm_viz.studies.tracing_file import pack, unpack
from llm_viz.widgets import CausalTrace
from llm_viz.widgets.causal_trace import SEEDS
from tests.widgets.support import ask

TEXT = "the cat sat on the mat"
FACT = (TEXT, "cat", 7)


def test_it_carries_every_text_and_begins_at_the_subject(tiny: LanguageModel) -> None:
    traced = causal_trace(tiny, "the dog ran", "dog", seeds=[1])
    widget = CausalTrace(tiny, [FACT, traced], labels=["A", "B"], kind="mlp", layer=2)
    first, second = map(unpack, widget.traces)
    assert (first.text, first.answer) == (TEXT, 7)
    assert (second.text, second.seeds) == ("the dog ran", (1,))
    assert widget.position == first.subject[-1]
    assert set(widget.linked) == {"prompt", "kind", "layer", "position"}
    assert [widget.linked[name]["max"] for name in ("prompt", "layer", "position")] == [1, 2, 6]


def test_it_begins_with_what_the_chosen_text_has(tiny: LanguageModel) -> None:
    """Its subject, and a kind that was traced for it."""
    few = causal_trace(tiny, "a dog and the cat ran", "the cat", seeds=[0], kinds=("mlp",))
    widget = CausalTrace(None, [causal_trace(tiny, *FACT, seeds=[0]), few], prompt=1)
    assert (widget.kind, widget.position) == ("mlp", few.subject[-1])
    assert widget.still() is not None
    widget.prompt, widget.kind = 0, "hidden"  # as a reader may, and go back
    widget.prompt = 1
    assert "FFNs" in "".join(widget.still().itertext())
    own = CausalTrace(None, [causal_trace(tiny, *FACT, seeds=[0])], own=pack(few), prompt=-1)
    assert (own.kind, own.position) == ("mlp", few.subject[-1])


def test_without_a_model_it_shows_traces_only(tiny: LanguageModel) -> None:
    widget = CausalTrace(None, [causal_trace(tiny, *FACT, seeds=[0])])
    for message in ({"kind": "hello"}, {"kind": "trace", "text": TEXT, "subject": "cat"}):
        reply, _ = ask(widget, **message)
        assert not reply["ok"]
        assert "make the widget with a model" in reply["error"]


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda m: CausalTrace(m, []), ValueError, "facts are a list"),
        (lambda m: CausalTrace(m, TEXT), ValueError, "facts are a list"),
        (lambda m: CausalTrace(None, [FACT]), ValueError, "without a model only"),
        (lambda m: CausalTrace(m, [(TEXT, "dog")]), ValueError, "does not stand in"),
        (lambda m: CausalTrace(m, [(" ", "dog")]), ValueError, "the text is empty"),
        (lambda m: CausalTrace(m, [("cat " * 30, "cat")]), ValueError, "traces at most 24"),
        (lambda m: CausalTrace(m, [FACT], labels=["a", "b"]), ValueError, "2 labels for 1"),
        (lambda m: CausalTrace(m, [FACT], kind="heads"), Exception, "heads"),
        (lambda m: CausalTrace(m, [FACT], prompt=9), IndexError, "prompt is 9; expected 0 to 0"),
        (lambda m: CausalTrace(m, [FACT], prompt=-1), IndexError, "nobody has traced one yet"),
        (lambda m: CausalTrace(m, [FACT], layer=3), IndexError, "layer is 3; expected 0 to 2"),
        (
            lambda m: CausalTrace(m, [FACT], position=7),
            IndexError,
            "position is 7; expected 0 to 6",
        ),
        (
            lambda m: CausalTrace(m, [causal_trace(m, *FACT, kinds=("mlp",))], kind="attention"),
            ValueError,
            "kind is 'attention', which was not traced for 'the cat sat on the mat'; expected mlp",
        ),
    ],
)
def test_bad_arguments(tiny: LanguageModel, make: Any, error: type, message: str) -> None:
    with pytest.raises(error, match=message):
        make(tiny)


def steps(widget: CausalTrace, text: str, subject: str, answer: str = ""):
    """What it tells on the way, and the packed trace."""
    told = []
    begin = True
    while True:
        asked = {"text": text, "subject": subject, "answer": answer, "run": 5, "begin": begin}
        reply, buffers = ask(widget, kind="trace", **asked)
        assert reply["ok"], reply
        if buffers:
            return told, buffers[0]
        told.append((reply["done"], reply["of"]))
        begin = False


def test_a_readers_text_is_traced_a_step_at_a_time(tiny: LanguageModel) -> None:
    widget = CausalTrace(tiny, [FACT])
    told, packed = steps(widget, "the <b>dog</b> sat on", "dog", "the")
    assert told == [(n + 1, len(told)) for n in range(len(told))]
    expected = causal_trace(tiny, "the <b>dog</b> sat on", "dog", " the", seeds=SEEDS)
    found = unpack(packed)
    assert found.answer == tiny.token_id(" the")
    np.testing.assert_allclose(found.p, expected.p, rtol=1e-3)
    widget.own, widget.prompt = packed, -1
    assert "<b>dog</b>" in "".join(widget.still().itertext())


def step(widget: CausalTrace, run: int, text: str = TEXT, begin: bool = False):
    """The reply to one step of a trace, and the packed trace if it is the last."""
    asked = {"text": text, "subject": "cat", "answer": "", "run": run, "begin": begin}
    return ask(widget, kind="trace", **asked)


@pytest.mark.parametrize("other", [TEXT, "the cat ran"])
def test_two_views_of_a_widget_trace_side_by_side(tiny: LanguageModel, other: str) -> None:
    """Neither sets the other back, and each gets its own."""
    widget = CausalTrace(tiny, [FACT])
    replies: dict[int, list] = {1: [step(widget, 1, begin=True)], 2: [step(widget, 2, other, True)]}
    while any(not got[-1][1] for got in replies.values()):
        for run, got in replies.items():
            if not got[-1][1]:
                got.append(step(widget, run))
    for run, text in ((1, TEXT), (2, other)):
        *told, (_, (packed,)) = replies[run]
        assert [reply["done"] for reply, _ in told] == list(range(1, told[0][0]["of"] + 1))
        assert unpack(packed).text == text


def test_the_trace_that_waited_longest_makes_room(tiny: LanguageModel) -> None:
    widget = CausalTrace(tiny, [FACT])
    step(widget, 1, begin=True)
    step(widget, 2, begin=True)
    step(widget, 1)
    step(widget, 3, begin=True)
    assert "given up for newer ones" in step(widget, 2)[0]["error"]
    assert [step(widget, run)[0]["done"] for run in (1, 3)] == [3, 2]


def test_a_text_that_cannot_be_traced_leaves_the_others_be(tiny: LanguageModel) -> None:
    widget = CausalTrace(tiny, [FACT])
    step(widget, 1, begin=True)
    for text in (" ", "the dog ran"):
        assert not step(widget, 2, text, begin=True)[0]["ok"]
        assert "given up" in step(widget, 2)[0]["error"]
    assert step(widget, 1)[0]["done"] == 2


@pytest.mark.parametrize(
    ("message", "error"),
    [
        ({"text": " \n"}, "empty"),
        ({"text": "cat " * 99}, "reads at most 64"),
        ({"text": "cat " * 30}, "traces at most 24"),
        ({"subject": "dog"}, "the subject 'dog' does not stand in"),
        ({"text": "the cat and the cat"}, "stands 2 times"),
        ({"answer": "cat sat on"}, "not one token"),
        ({"begin": False}, "given up for newer ones"),
        ({"kind": "explode"}, "no question that a view answers"),
    ],
)
def test_what_it_cannot_answer_it_says_in_a_sentence(tiny: LanguageModel, message, error) -> None:
    asked = {"kind": "trace", "text": TEXT, "subject": "cat", "answer": "", "run": 5, "begin": True}
    reply, buffers = ask(CausalTrace(tiny, [FACT]), **(asked | message))
    assert not reply["ok"]
    assert error in reply["error"]
    assert buffers == []


def test_its_still_picture_says_what_brings_the_answer_back(tiny: LanguageModel) -> None:
    widget = CausalTrace(tiny, [FACT])
    traced = unpack(widget.traces[0])
    for kind in ("hidden", "attention", "mlp"):
        widget.kind = kind
        rows = widget.still().findall(".//tbody/tr")
        layer, at, _ = traced.top(1, kind)[0]
        told = "".join(rows[0].itertext())
        assert traced.tokens[at] in told
        reach = traced.restored(kind, layer)
        assert (f"layer {layer}" if kind == "hidden" else f"{reach[0]}-{reach[-1]}") in told
        assert len(rows) == 10


def test_a_model_read_from_outside_is_refused(tiny_folder) -> None:
    bloom = llm_viz.load_model(tiny_folder("bloom"), device="cpu")
    with pytest.raises(ValueError, match="read from outside"):
        CausalTrace(bloom, [FACT])


def test_it_is_small(tiny: LanguageModel) -> None:
    """A page holds one text in a few bytes a cell."""
    traced = causal_trace(tiny, *FACT)
    assert len(pack(traced)) < 26 * traced.p.size + 5000
