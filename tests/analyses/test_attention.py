"""Scores of heads: by hand on made patterns, by loops on tiny models, the known heads on ours."""

from __future__ import annotations

import dataclasses
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import llm_viz
from llm_viz.analyses.attention import (
    IN_WORDS,
    ROLES,
    SCORES,
    HeadScores,
    head_scores,
    repeated_text,
    repeated_token_scores,
)
from llm_viz.model import LanguageModel
from llm_viz.trace import Attention, Dims, ModelInfo, Trace

TEXT = "the cat sat on the mat and the dog ran to the cat"


def made(patterns: np.ndarray, ids: list[int], *, causal: bool = True) -> Trace:
    """A trace that holds just these patterns (layer, head, query, key)."""
    layers, heads = patterns.shape[:2]
    dims = Dims(layers, heads, heads, heads, 1, 1, 100, 8192)
    tokens = tuple(map(str, ids))
    attention = Attention(causal, (1.0,) * layers)
    arrays = {"pattern": patterns.astype(np.float32)}
    return Trace("", tokens, tuple(ids), ModelInfo("made", "llama", "0"), dims, attention, arrays)


def looking(ids: list[int], *back: int, causal: bool = True) -> HeadScores:
    """Scores of one layer; each head looks so many tokens back, or as far as there are tokens."""
    at = np.arange(len(ids))
    patterns = np.zeros((1, len(back), len(ids), len(ids)))
    for head, steps in enumerate(back):
        patterns[0, head, at, np.maximum(at - steps, 0)] = 1
    return head_scores(made(patterns, ids, causal=causal))


def by_loops(pattern: np.ndarray, ids: tuple[int, ...], causal: bool) -> dict[str, float]:
    """The definitions, cell by cell."""
    rows = range(len(ids))
    chosen = [i for i in rows if i >= 1 or not causal]
    twins = {i: [j for j in range(1, i - 1) if ids[j] == ids[i]] for i in rows}
    nexts = {i: [j + 1 for j in js if j + 1 <= i - 2] for i, js in twins.items()}

    def mean(values: list[float]) -> float:
        return sum(values) / len(values) if values else np.nan

    def share(cells: dict[int, list[int]]) -> float:
        return mean([sum(float(pattern[i, j]) for j in js) for i, js in cells.items() if js])

    looks = {i: [(j, float(pattern[i, j])) for j in rows if pattern[i, j] > 0] for i in chosen}
    return {
        "previous_token": mean([float(pattern[i, i - 1]) for i in rows if i >= 2]),
        "current_token": mean([float(pattern[i, i]) for i in rows if i >= 1]),
        "first_token": mean([float(pattern[i, 0]) for i in rows if i >= 2]),
        "duplicate_token": share(twins),
        "induction": share(nexts),
        "entropy": mean([-sum(a * np.log2(a) for _, a in looks[i]) for i in chosen]),
        "mean_distance": mean([sum(a * abs(i - j) for j, a in looks[i]) for i in chosen]),
    }


def test_each_role_is_told_from_the_others() -> None:
    ids = [0, 11, 12, 13, 14, 11, 12, 13, 14]  # a start token, then a block of four said twice
    scores = looking(ids, 1, 0, 99, 4, 3)
    for head, role in enumerate(ROLES):
        assert scores.job(0, head) == role
        for other in ROLES:
            # The first rows of a head that looks further back rest on the first token.
            if other == role or (other == "first_token" and head in (3, 4)):
                continue
            assert getattr(scores, other)[0, head] == 0, (role, other)
        assert getattr(scores, role)[0, head] == 1
    assert scores.entropy.max() == 0
    assert scores.mean_distance[0, :3] == pytest.approx([1, 0, 4.5])


def test_entropy_of_an_even_look_is_log2_of_its_width() -> None:
    pattern = np.tri(9) / np.arange(1, 10)[:, None]
    scores = head_scores(made(pattern[None, None], list(range(9))))
    assert scores.entropy[0, 0] == pytest.approx(np.mean(np.log2(np.arange(2, 10))), rel=1e-6)
    assert np.isnan(scores.duplicate_token).all()
    assert np.isnan(scores.induction).all()


