"""Reading tokens on: the same as reading them at once, and the same to the last bit again."""

from __future__ import annotations

import numpy as np
import pytest

import llm_viz
from llm_viz.model import LanguageModel

TEXT = "the cat sat on the mat and the dog ran"


@pytest.mark.parametrize("family", ["llama", "gpt2", "gpt_neox", "bloom"])
def test_steps_give_the_logits_of_a_run(family: str, tiny_folder) -> None:
    lm = llm_viz.load_model(tiny_folder(family), device="cpu")
    ids, logits = lm.token_ids(TEXT), lm.run(TEXT)["logits"]
    stepper, again = lm.stepper(len(ids)), lm.stepper(len(ids))
    pieces = [ids[:3], *([i] for i in ids[3:])]
    for end, piece in enumerate(pieces, 2):
        read = stepper.read(piece)
        assert read.dtype == np.float32
        np.testing.assert_allclose(read, logits[end], atol=1e-4)
        np.testing.assert_array_equal(read, again.read(piece))


def test_log_probs_are_those_of_a_run(tiny: LanguageModel) -> None:
    ids, logits = tiny.token_ids(TEXT), tiny.run(TEXT)["logits"].astype(float)
    expected = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    found = tiny.token_log_probs(ids)
    np.testing.assert_allclose(found, expected[range(len(ids) - 1), ids[1:]], atol=1e-5)
    assert tiny.token_log_probs(ids[:1]).shape == (0,)


def test_the_token_after_a_full_context_is_predicted(tiny: LanguageModel) -> None:
    ids = (tiny.token_ids(TEXT) * 9)[: tiny.dims.n_ctx + 1]
    assert len(tiny.token_log_probs(ids)) == tiny.dims.n_ctx
    with pytest.raises(ValueError, match="66 tokens; expected 1 to 65"):
        tiny.token_log_probs([*ids, 5])


def test_edits_are_in_force(tiny: LanguageModel) -> None:
    ids = tiny.token_ids(TEXT)
    plain = tiny.token_log_probs(ids), tiny.stepper().read(ids)
    with tiny.ablate(mlps=[0]):
        changed = tiny.token_log_probs(ids), tiny.stepper().read(ids)
    for before, after in zip(plain, changed, strict=True):
        assert np.abs(before - after).max() > 1e-4


def test_bad_input_is_refused(tiny: LanguageModel) -> None:
    for room in (0, -1, tiny.dims.n_ctx + 1):
        with pytest.raises(ValueError, match=f"room is {room}; expected 1 to .* 64"):
            tiny.stepper(room)
    stepper = tiny.stepper(3)
    stepper.read([5, 6])
    for piece in ([], [5, 6]):
        with pytest.raises(ValueError, match=f"{len(piece)} tokens to read; expected 1 to 1"):
            stepper.read(piece)
    with pytest.raises(IndexError, match="no token 300"):
        stepper.read([300])
    with pytest.raises(ValueError, match="0 tokens"):
        tiny.token_log_probs([])
    with pytest.raises(IndexError, match="no token -1"):
        tiny.token_log_probs([5, -1])
