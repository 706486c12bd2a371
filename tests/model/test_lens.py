"""Readings: the same figures as from all logits at once, whatever the blocks."""

from __future__ import annotations

from unittest import mock

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import llm_viz
from llm_viz.model import LanguageModel, lens

FAMILIES = ["llama", "gpt2", "gpt_neox"]


@pytest.fixture(scope="module", params=FAMILIES)
def any_lm(request, tiny_folder) -> LanguageModel:
    return llm_viz.load_model(tiny_folder(request.param), device="cpu")


def streams(lm: LanguageModel, text: str = "the cat sat on the mat") -> np.ndarray:
    trace = lm.run(text)
    return np.concatenate([trace["resid_pre"], trace["resid_final"][None]])


def in_full(lm: LanguageModel, resid: np.ndarray) -> dict[str, np.ndarray]:
    """The same figures, from the logits of every stream in double precision."""
    logits = lm.readout(resid).astype(np.float64)
    top = logits.max(-1, keepdims=True)
    log_sum = np.log(np.exp(logits - top).sum(-1)) + top[..., 0]
    log_p = logits - log_sum[..., None]
    p = np.exp(log_p)
    return {
        "order": np.argsort(-logits, axis=-1, kind="stable"),
        "logits": logits,
        "log_sum": log_sum,
        "entropy": -(p * log_p).sum(-1) / np.log(2),
        "kl": (p * (log_p - log_p[-1])).sum(-1) / np.log(2),
    }


def test_the_figures_are_those_of_all_logits(any_lm: LanguageModel) -> None:
    resid = streams(any_lm)
    found, full = any_lm.readings(resid, k=7), in_full(any_lm, resid)
    picked = np.take_along_axis(full["logits"], found.token_ids, -1)
    np.testing.assert_allclose(found.logits, picked, atol=1e-5)
    np.testing.assert_allclose(picked, -np.sort(-full["logits"], -1)[..., :7], atol=1e-5)
    for name in ("log_sum", "entropy", "kl"):
        np.testing.assert_allclose(getattr(found, name), full[name], atol=2e-5)
    assert (found.kl[-1] == 0).all()
    assert (found.entropy >= 0).all()


def test_the_last_stream_gives_the_models_own_prediction(any_lm: LanguageModel) -> None:
    trace = any_lm.run("the dog ran")
    found = any_lm.readings(trace["resid_final"][None], k=5)
    best = np.argsort(-trace["logits"], -1, kind="stable")[:, :5]
    np.testing.assert_array_equal(found.token_ids[0], best)
    np.testing.assert_allclose(
        found.logits[0], np.take_along_axis(trace["logits"], best, -1), atol=1e-5
    )


@pytest.mark.parametrize("rows", [1, 2, 3, 5, 64])
def test_blocks_change_nothing(tiny: LanguageModel, rows: int) -> None:
    resid = streams(tiny)
    whole = tiny.readings(resid, k=4, token_ids=[5, 9], follow=2)
    with mock.patch.object(lens, "BLOCK_BYTES", rows * 4 * tiny.dims.d_vocab):
        found = tiny.readings(resid, k=4, token_ids=[5, 9], follow=2)
    for name in ("token_ids", "chosen_ids", "ranks"):
        np.testing.assert_array_equal(getattr(found, name), getattr(whole, name))
    for name in ("logits", "log_sum", "entropy", "kl", "chosen_logits"):
        np.testing.assert_allclose(getattr(found, name), getattr(whole, name), atol=1e-5)


def test_no_block_is_larger_than_it_may_be() -> None:
    for n, n_pos, most in ((31, 50, 40), (31, 50, 100), (7, 3, 2), (1, 9, 4), (5, 1, 5)):
        seen = np.zeros((n, n_pos), int)
        for positions, rows in lens.blocks(n, n_pos, most):
            assert seen[rows, positions].size <= most
            if rows.stop < n:
                assert seen[-1, positions].all(), "the last stream comes first"
            seen[rows, positions] += 1
        assert (seen == 1).all()