def test_a_twin_next_to_its_like_is_the_token_before() -> None:
    scores = looking([0, 5, 5, 6, 7], 1)
    assert scores.previous_token[0, 0] == 1
    assert np.isnan(scores.duplicate_token[0, 0])
    scores = looking([0, 5, 6, 5, 7], 1, 2)  # what came next then is the token before now
    assert scores.duplicate_token[0].tolist() == [0, 1]
    assert np.isnan(scores.induction).all()


def test_the_first_token_said_again_is_no_twin() -> None:
    assert np.isnan(looking([5, 6, 7, 5], 3).duplicate_token[0, 0])
    assert np.isnan(looking([5, 6, 7, 8, 5], 3).induction[0, 0])


@given(
    ids=st.lists(st.integers(0, 3), min_size=1, max_size=12),
    causal=st.booleans(),
    seed=st.integers(0, 99),
)
@settings(deadline=None, max_examples=60)
def test_any_pattern_gives_what_the_definitions_give(
    ids: list[int], causal: bool, seed: int
) -> None:
    pattern = np.random.default_rng(seed).random((len(ids), len(ids))) ** 4
    if causal:
        pattern *= np.tri(len(ids))
    pattern /= pattern.sum(-1, keepdims=True)
    scores = head_scores(made(pattern[None, None], ids, causal=causal))
    for name, wanted in by_loops(pattern, tuple(ids), causal).items():
        found = getattr(scores, name)[0, 0]
        np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-6, err_msg=name)


@pytest.mark.parametrize("family", ["llama", "gpt2", "gpt_neox", "bloom"])
def test_every_head_of_a_model_is_scored_by_its_own_pattern(tiny_folder, family) -> None:
    lm = llm_viz.load_model(tiny_folder(family), device="cpu")
    trace = lm.run(TEXT, ("pattern",))
    scores = head_scores(trace)
    for layer in range(lm.dims.n_layers):
        for head in range(lm.dims.n_heads):
            pattern = trace["pattern"][layer, head]
            for name, wanted in by_loops(pattern, trace.token_ids, True).items():
                found = getattr(scores, name)[layer, head]
                np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-6, err_msg=name)


def test_one_token_has_no_scores_and_two_have_some(tiny: LanguageModel) -> None:
    alone = head_scores(tiny.run("", ("pattern",)))
    assert all(np.isnan(score).all() for score in alone.as_dict().values())
    assert alone.job(0, 0) is None
    assert alone.top("first_token") == []
    two = head_scores(tiny.run("the", ("pattern",)))
    assert np.isfinite([two.current_token, two.entropy, two.mean_distance]).all()
    assert np.isnan([two.previous_token, two.first_token, two.duplicate_token]).all()


def test_names_order_and_best(tiny: LanguageModel) -> None:
    scores = head_scores(tiny.run(TEXT, ("pattern",)))
    assert tuple(scores.as_dict()) == SCORES == tuple(IN_WORDS)
    best = scores.top("entropy", 4)
    assert best == sorted(best, key=lambda each: -each[2])
    layer, head, value = best[0]
    assert scores.entropy[layer, head] == scores.entropy.max() == np.float32(value)
    assert len(scores.top("entropy", 99)) == scores.entropy.size
    assert scores.top("entropy", 0) == []


def test_a_job_needs_its_share() -> None:
    scores = looking([0, 1, 2, 3, 4], 1)
    assert scores.job(0, 0) == scores.job(-1, -1) == "previous_token"
    half = dataclasses.replace(scores, previous_token=scores.previous_token / 2)
    assert half.job(0, 0, share=0.5) == "previous_token"
    assert half.job(0, 0, share=0.51) is None


def test_bad_input(tiny: LanguageModel) -> None:
    scores = looking([0, 1, 2], 1)
    with pytest.raises(KeyError, match="no score 'sink'; the scores are previous_token"):
        scores.top("sink")
    with pytest.raises(IndexError, match="layer 1 is out of range"):
        scores.job(1, 0)
    with pytest.raises(IndexError, match="head -2 is out of range"):
        scores.job(0, -2)
    with pytest.raises(KeyError, match="no 'pattern'"):
        head_scores(tiny.run(TEXT, ("logits",)))
    with pytest.raises(ValueError, match="needs at least 3"):
        repeated_text(tiny, 2)
    with pytest.raises(ValueError, match=r"has only \d+ tokens that are a word"):
        repeated_text(tiny, 5000)
    with pytest.raises(ValueError, match="sequences is 0"):
        repeated_token_scores(tiny, sequences=0)


