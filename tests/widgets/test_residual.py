"""ResidualStream: what it carries adds up, what it answers, what it refuses, its still picture."""

from __future__ import annotations

import gzip
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import llm_viz
from llm_viz.analyses import logit_attribution
from llm_viz.model import LanguageModel
from llm_viz.widgets import ResidualStream
from llm_viz.widgets.pushes import BEST, MOST_POSITIONS, pack_prompt, shape_of, steps_of, stepwise
from llm_viz.widgets.residual import components_of
from tests.widgets.support import ask

TEXT = "the cat sat on the mat"


@given(hnp.arrays(np.float32, (7, 2), elements=st.floats(-300, 300, width=32)))
def test_rounded_steps_add_up_and_are_near(contributions: np.ndarray) -> None:
    steps = stepwise(contributions)
    exact = 100 * contributions.astype(np.float64)
    assert np.abs(steps - exact.T).max() <= 1 + 1e-9
    totals = np.cumsum(exact, axis=0)
    assert np.abs(steps.cumsum(axis=1) - totals.T).max() <= 0.5 + 1e-9


@pytest.mark.parametrize("family", ["llama", "gpt2"])
def test_every_position_carries_what_the_analysis_says(tiny_folder, family: str) -> None:
    lm = llm_viz.load_model(tiny_folder(family), device="cpu")
    shape = shape_of(lm)
    assert (shape["bias"], shape["constant"]) == (family == "gpt2", family == "gpt2")
    components = components_of(shape)
    prompt = pack_prompt(lm, TEXT, [7, 299], constant=shape["constant"])
    trace = lm.run(TEXT)
    assert prompt["positions"] == list(range(len(trace)))
    for position in prompt["positions"]:
        steps, chances = steps_of(prompt, position)
        ids = list(steps)
        logits = trace.logits_at(position)
        best = llm_viz.next_token_distribution(logits)
        wanted = {7, 299, *best.order[:BEST].tolist(), *trace.token_ids[position + 1 :][:1]}
        assert set(ids) == wanted
        assert [float(logits[i]) for i in ids] == sorted(logits[ids].tolist(), reverse=True)
        np.testing.assert_allclose(list(chances.values()), best.probs[ids], rtol=1e-5)
        found = logit_attribution(lm, TEXT, ids, position=position)
        assert found.components == tuple(components)
        np.testing.assert_allclose(
            np.array(list(steps.values())) / 100, found.contributions.T, atol=0.0101
        )
        totals = np.array([values.sum() for values in steps.values()]) / 100
        np.testing.assert_allclose(totals, logits[ids], atol=0.00501)
        assert {str(i) for i in ids} <= prompt["names"].keys()


def test_texts_tokens_and_what_is_shown_first(tiny: LanguageModel) -> None:
    widget = ResidualStream(
        tiny, {TEXT: [" the", 9], "the dog": []}, token=" the", minus=7, labels=["A", "B"], layer=1
    )
    the = tiny.token_id(" the")
    assert [prompt["text"] for prompt in widget.prompts] == [TEXT, "the dog"]
    assert (widget.token, widget.minus, widget.labels) == (the, 7, ["A", "B"])
    assert all({the, 7} <= set(ids) for prompt in widget.prompts for ids in prompt["candidates"])
    assert all(9 in ids for ids in widget.prompts[0]["candidates"])
    rules = widget.linked
    assert set(rules) == {*("prompt", "position", "token", "minus", "layer", "heads", "order")}
    assert (rules["layer"]["max"], rules["token"]["max"], rules["prompt"]["max"]) == (2, 299, 1)
    assert rules["position"]["max"] == len(widget.prompts[0]["tokens"]) - 1
    assert rules["layer"]["none"]


def test_a_long_text_carries_its_end_or_what_the_author_chose(tiny: LanguageModel) -> None:
    long = "the cat sat on the mat and " * 5
    n = len(tiny.token_ids(long))
    (prompt,) = ResidualStream(tiny, long).prompts
    assert prompt["positions"] == list(range(n - MOST_POSITIONS, n))
    (prompt,) = ResidualStream(tiny, long, positions=[-1, 3, 3, 0]).prompts
    assert prompt["positions"] == [0, 3, n - 1]
    with pytest.raises(ValueError, match=r"position 4 is not carried: \[0, 3"):
        steps_of(prompt, 4)


