"""One query and one key: every number is the trace's, and the parts add up to the head's output."""

from __future__ import annotations

import numpy as np
import pytest

import llm_viz
from llm_viz.analyses import logit_attribution, match
from llm_viz.analyses.query_key import SITES, furthest
from llm_viz.model import LanguageModel

TEXT = "the cat sat on the mat"
FAMILIES = ["llama", "llama3", "qwen3", "gpt2", "gpt_neox", "gpt_neox_serial"]


@pytest.mark.parametrize("family", FAMILIES)
def test_every_pair_is_the_traces(tiny_folder, family: str) -> None:
    lm = llm_viz.load_model(tiny_folder(family), device="cpu")
    trace = lm.run(TEXT, (*SITES, "head_out"))
    shared_by = lm.dims.n_heads // lm.dims.n_kv_heads
    for layer in range(lm.dims.n_layers):
        for head in range(lm.dims.n_heads):
            for query in (0, 3, len(trace) - 1):
                found = match(lm, trace, layer, head, query, 2)
                assert found.kv_head == head // shared_by
                np.testing.assert_array_equal(found.query, trace["q"][layer, head, query])
                np.testing.assert_array_equal(found.key, trace["k"][layer, head // shared_by, 2])
                scores = trace["attn_scores"][layer, head, query]
                np.testing.assert_allclose(found.score, scores[2], rtol=1e-4, atol=1e-5)
                np.testing.assert_array_equal(found.scores, scores)
                np.testing.assert_array_equal(found.pattern, trace["pattern"][layer, head, query])
                assert found.share == pytest.approx(float(found.pattern[2]))
                assert found.masked.tolist() == [i > query for i in range(len(trace))]
                assert found.share == 0 or query >= 2
                head_out = trace["head_out"][layer, head, query]
                np.testing.assert_allclose(found.head_out, head_out, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_turn_is_what_the_rates_say(tiny_folder, family: str) -> None:
    lm = llm_viz.load_model(tiny_folder(family), device="cpu")
    found = match(lm, TEXT, 1, 2, 5, 3)
    pairs = len(found.rates)
    turned_dims = {"gpt2": 0, "gpt_neox": 1, "gpt_neox_serial": 1}.get(family, found.query.size)
    assert 2 * pairs == turned_dims or (turned_dims == 1 and 0 < 2 * pairs <= found.query.size)
    for before, after, position in (
        (found.query, found.query_turned, 5),
        (found.key, found.key_turned, 3),
    ):
        hands = before[:pairs] + 1j * before[pairs : 2 * pairs]
        turned = hands * np.exp(1j * position * found.rates)
        np.testing.assert_allclose(after[:pairs], turned.real, atol=1e-5)
        np.testing.assert_allclose(after[pairs : 2 * pairs], turned.imag, atol=1e-5)
        np.testing.assert_array_equal(after[2 * pairs :], before[2 * pairs :])


@pytest.mark.parametrize("family", ["llama", "gpt2"])
def test_the_values_logits_add_up_to_the_heads(tiny_folder, family: str) -> None:
    lm = llm_viz.load_model(tiny_folder(family), device="cpu")
    found = match(lm, TEXT, 1, 2, -1, 3, k=4)
    assert (found.query_position, len(found.moved_ids)) == (len(found.tokens) - 1, 8)
    held = logit_attribution(lm, TEXT, found.moved_ids)
    expected = held.where("head", 1, 2)[0]
    np.testing.assert_allclose(found.logits.sum(axis=0), expected, rtol=1e-3, atol=1e-5)
    alone = found.value_logits[3]
    assert (np.diff(alone[:4]) <= 0).all()
    assert (np.diff(alone[4:]) >= 0).all()
    everything = lm.readout(
        lm.head_write(1, 2, lm.run(TEXT)["v"][1, found.kv_head])[3], norm_scale=held.norm_scale
    )
    assert alone[0] == pytest.approx(everything.max(), rel=1e-5)
    assert alone[4] == pytest.approx(everything.min(), rel=1e-5)
    assert found.moved_tokens == tuple(lm.tokenizer.show(i) for i in found.moved_ids)


def test_a_later_key_is_masked_and_still_has_its_score(tiny: LanguageModel) -> None:
    found = match(tiny, TEXT, 0, 1, 2, 4)
    assert (found.share, bool(found.masked[4])) == (0, True)
    assert found.score == pytest.approx(float(tiny.run(TEXT)["attn_scores"][0, 1, 2, 4]), rel=1e-4)
    assert not found.logits[4].any()
    assert found.value_logits[4].any()


def test_one_token_looks_at_itself(tiny: LanguageModel) -> None:
    found = match(tiny, "", 0, 0, 0, 0)
    assert (found.share, len(found.tokens)) == (1, 1)
    assert found.top(3) == [(found.tokens[0], 1.0)]


@pytest.mark.real_model
def test_an_encoder_looks_both_ways_and_says_nothing() -> None:
    encoder = llm_viz.load_model("all-minilm-l6-v2", device="cpu")
    found = match(encoder, "The bank of the river", 2, 5, 1, 4)
    assert found.rates.size == 0
    assert not found.masked.any()
    assert found.share > 0
    assert found.moved_ids == ()
    assert found.logits.shape == (len(found.tokens), 0)


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ((3, 0, 0, 0), "layer 3 is out of range"),
        ((0, 6, 0, 0), "head 6 is out of range"),
        ((0, 0, 99, 0), "position 99 is out of range"),
        ((0, 0, 0, -99), "position -99 is out of range"),
    ],
)
def test_what_is_out_of_range_is_refused(tiny: LanguageModel, where, message: str) -> None:
    with pytest.raises(IndexError, match=message):
        match(tiny, TEXT, *where)


def test_other_models_and_poor_traces_are_refused(tiny: LanguageModel, tiny_folder) -> None:
    bloom = llm_viz.load_model(tiny_folder("bloom"), device="cpu")
    with pytest.raises(ValueError, match="its queries and keys are not seen"):
        match(bloom, TEXT, 0, 0, 0, 0)
    other = llm_viz.load_model(tiny_folder("gpt2"), device="cpu").run(TEXT)
    with pytest.raises(ValueError, match="run the text again"):
        match(tiny, other, 0, 0, 0, 0)
    with pytest.raises(KeyError, match="run the text again with sites="):
        match(tiny, tiny.run(TEXT, ("q_rot", "k_rot")), 0, 0, 0, 0)


def test_the_furthest_of_a_small_vocabulary_are_all_of_it() -> None:
    assert furthest(np.array([1.0, 3.0, 2.0]), 5).tolist() == [1, 2, 0, 0, 2, 1]


@pytest.mark.real_model
def test_one_head_lowers_the_name_that_it_looks_at_and_another_raises_it(lm: LanguageModel) -> None:
    text = "When Mary and John went to the store, John gave a drink to"
    lowers = match(lm, text, 23, 3, -1, 10)
    assert lowers.top(1)[0] == ("·John", pytest.approx(0.658, abs=0.005))
    assert lowers.score == pytest.approx(3.50, abs=0.01)
    assert lowers.moved_tokens[5] == "·John"
    assert lowers.logits[10, 5] == pytest.approx(-2.33, abs=0.01)
    raises = match(lm, "Alice met the green dragon. Later Alice met the green", 23, 1, -1, 5)
    assert raises.top(1)[0] == ("·dragon", pytest.approx(0.672, abs=0.005))
    assert raises.moved_tokens[0] == "·dragon"
    assert raises.logits[5, 0] == pytest.approx(1.29, abs=0.01)


@pytest.mark.real_model
def test_a_previous_token_head_finds_its_token_by_the_fastest_clock(lm: LanguageModel) -> None:
    text = "When Mary and John went to the store, John gave a drink to"
    angles, adds = [], []
    for distance in (1, 2, 4):
        found = match(lm, text, 16, 0, 14, 14 - distance)
        before = (found.query[0] + 1j * found.query[32]) / (found.key[0] + 1j * found.key[32])
        assert np.degrees(np.angle(before)) == pytest.approx(-55, abs=2)  # whatever the token
        query, key = found.query_turned, found.key_turned
        after = (query[0] + 1j * query[32]) / (key[0] + 1j * key[32])
        angles.append(np.degrees(np.angle(after)))
        adds.append(found.products[0] + found.products[32])
    assert angles == pytest.approx([2.9, 59.6, 173.4], abs=0.3)
    assert adds == pytest.approx([49.5, 25.3, -47.3], abs=0.3)
    assert match(lm, text, 16, 0, 14, 13).share == pytest.approx(0.879, abs=0.005)
