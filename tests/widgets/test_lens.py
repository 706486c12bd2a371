"""LogitLens: what it carries, what it answers, what it refuses."""

from __future__ import annotations

import dataclasses
import gzip

import numpy as np
import pytest

import llm_viz
from llm_viz.analyses.lens import logit_lens
from llm_viz.model import LanguageModel
from llm_viz.widgets import LogitLens
from llm_viz.widgets.lens_file import pack, unpack
from llm_viz.widgets.still import html
from tests.widgets.support import ask

TEXTS = ["the cat sat", "the dog"]


def test_it_carries_every_cell_of_each_text(tiny: LanguageModel) -> None:
    widget = LogitLens(tiny, TEXTS, tokens=["t", 7], k=4)
    assert widget.labels == TEXTS
    assert (widget.n_layers, widget.halves, widget.layer, widget.position) == (3, False, 2, -1)
    for data, text in zip(widget.traces, TEXTS, strict=True):
        told, arrays = unpack(data)
        lens = logit_lens(tiny, text, k=4, tokens=["t", 7], follow=3)
        assert (told["text"], told["tokens"]) == (text, list(lens.tokens))
        assert (told["layers"], told["halves"]) == (3, False)
        np.testing.assert_array_equal(arrays["token_ids"], lens.token_ids)
        np.testing.assert_allclose(np.exp(arrays["log_probs"]), lens.probs, rtol=6e-4)
        np.testing.assert_array_equal(arrays["path_ids"], lens.paths.token_ids)
        np.testing.assert_array_equal(arrays["ranks"], lens.paths.ranks)
        np.testing.assert_allclose(arrays["kl"], lens.kl, atol=1e-5)
        tops = {int(i) for i in (*lens.token_ids[..., 0].flat, *lens.paths.token_ids.flat)}
        assert {widget.names[str(i)] for i in tops} == {tiny.tokenizer.show(i) for i in tops}


def test_two_texts_stand_side_by_side_and_of_more_one_chooses(tiny: LanguageModel) -> None:
    assert LogitLens(tiny, TEXTS).beside == 1
    assert LogitLens(tiny, TEXTS[0]).beside is None
    assert LogitLens(tiny, [*TEXTS, "mat"]).beside is None
    assert LogitLens(tiny, [*TEXTS, "mat"], beside=2, layer=0).beside == 2


def test_an_address_may_hold_what_there_is(tiny: LanguageModel) -> None:
    rules = LogitLens(tiny, TEXTS).linked
    assert rules["prompt"] == {"kind": "number", "whole": True, "min": 0, "max": 1}
    assert rules["beside"] == {"kind": "number", "whole": True, "min": 0, "max": 1, "none": True}
    assert rules["layer"] == {"kind": "number", "min": -1, "max": 2}
    assert rules["position"]["max"] == len(tiny.token_ids(TEXTS[0])) - 1
    assert rules.keys() == {"prompt", "beside", "layer", "position", "position_beside"}


def test_halves_of_blocks_and_chosen_positions(tiny: LanguageModel) -> None:
    widget = LogitLens(tiny, TEXTS[0], halves=True, positions=[-2, -1], k=2)
    told, arrays = unpack(widget.traces[0])
    assert told["halves"]
    assert arrays["token_ids"].shape == (7, 2, 2)
    length = len(tiny.token_ids(TEXTS[0]))
    assert told["positions"] == [length - 2, length - 1]


def test_it_reads_a_text_when_asked(tiny: LanguageModel) -> None:
    widget = LogitLens(tiny, "the cat", tokens=["t"])
    assert ask(widget, kind="hello") == ({"kind": "reply", "id": 7, "ok": True}, [])
    for text in ("the dog <b>ran</b>", "a", "🐈 مرحبا\u202e\u0007"):
        reply, (data,) = ask(widget, kind="trace", text=text)
        assert reply["ok"]
        told, arrays = unpack(data)
        assert (told["text"], told["tokens"]) == (text, list(tiny.run(text).tokens))
        assert arrays["path_ids"][0, 0] == tiny.token_ids("t", add_start=False)[0]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "the text is empty"),
        ("  \n", "the text is empty"),
        ("a \ud83d b", "half of a surrogate pair"),
        ("the " * 2000, "reads at most 64"),
    ],
)
def test_a_text_that_cannot_be_read_gets_one_sentence(
    tiny: LanguageModel, text: str, told: str
) -> None:
    reply, buffers = ask(LogitLens(tiny, "the cat"), kind="trace", text=text)
    assert not reply["ok"]
    assert told in reply["error"]
    assert buffers == []
    with pytest.raises(ValueError, match=told):
        LogitLens(tiny, ["the cat", text])


