"""Switches: what it carries, what it answers, what it refuses, its still picture."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

import llm_viz
from llm_viz.analyses import switched_off
from llm_viz.model import LanguageModel
from llm_viz.studies import switches as study
from llm_viz.studies.switched_file import unpack
from llm_viz.widgets import Switches
from tests.widgets.support import ask

TEXT = "the cat sat on the mat"
GROUPS = {"a pair": [(1, 2), "L0H5"], "a layer": ["L1 attention"]}


def test_it_carries_every_switch_and_every_group(tiny: LanguageModel) -> None:
    widget = Switches(
        tiny,
        [TEXT, "the dog"],
        answers=[" the", None],
        rivals=[7, None],
        groups=GROUPS,
        labels=["A", "B"],
        columns=("heads", "mlp"),
        off=["L1H2", (0, 5)],
    )
    first, second = map(unpack, widget.traces)
    assert (first.answer, first.rival) == (tiny.token_id(" the"), 7)
    assert second.answer == second.top_ids[0, 0]
    singles = [f"L{i}H{j}" for i in range(3) for j in range(6)] + [f"L{i} FFN" for i in range(3)]
    names = [group["off"] for group in widget.groups]
    assert list(first.labels) == ["nothing", *singles, *names[2:], *names[:2]]
    assert [group["name"] for group in widget.groups] == [
        *GROUPS,
        *("all attention", "all FFNs", "everything"),
    ]
    assert names[:2] == ["L0H5, L1H2", "L1 attention"]
    assert widget.off == "L0H5, L1H2"
    assert widget.shape == {"layers": 3, "heads": 6}
    assert set(widget.linked) == {"prompt", "off", "several", "measure"}
    assert widget.linked["prompt"]["max"] == 1


def test_a_study_is_shown_with_its_model_or_without(tiny: LanguageModel) -> None:
    held = study.load()
    widget = Switches(None, held)
    assert len(widget.traces) == len(held.results)
    assert widget.groups[0]["name"] == "the induction heads"
    for message in ({"kind": "hello"}, {"kind": "read", "text": TEXT}):
        reply, _ = ask(widget, **message)
        assert not reply["ok"]
        assert "make the widget with a model" in reply["error"]
    with pytest.raises(ValueError, match="the study is of SmolLM2-135M-Instruct, not of"):
        Switches(tiny, held)
    with pytest.raises(ValueError, match="has its own answers"):
        Switches(None, held, groups=GROUPS)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda m: Switches(m, []), ValueError, "give a text"),
        (lambda m: Switches(m, " "), ValueError, "the text is empty"),
        (lambda m: Switches(None, TEXT), ValueError, "without a model only"),
        (lambda m: Switches(m, TEXT, answers=["the cat"]), ValueError, "not one token but 2"),
        (lambda m: Switches(m, TEXT, answers=" the"), ValueError, "expected a list with one token"),
        (lambda m: Switches(m, TEXT, rivals=[1, 2]), ValueError, "for each of 1 texts"),
        (lambda m: Switches(m, TEXT, answers=[7], rivals=[7]), ValueError, "name two tokens"),
        (lambda m: Switches(m, TEXT, groups={"x": [(0, 6)]}), IndexError, "there is no L0H6"),
        (lambda m: Switches(m, TEXT, groups={"x": ["L0"]}), ValueError, "write a head as"),
        (lambda m: Switches(m, TEXT, off="L3 FFN"), IndexError, "there is no L3 FFN"),
        (lambda m: Switches(m, TEXT, labels=["a", "b"]), ValueError, "2 labels for 1"),
        (lambda m: Switches(m, TEXT, columns=["rows"]), Exception, "rows"),
        (lambda m: Switches(m, "cat " * 99), ValueError, "reads at most 64"),
    ],
)
def test_bad_arguments(tiny: LanguageModel, make: Any, error: type, message: str) -> None:
    with pytest.raises(error, match=message):
        make(tiny)


def test_a_model_read_from_outside_is_refused(tiny_folder) -> None:
    bloom = llm_viz.load_model(tiny_folder("bloom"), device="cpu")
    with pytest.raises(ValueError, match="read from outside"):
        Switches(bloom, TEXT)


def test_a_long_text_is_refused(tiny: LanguageModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("llm_viz.widgets.switches.MOST_TOKENS", 5)
    with pytest.raises(ValueError, match="has 7 tokens; this view reads at most 5"):
        Switches(tiny, TEXT)


def test_it_runs_any_combination(tiny: LanguageModel) -> None:
    widget = Switches(tiny, TEXT, answers=[7], rivals=[9])
    off = "L0H1, L1 attention, L2 FFN"
    reply, (packed,) = ask(widget, kind="switch", text=TEXT, answer=7, rival=9, off=off)
    assert reply["ok"]
    found = unpack(packed)
    assert found.labels == ("nothing", off)
    with tiny.ablate(heads=[(0, 1)], attns=[1], mlps=[2]):
        logits = tiny.run(TEXT)["logits"][-1]
    assert found.logit_difference[1] == pytest.approx(float(logits[7] - logits[9]), abs=1e-4)


def test_it_reads_the_readers_own_text(tiny: LanguageModel) -> None:
    widget = Switches(tiny, TEXT, groups=GROUPS)
    reply, (packed,) = ask(widget, kind="read", text="the <b>dog</b>", every=False)
    assert reply["ok"]
    assert len(unpack(packed).edits) == 1 + 3 + 2
    _, (packed,) = ask(widget, kind="read", text="the <b>dog</b>", every=True)
    whole = unpack(packed)
    assert len(whole.edits) == 1 + 18 + 3 + 2
    assert [name for name, _ in whole.top(30)].count("L1H2") == 1
    widget.own, widget.prompt = packed, -1
    assert "<b>dog</b>" in "".join(widget.still().itertext())


@pytest.mark.parametrize(
    ("message", "error"),
    [
        ({"kind": "read", "text": " \n"}, "empty"),
        ({"kind": "read", "text": "cat " * 99}, "reads at most 64"),
        ({"kind": "read", "text": "a\ud800"}, "surrogate"),
        ({"kind": "switch", "text": TEXT, "answer": 7, "rival": 9, "off": "L9H9"}, "no L9H9"),
        ({"kind": "switch", "text": TEXT, "answer": 7, "rival": 9, "off": "all"}, "write a head"),
        ({"kind": "explode"}, "no question that a view answers"),
    ],
)
def test_what_it_cannot_answer_it_says_in_a_sentence(tiny: LanguageModel, message, error) -> None:
    reply, buffers = ask(Switches(tiny, TEXT), **message)
    assert not reply["ok"]
    assert error in reply["error"]
    assert buffers == []


def test_its_still_picture_says_what_is_missed(tiny: LanguageModel) -> None:
    widget = Switches(tiny, TEXT, answers=[7], rivals=[9])
    found = switched_off(tiny, TEXT, answer=7, rival=9)
    for measure in ("difference", "loss"):
        widget.measure = measure
        rows = widget.still().findall(".//tbody/tr")
        assert len(rows) == 10
        name, change = found.top(1, measure)[0]
        told = "".join(rows[0].itertext())
        assert name in told
        assert f"{'up' if change > 0 else 'down'} by {abs(change):.2f}" in told


def test_the_study_weighs_little_on_a_page() -> None:
    widget = Switches(None, study.load(), columns=("heads", "attention", "mlp"))
    models = type(widget).get_manager_state(widgets=[widget])["state"]
    state = models[widget.model_id]
    for name in ("_esm", "_css"):
        state["state"].pop(name)
    assert len(gzip.compress(json.dumps(state).encode())) < 200_000
