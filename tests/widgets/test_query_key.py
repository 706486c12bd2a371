"""QueryKey: what it carries, what it answers, what it refuses."""

from __future__ import annotations

import gzip

import numpy as np
import pytest

import llm_viz
from llm_viz.analyses import match
from llm_viz.model import LanguageModel
from llm_viz.widgets import QueryKey
from llm_viz.widgets.query_key_file import unpack
from llm_viz.widgets.still import html
from tests.widgets.support import ask

TEXTS = ["the cat sat on the mat", "the <b>dog</b>"]
HEADS = [(1, 2), (0, 5)]


def test_it_carries_the_chosen_heads_of_each_text(tiny: LanguageModel) -> None:
    widget = QueryKey(tiny, TEXTS, HEADS, tokens=[" the", 7])
    assert (widget.layer, widget.head, widget.query, widget.key) == (1, 2, -1, None)
    assert (widget.shape, widget.labels) == ({"layers": 3, "heads": 6}, TEXTS)
    for data, text in zip(widget.texts, TEXTS, strict=True):
        told, arrays = unpack(data)
        trace = tiny.run(text)
        assert (told["text"], told["tokens"]) == (text, list(trace.tokens))
        assert (told["heads"], told["causal"]) == ([list(pair) for pair in HEADS], True)
        for i, (layer, head) in enumerate(HEADS):
            np.testing.assert_array_equal(arrays["queries"][i], trace["q"][layer, head])
            np.testing.assert_array_equal(arrays["keys"][i], trace["k"][layer, head // 3])
            ids = set(arrays[f"token_ids.{i}"].tolist())
            assert {7, tiny.token_id(" the"), *trace.token_ids} <= ids
            assert {str(token) for token in ids} <= told["names"].keys()


def test_an_address_may_hold_what_there_is(tiny: LanguageModel) -> None:
    rules = QueryKey(tiny, TEXTS, HEADS).linked
    longest = len(tiny.token_ids(TEXTS[1]))
    assert longest > len(tiny.token_ids(TEXTS[0]))
    assert (rules["prompt"]["min"], rules["prompt"]["max"]) == (0, 1)
    assert (rules["layer"]["max"], rules["head"]["max"], rules["pair"]["max"]) == (2, 5, 1)
    assert (rules["query"]["min"], rules["query"]["max"]) == (-1, longest - 1)
    assert rules["key"]["none"]
    assert rules["shift"]["max"] == 64
    assert rules.keys() == {"prompt", "layer", "head", "query", "key", "pair", "shift", "token"}


def test_places_and_heads_count_from_the_end_too(tiny: LanguageModel) -> None:
    widget = QueryKey(tiny, TEXTS[0], [(-1, -1)], query=-2, key=-3)
    n = len(tiny.token_ids(TEXTS[0]))
    assert (widget.layer, widget.head, widget.query, widget.key) == (2, 5, n - 2, n - 3)


@pytest.mark.parametrize("family", ["gpt2", "gpt_neox", "qwen3"])
def test_models_of_other_structure_are_carried_as_they_are(tiny_folder, family: str) -> None:
    lm = llm_viz.load_model(tiny_folder(family), device="cpu")
    widget = QueryKey(lm, TEXTS[0], [(1, 1)])
    told, arrays = unpack(widget.texts[0])
    assert told["rates"] == list(lm.config.rotary or ())
    assert bool(told["rates"]) == (family != "gpt2")
    assert 2 * len(told["rates"]) <= arrays["queries"].shape[2] == lm.dims.d_head
    assert "share of the look" in html(widget.still())


@pytest.mark.real_model
def test_an_encoder_is_carried_without_words() -> None:
    encoder = llm_viz.load_model("all-minilm-l6-v2", device="cpu")
    told, arrays = unpack(QueryKey(encoder, "The bank of the river", [(2, 5)]).texts[0])
    assert not told["causal"]
    assert set(arrays) == {"queries", "keys"}


def test_it_reads_any_head_of_any_text_when_asked(tiny: LanguageModel) -> None:
    widget = QueryKey(tiny, TEXTS[0], HEADS, tokens=[7])
    for text in ("the dog <b>ran</b>", "a", "🐈 مرحبا\u202e\u0007", TEXTS[0]):
        reply, (data,) = ask(widget, kind="head", text=text, layer=2, head=4)
        assert reply["ok"]
        told, arrays = unpack(data)
        assert (told["text"], told["heads"]) == (text, [[2, 4]])
        assert 7 in arrays["token_ids.0"]


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ({"text": ""}, "the text is empty"),
        ({"text": " \n"}, "the text is empty"),
        ({"text": "a \ud83d b"}, "half of a surrogate pair"),
        ({"text": "the " * 2000}, "reads at most 64"),
        ({"text": "the cat sat " * 18}, "this view shows at most 48"),
        ({"layer": 3}, "layer 3 is out of range; it goes from 0 to 2"),
        ({"head": 99}, "head 99 is out of range"),
        ({"head": "x"}, "expected .layer, head. pairs"),
        ({"layer": None}, "expected .layer, head. pairs"),
    ],
)
def test_what_it_cannot_answer_it_says_in_a_sentence(tiny: LanguageModel, message, told) -> None:
    question = {"text": "the cat", "layer": 0, "head": 0} | message
    reply, buffers = ask(QueryKey(tiny, TEXTS[0], HEADS), kind="head", **question)
    assert not reply["ok"]
    assert buffers == []
    with pytest.raises(AssertionError, match=told):
        raise AssertionError(reply["error"])


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda m: QueryKey(m, [], HEADS), ValueError, "give a text"),
        (lambda m: QueryKey(m, "", HEADS), ValueError, "the text is empty"),
        (lambda m: QueryKey(m, TEXTS, []), ValueError, "give the heads"),
        (lambda m: QueryKey(m, TEXTS, (1, 2)), TypeError, "heads holds 1; expected .layer, head."),
        (lambda m: QueryKey(m, TEXTS, [(3, 0)]), IndexError, "layer 3 is out of range"),
        (lambda m: QueryKey(m, TEXTS, [(0, 6)]), IndexError, "head 6 is out of range"),
        (lambda m: QueryKey(m, TEXTS, HEADS, layer=9), IndexError, "layer 9 is out of range"),
        (lambda m: QueryKey(m, TEXTS, HEADS, labels=["a"]), ValueError, "1 labels for 2 texts"),
        (lambda m: QueryKey(m, TEXTS, HEADS, tokens=["the cat"]), ValueError, "not one token"),
        (lambda m: QueryKey(m, TEXTS, HEADS, query=99), IndexError, "query 99 is out of range"),
        (lambda m: QueryKey(m, TEXTS, HEADS, key=-99), IndexError, "key -99 is out of range"),
    ],
)
def test_bad_arguments(tiny: LanguageModel, make, error: type, message: str) -> None:
    with pytest.raises(error, match=message):
        make(tiny)