def test_what_cannot_be_shown_is_refused(tiny: LanguageModel, monkeypatch) -> None:
    with pytest.raises(ValueError, match="give a text, or a list of texts"):
        LogitLens(tiny, [])
    with pytest.raises(ValueError, match="1 labels for 2 texts"):
        LogitLens(tiny, TEXTS, labels=["one"])
    with pytest.raises(ValueError, match="'zebra' is not one token"):
        LogitLens(tiny, TEXTS, tokens=["zebra"])
    with pytest.raises(ValueError, match="5 tokens are to be followed; at most 4"):
        LogitLens(tiny, TEXTS, tokens=[1, 2, 3, 4, 5])
    with pytest.raises(IndexError, match="position 20 is out of range"):
        LogitLens(tiny, TEXTS, positions=[20])
    monkeypatch.setattr("llm_viz.widgets.lens.MOST_POSITIONS", 4)
    with pytest.raises(ValueError, match=r"would have 5 positions; .*at most 4.*range\(-4, 0\)"):
        LogitLens(tiny, "the cat sat on")
    LogitLens(tiny, "the cat sat on", positions=range(-4, 0))


def test_a_model_read_from_outside_is_refused(tiny_folder) -> None:
    bloom = llm_viz.load_model(tiny_folder("bloom"), device="cpu")
    with pytest.raises(ValueError, match="read from outside"):
        LogitLens(bloom, "the cat")


def test_its_still_picture_is_the_last_column(tiny: LanguageModel) -> None:
    widget = LogitLens(tiny, "the <b>cat</b>", halves=True)
    picture = widget.still()
    assert picture is not None
    rows = [row.text or "" for row in picture.iter("th") if row.get("scope") == "row"]
    labels = [row.split(": ", 1)[0] for row in rows]
    assert labels == [
        "layer 2",
        "layer 2, attention only",
        "layer 1",
        "layer 1, attention only",
        "layer 0",
        "layer 0, attention only",
        "embedding",
    ]
    lens = logit_lens(tiny, "the <b>cat</b>")
    assert rows[0] == f"layer 2: {lens.top(1)[0][0]}"
    assert "&lt;b&gt;" in html(picture)
    assert "<b>" not in html(picture)


def test_a_large_vocabulary_has_larger_numbers(tiny: LanguageModel) -> None:
    lens = logit_lens(tiny, "the cat", tokens=["t"])
    far = dataclasses.replace(lens, token_ids=lens.token_ids + 65_536)
    _, arrays = unpack(pack(far, 151_936))
    np.testing.assert_array_equal(arrays["token_ids"], far.token_ids)
    assert unpack(pack(lens, 65_536))[1]["ranks"].dtype == np.uint32  # the last rank is 65,536
    assert unpack(pack(lens, 65_535))[1]["ranks"].dtype == np.uint16


def test_what_is_almost_impossible_counts_as_that(tiny: LanguageModel) -> None:
    lens = logit_lens(tiny, "the cat", k=1)
    logs = np.full_like(lens.log_probs, -500)
    logs[0] = 1e-6  # rounding may put a certain token a little above 1
    _, arrays = unpack(pack(dataclasses.replace(lens, log_probs=logs), 300))
    assert (arrays["log_probs"][0] == 0).all()
    np.testing.assert_allclose(arrays["log_probs"][1:], -65_535 / 1024)


@pytest.mark.real_model
def test_a_prompt_of_twenty_tokens_is_small(lm: LanguageModel) -> None:
    text = "Q: What is the capital of France? A: Paris Q: What is the capital of Poland? A:"
    widget = LogitLens(lm, text, tokens=[" Warsaw", " Poland"])
    told, _ = unpack(widget.traces[0])
    assert len(told["tokens"]) == 24
    assert len(gzip.compress(widget.traces[0])) < 60_000
