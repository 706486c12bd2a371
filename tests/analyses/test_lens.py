"""The logit lens: labels that fit the numbers, the model's own prediction at the end, refusals."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import llm_viz
from llm_viz import Trace
from llm_viz.analyses.lens import Depth, logit_lens, token_paths
from llm_viz.model import LanguageModel

TEXT = "the cat sat on the"


@pytest.fixture(scope="module", params=["llama", "gpt2", "gpt_neox"])
def any_lm(request, tiny_folder) -> LanguageModel:
    return llm_viz.load_model(tiny_folder(request.param), device="cpu")


def probs_of(lm: LanguageModel, resid: np.ndarray) -> np.ndarray:
    logits = lm.readout(resid).astype(np.float64)
    p = np.exp(logits - logits.max(-1, keepdims=True))
    return p / p.sum(-1, keepdims=True)


def test_every_depth_reads_its_own_stream(any_lm: LanguageModel) -> None:
    trace = any_lm.run(TEXT)
    lens = logit_lens(any_lm, trace, k=4, halves=True)
    assert [depth.label for depth in lens.depths[:3]] == [
        "embedding",
        "layer 0, attention only",
        "layer 0",
    ]
    assert lens.tokens == trace.tokens
    assert lens.read_ids == trace.token_ids
    assert lens.token_ids.shape == (7, len(trace), 4)
    for i, (layer, part) in enumerate(lens.depths):
        site = {"embedding": "resid_pre", "attention": "resid_mid", "block": "resid_post"}[part]
        p = probs_of(any_lm, trace[site][max(layer, 0)])
        picked = np.take_along_axis(p, lens.token_ids[i], -1)
        np.testing.assert_allclose(lens.probs[i], picked, rtol=1e-4)
        np.testing.assert_allclose(lens.entropy[i], -(p * np.log2(p)).sum(-1), atol=1e-4)


def test_after_the_last_block_it_is_the_models_own_prediction(any_lm: LanguageModel) -> None:
    trace = any_lm.run(TEXT)
    lens = logit_lens(any_lm, TEXT, k=5)
    order = np.argsort(-trace["logits"], -1, kind="stable")[:, :5]
    np.testing.assert_array_equal(lens.token_ids[-1], order)
    own = np.take_along_axis(trace["logits"], order, -1)
    np.testing.assert_allclose(lens.logits[-1], own, atol=1e-5)
    assert (lens.kl[-1] == 0).all()
    assert (lens.kl[:-1] > 0).all()


def test_positions_and_layers_are_taken_as_asked(tiny: LanguageModel) -> None:
    whole = logit_lens(tiny, TEXT, k=3, tokens=["t"])
    some = logit_lens(tiny, TEXT, k=3, tokens=["t"], positions=[-1, 2], layers=[-1, 0])
    assert some.positions == (len(whole.positions) - 1, 2)
    assert some.tokens == (whole.tokens[-1], whole.tokens[2])
    assert some.depths == (Depth(2, "block"), Depth(0, "block"))
    at = np.ix_([3, 1], [len(whole.positions) - 1, 2])
    np.testing.assert_array_equal(some.token_ids, whole.token_ids[at])
    np.testing.assert_allclose(some.kl, whole.kl[at], atol=1e-5)
    np.testing.assert_array_equal(some.paths.ranks, whole.paths.ranks[at])
    (early,) = logit_lens(tiny, TEXT, layers=[0], positions=[2]).kl  # still held to the end
    np.testing.assert_allclose(early, whole.kl[1, 2], atol=1e-5)


def test_top_and_best_name_tokens(tiny: LanguageModel) -> None:
    lens = logit_lens(tiny, TEXT, k=6)
    wanted = [tiny.tokenizer.show(int(i)) for i in lens.token_ids[1, 2]]
    assert [token for token, _ in lens.top(4, depth=1, position=2)] == wanted[:4]
    assert len(lens.top(99)) == 6
    assert lens.top(0) == []
    (label, token, p), *_, last = lens.best(position=2)
    assert (label, token, p) == ("embedding", *lens.top(1, depth=0, position=2)[0])
    assert last[0] == "layer 2"
    with pytest.raises(IndexError, match="depth 4 is out of range; 4 were read, 0 to 3"):
        lens.top(depth=4)
    with pytest.raises(IndexError, match="position 99 was not read"):
        lens.top(position=99)


def test_paths_follow_rank_and_probability(any_lm: LanguageModel) -> None:
    trace = any_lm.run(TEXT)
    paths = token_paths(any_lm, trace, ["t", 7], positions := [-1, 1])
    streams = np.concatenate([trace["resid_pre"], trace["resid_final"][None]])[:, positions]
    p = probs_of(any_lm, streams)
    order = np.argsort(-any_lm.readout(streams), -1, kind="stable")
    for i, token in enumerate([any_lm.token_id("t"), 7]):
        assert (paths.token_ids[:, i] == token).all()
        np.testing.assert_allclose(paths.probs[..., i], p[..., token], rtol=1e-4)
        np.testing.assert_array_equal(paths.ranks[..., i], 1 + np.argsort(order, -1)[..., token])
    assert paths.top(1)[0][1] == paths.probs[-1, 1].max()


def test_the_first_depth_at_a_rank_is_found(tiny: LanguageModel) -> None:
    best = logit_lens(tiny, TEXT, k=1).token_ids[:, -1, 0]
    paths = token_paths(tiny, TEXT, [int(best[-1])])
    (where,) = paths.first().values()
    assert where == paths.depths[list(best).index(best[-1])]
    never = next(i for i in range(tiny.dims.d_vocab) if i not in best)
    assert list(token_paths(tiny, TEXT, [never]).first().values()) == [None]


def test_the_final_favourites_are_followed(tiny: LanguageModel) -> None:
    lens = logit_lens(tiny, TEXT, k=3, tokens=["t"], follow=2)
    np.testing.assert_array_equal(lens.paths.token_ids[:, 1:], lens.token_ids[-1, :, :2])
    np.testing.assert_array_equal(lens.paths.ranks[-1, :, 1:], [[1, 2]] * len(lens.positions))
    assert {int(i) for i in lens.paths.token_ids.flat} <= lens.shown.keys()


class TestRefusals:
    def test_texts(self, tiny: LanguageModel) -> None:
        with pytest.raises(ValueError, match="half of a surrogate pair"):
            logit_lens(tiny, "a \ud83d b")
        with pytest.raises(ValueError, match="reads at most 64"):
            logit_lens(tiny, "the " * 2000)
        assert logit_lens(tiny, "").tokens == ("<s>",)  # the start token alone

    def test_tokens(self, tiny: LanguageModel) -> None:
        with pytest.raises(
            ValueError, match=r"'zebra' is not one token .* 5: z \| e \| b \| r \| a"
        ):
            token_paths(tiny, TEXT, "zebra")
        with pytest.raises(ValueError, match="is empty; give the text of one"):
            token_paths(tiny, TEXT, [""])
        with pytest.raises(ValueError, match="no token to follow"):
            token_paths(tiny, TEXT, [])
        with pytest.raises(ValueError, match="half of a surrogate pair"):
            token_paths(tiny, TEXT, "\udc00")
        with pytest.raises(IndexError, match="there is no token 300"):
            token_paths(tiny, TEXT, [300])

    def test_places(self, tiny: LanguageModel) -> None:
        with pytest.raises(IndexError, match="position 99 is out of range"):
            logit_lens(tiny, TEXT, positions=[99])
        with pytest.raises(IndexError, match="layer 3 is out of range; it goes from 0 to 2"):
            logit_lens(tiny, TEXT, layers=[3])
        with pytest.raises(ValueError, match="positions is empty"):
            logit_lens(tiny, TEXT, positions=[])
        with pytest.raises(ValueError, match="layers is empty"):
            logit_lens(tiny, TEXT, layers=[])

    def test_traces(self, tiny: LanguageModel) -> None:
        trace = tiny.run(TEXT)
        with pytest.raises(KeyError, match="resid_pre"):
            logit_lens(tiny, trace.select(("logits",)))
        with pytest.raises(KeyError, match="resid_mid"):
            logit_lens(tiny, trace.select(("resid_pre", "resid_final")), halves=True)
        info = dataclasses.replace(trace.model, id="another", weight_hash="0")
        foreign = Trace(
            trace.text, trace.tokens, trace.token_ids, info, trace.dims, trace.attention, {}
        )
        with pytest.raises(ValueError, match="the trace is of another and the model is"):
            logit_lens(tiny, foreign)

    def test_a_model_read_from_outside(self, tiny_folder) -> None:
        bloom = llm_viz.load_model(tiny_folder("bloom"), device="cpu")
        with pytest.raises(ValueError, match="read from outside"):
            logit_lens(bloom, TEXT)


@pytest.mark.real_model
def test_the_city_of_tokyo_comes_late(lm: LanguageModel) -> None:
    prompt = "The capital of Japan is the city of"
    lens = logit_lens(lm, prompt, tokens=[" Tokyo"])
    np.testing.assert_allclose(lens.probs[-1, -1].sum(), 1, atol=0.5)
    trace = lm.run(prompt, sites=("logits",))
    best = np.argsort(-trace["logits"], -1, kind="stable")[:, :10]
    np.testing.assert_array_equal(lens.token_ids[-1], best)
    (where,) = lens.paths.first().values()
    assert where is None or where.layer >= 20