@pytest.mark.parametrize("text", ["a", "", "<script>alert(1)</script>", "😀", "\u202eabc"])
def test_short_and_odd_texts(tiny: LanguageModel, text: str) -> None:
    (prompt,) = ResidualStream(tiny, text).prompts
    assert len(prompt["tokens"]) == len(prompt["token_ids"]) == len(tiny.token_ids(text))


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda m: ResidualStream(m, []), ValueError, "give a text"),
        (lambda m: ResidualStream(m, {}), ValueError, "give a text"),
        (lambda m: ResidualStream(m, TEXT, token="the cat"), ValueError, "not one token but 2"),
        (lambda m: ResidualStream(m, {TEXT: ["the cat"]}), ValueError, "not one token but 2"),
        (lambda m: ResidualStream(m, TEXT, tokens=[300]), IndexError, "no token 300"),
        (lambda m: ResidualStream(m, TEXT, positions=[99]), IndexError, "position 99"),
        (lambda m: ResidualStream(m, TEXT, labels=["a", "b"]), ValueError, "2 labels for 1"),
        (lambda m: ResidualStream(m, "cat " * 99), ValueError, "reads at most 64"),
    ],
)
def test_bad_arguments(tiny: LanguageModel, make: Any, error: type, message: str) -> None:
    with pytest.raises(error, match=message):
        make(tiny)


def test_a_model_read_from_outside_is_refused(tiny_folder) -> None:
    bloom = llm_viz.load_model(tiny_folder("bloom"), device="cpu")
    with pytest.raises(ValueError, match="read from outside"):
        ResidualStream(bloom, TEXT)


def test_it_reads_the_readers_own_text(tiny: LanguageModel) -> None:
    widget = ResidualStream(tiny, TEXT, tokens=[" the"])
    reply, (steps, chances) = ask(widget, kind="pushes", text="the dog <b>ran</b>")
    assert reply["ok"]
    prompt = reply["prompt"] | {"steps": steps, "chances": chances}
    assert json.loads(json.dumps(reply["prompt"])) == reply["prompt"]
    logits = tiny.run("the dog <b>ran</b>")["logits"][-1]
    of_token, _ = steps_of(prompt, prompt["positions"][-1])
    the = tiny.token_id(" the")
    assert of_token[the].sum() / 100 == pytest.approx(float(logits[the]), abs=0.00501)
    widget.own = {**prompt, "steps": memoryview(steps), "chances": memoryview(chances)}
    widget.prompt = -1
    assert "ran" in "".join(widget.still().itertext())


@pytest.mark.parametrize(
    ("message", "error"),
    [
        ({"kind": "pushes", "text": ""}, "empty"),
        ({"kind": "pushes", "text": " \n"}, "empty"),
        ({"kind": "pushes", "text": "cat " * 99}, "reads at most 64"),
        ({"kind": "pushes", "text": "a\ud800"}, "surrogate"),
        ({"kind": "explode"}, "no question that a view answers"),
    ],
)
def test_what_it_cannot_answer_it_says_in_a_sentence(tiny: LanguageModel, message, error) -> None:
    reply, buffers = ask(ResidualStream(tiny, TEXT), **message)
    assert not reply["ok"]
    assert error in reply["error"]
    assert buffers == []


def test_its_still_picture_says_signs_in_words(tiny: LanguageModel) -> None:
    widget = ResidualStream(tiny, TEXT, token=7, minus=9)
    text = "".join(widget.still().itertext())
    (steps, _) = steps_of(widget.prompts[0], widget.prompts[0]["positions"][-1])
    values = steps[7] - steps[9]
    biggest = values[np.argmax(np.abs(values))]
    assert f"{'up' if biggest > 0 else 'down'} by {abs(biggest) / 100:.2f}" in text
    assert f"{values.sum() / 100:+.2f}".replace("-", "−") in text
    rows = widget.still().findall(".//tbody/tr")
    assert len(rows) == 10
    widget.position = 99
    assert "position 99 is not carried" in "".join(widget.still().itertext())


@pytest.mark.real_model
def test_twenty_tokens_weigh_little(lm: LanguageModel) -> None:
    text = "When Mary and John went to the store, John gave a drink to Mary, who was happy"
    widget = ResidualStream(lm, text, tokens=[" Mary", " John"])
    assert len(widget.prompts[0]["tokens"]) == 20
    models = type(widget).get_manager_state(widgets=[widget])["state"]
    state = models[widget.model_id]
    for name in ("_esm", "_css"):
        state["state"].pop(name)
    assert len(gzip.compress(json.dumps(state).encode())) < 150_000