def test_chosen_tokens_have_their_logits_and_ranks(any_lm: LanguageModel) -> None:
    resid = streams(any_lm)
    full = in_full(any_lm, resid)
    each = np.arange(resid.shape[1] * 3).reshape(-1, 3)  # others at each position
    found = any_lm.readings(resid, k=3, token_ids=each, follow=2)
    np.testing.assert_array_equal(found.chosen_ids[:, :3], each)
    np.testing.assert_array_equal(found.chosen_ids[:, 3:], found.token_ids[-1, :, :2])
    places = np.argsort(full["order"], -1)
    for at in range(resid.shape[1]):
        for i, token in enumerate(found.chosen_ids[at]):
            np.testing.assert_allclose(
                found.chosen_logits[:, at, i], full["logits"][:, at, token], atol=1e-5
            )
            np.testing.assert_array_equal(found.ranks[:, at, i], 1 + places[:, at, token])


FEW = st.sampled_from([-2.5, -1.0, -0.0, 0.0, 1.0, 3.5, float(np.float32(1e30))])


@settings(max_examples=60, deadline=None)
@given(st.data(), st.sampled_from([3, 63, 64, 65, 200, 1500]), st.integers(1, 12))
def test_ties_keep_the_order_of_their_ids(data: st.DataObject, d_vocab: int, k: int) -> None:
    """A few values over many tokens: almost everything is a tie."""
    shape = (2, d_vocab)
    rows = data.draw(arrays.arrays(np.float32, shape, elements=FEW, fill=FEW))
    k = min(k, d_vocab)
    ids, best = lens.best_tokens(torch.from_numpy(rows), k)
    wanted = np.argsort(-rows, -1, kind="stable")[:, :k]
    np.testing.assert_array_equal(ids.numpy(), wanted)
    np.testing.assert_array_equal(best.numpy(), np.take_along_axis(rows, wanted, -1))


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_ranks_are_places_in_that_order(data: st.DataObject) -> None:
    d_vocab = 40
    rows = data.draw(arrays.arrays(np.float32, (1, 2, d_vocab), elements=FEW))
    tokens = np.arange(d_vocab)[None]
    empty = np.empty((2, 1, 0))
    made = lens.Readings(
        *[empty] * 5, tokens, np.empty((2, 1, d_vocab)), np.empty((2, 1, d_vocab), int)
    )
    lens._follow(torch.from_numpy(rows), made, slice(0, 1), slice(0, 2))
    for row, ranks in zip(rows[0], made.ranks[:, 0], strict=True):
        order = np.argsort(-row, kind="stable")
        np.testing.assert_array_equal(ranks[order], 1 + np.arange(d_vocab))


def test_half_precision_is_read_as_well(tiny_folder) -> None:
    lm = llm_viz.load_model(tiny_folder("llama"), device="cpu", dtype="bfloat16")
    resid = streams(lm)
    found, full = lm.readings(resid, k=3), in_full(lm, resid)
    np.testing.assert_allclose(found.entropy, full["entropy"], atol=1e-3)


class TestRefusals:
    @pytest.mark.parametrize("shape", [(3, 24), (1, 2, 23), (0, 2, 24), (2, 0, 24)])
    def test_shapes(self, tiny: LanguageModel, shape: tuple[int, ...]) -> None:
        with pytest.raises(ValueError, match=r"resid has shape .* expected \(n, pos, 24\)"):
            tiny.readings(np.zeros(shape))

    @pytest.mark.parametrize(("k", "follow"), [(0, 0), (301, 0), (3, 4), (3, -1)])
    def test_numbers(self, tiny: LanguageModel, k: int, follow: int) -> None:
        with pytest.raises(ValueError, match=f"k is {k} and follow is {follow}"):
            tiny.readings(np.zeros((1, 1, 24)), k=k, follow=follow)

    def test_tokens(self, tiny: LanguageModel) -> None:
        resid = np.zeros((1, 2, 24))
        for wrong in (300, -1):
            with pytest.raises(
                IndexError, match=f"there is no token {wrong}; ids go from 0 to 299"
            ):
                tiny.readings(resid, token_ids=[3, wrong])
        with pytest.raises(ValueError, match=r"token_ids have shape \(3, 1\)"):
            tiny.readings(resid, token_ids=[[1], [2], [3]])

    def test_a_model_read_from_outside(self, tiny_folder) -> None:
        bloom = llm_viz.load_model(tiny_folder("bloom"), device="cpu")
        with pytest.raises(ValueError, match="read from outside: reading out a residual stream"):
            bloom.readings(np.zeros((1, 1, 24)))