def test_a_repeated_text_is_cut_as_it_was_put_together(tiny: LanguageModel) -> None:
    ids = tiny.token_ids(repeated_text(tiny, 6, 1), add_start=False)
    assert len(ids) == 12
    assert ids[:6] == ids[6:]
    assert len(set(ids[:6])) == 6
    assert repeated_text(tiny, 6, 1) == repeated_text(tiny, 6, 1) != repeated_text(tiny, 6, 2)


def test_repeated_scores_are_the_classic_stripes(tiny: LanguageModel) -> None:
    n = 5
    scores = repeated_token_scores(tiny, n_tokens=n, sequences=2, seed=3)
    texts = [repeated_text(tiny, n, seed) for seed in (3, 4)]
    patterns = [tiny.run(text)["pattern"] for text in texts]
    second = np.arange(n + 1, 2 * n + 1)  # after the start token and a block
    for name, back in (("duplicate_token", n), ("induction", n - 1)):
        stripes = [pattern[:, :, second, second - back].mean(-1) for pattern in patterns]
        np.testing.assert_allclose(getattr(scores, name), np.mean(stripes, axis=0), rtol=1e-5)


def test_a_long_text_is_scored_a_head_at_a_time(tiny: LanguageModel) -> None:
    n, heads = 600, 40
    random = np.random.default_rng(0)
    dims = Dims(2, heads, heads, heads, 4, 1, 100, 8192)
    arrays = {
        site: random.standard_normal((2, heads, n, 4)).astype(np.float32)
        for site in ("q_rot", "k_rot")
    }
    ids = tuple(random.integers(0, 50, n).tolist())
    trace = Trace(
        "", tuple(map(str, ids)), ids, tiny.info, dims, Attention(True, (0.5, 0.5)), arrays
    )
    tracemalloc.start()
    scores = head_scores(trace)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert np.isfinite(scores.induction).all()
    one = n * n * 4
    assert peak < 12 * one  # all of them would be 80


# --- the real model ---------------------------------------------------------------------------


@pytest.mark.real_model
def test_the_heads_that_are_known(lm: LanguageModel) -> None:
    scores = repeated_token_scores(lm)
    assert {each[:2] for each in scores.top("previous_token", 4)} >= {(16, 0), (11, 1), (1, 2)}
    best = scores.top("induction", 4)
    assert best[0][:2] == (18, 6)
    assert best[0][2] == pytest.approx(0.91, abs=0.03)
    assert {each[:2] for each in best[1:]} == {(17, 3), (17, 4), (17, 5)}
    (duplicate,) = scores.top("duplicate_token", 1)
    assert duplicate[:2] == (14, 3)
    assert duplicate[2] == pytest.approx(0.78, abs=0.05)
    assert [scores.job(*head) for head in ((16, 0), (18, 6), (14, 3), (18, 8))] == [
        "previous_token",
        "induction",
        "duplicate_token",
        "first_token",
    ]


@pytest.mark.real_model
def test_a_third_of_all_heads_rest_on_the_first_token(lm: LanguageModel) -> None:
    text = "When Mary and John went to the store, John gave a drink to Mary. Then they went home."
    sinks = head_scores(lm.run(text, ("pattern",))).first_token > 0.5
    assert 0.3 < sinks.mean() < 0.45


@pytest.mark.real_model
def test_repeated_texts_of_ours_are_cut_as_they_were_put_together(lm: LanguageModel) -> None:
    for seed in range(5):
        ids = lm.token_ids(repeated_text(lm, 100, seed), add_start=False)
        assert ids[:100] == ids[100:]
        assert len(set(ids)) == 100


@pytest.mark.real_model
def test_an_encoder_is_scored_too() -> None:
    encoder = llm_viz.load_model("all-minilm-l6-v2", device="cpu")
    scores = repeated_token_scores(encoder, n_tokens=10, sequences=2)
    assert scores.entropy.shape == (6, 12)
    assert all(np.isfinite(score).all() for score in scores.as_dict().values())
