"""A text at each stage of a model, against the trace and against torch's own arithmetic."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import llm_viz
from llm_viz.analyses.stages import ACTIVE, GUESSES, NEXT, STRONGEST, stages
from llm_viz.sampling import next_token_distribution

TEXT = "the cat sat on the mat"


@pytest.mark.parametrize("family", ["llama", "gpt2", "gpt_neox"])
def test_every_number_is_the_traces(tiny_folder, family) -> None:
    lm = llm_viz.load_model(tiny_folder(family), device="cpu")
    trace, made = lm.run(TEXT), stages(lm, TEXT)
    n, layers = len(trace), lm.dims.n_layers
    assert (made.tokens, made.token_ids) == (trace.tokens, trace.token_ids)
    assert made.lengths.shape == (2 * layers + 1, n)
    for layer in range(layers):
        before, middle = trace["resid_pre"][layer], trace["resid_mid"][layer]
        after = trace["resid_post"][layer]
        for row, state in ((2 * layer, before), (2 * layer + 1, middle), (2 * layer + 2, after)):
            for pos in range(n):
                assert made.lengths[row, pos] == pytest.approx(
                    torch.tensor(state[pos]).norm().item(), rel=1e-5
                )
        for half, site, onto in ((0, "attn_out", before), (1, "mlp_out", middle)):
            share = np.sqrt((trace[site][layer] ** 2).sum(-1) / (onto**2).sum(-1))
            np.testing.assert_allclose(made.added[2 * layer + half], share, rtol=1e-5)
        for head in range(lm.dims.n_heads):
            for query in range(n):
                row = list(trace["pattern"][layer, head, query])
                assert made.top_keys[layer, head, query] == row.index(max(row))
                assert made.top_shares[layer, head, query] == max(row)
        for pos in range(n):
            outputs = trace["mlp_post"][layer, pos]
            assert made.active[layer, pos] == sum(abs(value) > ACTIVE for value in outputs)
            ranked = sorted(range(len(outputs)), key=lambda i: -abs(outputs[i]))[:STRONGEST]
            assert list(made.strongest[layer, pos]) == ranked
            assert list(made.outputs[layer, pos]) == [outputs[i] for i in ranked]


def test_the_guesses_of_the_last_state_are_the_prediction(tiny) -> None:
    made, trace = stages(tiny, TEXT), tiny.run(TEXT)
    assert made.guesses.shape == (7, len(trace), GUESSES)
    assert np.array_equal(made.guesses[-1], made.next_ids[:, :GUESSES])
    for pos in range(len(trace)):
        whole = next_token_distribution(trace.logits_at(pos))
        assert list(made.next_ids[pos]) == list(whole.order[:NEXT])
        np.testing.assert_allclose(made.next_probs[pos], whole.probs[made.next_ids[pos]], rtol=1e-5)
        np.testing.assert_allclose(made.next_scores[pos], trace.logits_at(pos)[made.next_ids[pos]])


def test_one_token_and_too_many(tiny) -> None:
    made = stages(tiny, "")  # the start token alone
    assert made.top_shares.min() == 1
    assert np.isfinite(made.added).all()
    with pytest.raises(ValueError, match="reads at most 64"):
        stages(tiny, "cat " * 100)


def test_a_closed_model_says_so(tiny_folder) -> None:
    lm = llm_viz.load_model(tiny_folder("bloom"), device="cpu")
    with pytest.raises(ValueError, match="does not give"):
        stages(lm, TEXT)


@pytest.mark.real_model
def test_an_encoder_guesses_nothing() -> None:
    encoder = llm_viz.load_model("all-minilm-l6-v2", device="cpu")
    made = stages(encoder, "the bank of the river")
    assert made.lengths.shape == (13, len(made.tokens))
    assert (made.guesses, made.next_ids, made.next_scores, made.next_probs) == (None,) * 4
    assert made.top_keys.max() == len(made.tokens) - 1  # it looks ahead as well