def test_what_weighs_too_much_for_a_page_is_refused(tiny: LanguageModel, monkeypatch) -> None:
    monkeypatch.setattr("llm_viz.widgets.query_key.MOST_BYTES", 1000)
    with pytest.raises(ValueError, match=r"2 heads of 'the cat sat.* at most 1,000 of a text"):
        QueryKey(tiny, TEXTS[0], HEADS)


def test_a_model_read_from_outside_is_refused(tiny_folder) -> None:
    bloom = llm_viz.load_model(tiny_folder("bloom"), device="cpu")
    with pytest.raises(ValueError, match="its queries and keys are not seen"):
        QueryKey(bloom, "the cat", [(0, 0)])


def test_its_still_picture_is_the_look_of_the_chosen_query(tiny: LanguageModel) -> None:
    widget = QueryKey(tiny, TEXTS, HEADS, prompt=1, query=3, key=2)
    picture = widget.still()
    assert len(picture.findall(".//tbody/tr")) == 4  # later tokens are masked
    found = match(tiny, TEXTS[1], 1, 2, 3, 2)
    text = "".join(picture.itertext())
    assert f"is a score of {found.score:.2f}" in text
    assert "&lt;b&gt;" in html(picture)
    widget.prompt = -1  # before there is a text of the reader's own
    assert widget.still() is not None


@pytest.mark.real_model
def test_five_heads_of_a_sentence_are_light(lm: LanguageModel) -> None:
    text = "When Mary and John went to the store, John gave a drink to"
    heads = [(23, 3), (28, 1), (23, 0), (16, 0), (14, 3)]
    widget = QueryKey(lm, text, heads, tokens=[" Mary", " John"])
    assert len(widget.texts[0]) < 80_000
    assert len(gzip.compress(widget.texts[0])) < 65_000
