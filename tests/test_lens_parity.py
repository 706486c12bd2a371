"""The logit lens that JavaScript is held to: up to date, and the package agrees with it."""

from __future__ import annotations

import json

import numpy as np
import pytest

from llm_viz.analyses.lens import logit_lens
from llm_viz.model import LanguageModel
from llm_viz.widgets.lens_file import unpack
from tests.fixtures import make_lens

HELD = json.loads((make_lens.FOLDER / "lens.json").read_text(encoding="utf-8"))
CONTENT = (make_lens.FOLDER / "lens.safetensors").read_bytes()


@pytest.fixture(scope="module")
def made() -> LanguageModel:
    return make_lens.model()


def test_the_fixture_is_up_to_date(made: LanguageModel) -> None:
    """To within rounding: another processor adds in another order."""
    fresh = make_lens.expected(made)
    assert fresh.keys() == HELD.keys()
    for name in ("tokens", "token_ids", "followed", "ranks"):
        assert fresh[name] == HELD[name], "run `python -m tests.fixtures.make_lens`"
    for name in ("probabilities", "entropy", "divergence", "path_probabilities"):
        np.testing.assert_allclose(fresh[name], HELD[name], rtol=1e-3, atol=1e-6)
    told, arrays = unpack(make_lens.packed(made))
    held_told, held = unpack(CONTENT)
    assert told == held_told
    for name, array in held.items():
        np.testing.assert_allclose(arrays[name], array, atol=2e-3, err_msg=name)


def test_the_package_agrees(made: LanguageModel) -> None:
    lens = logit_lens(
        made,
        make_lens.TEXT,
        k=make_lens.KEPT,
        halves=True,
        tokens=make_lens.TOKENS,
        follow=make_lens.FOLLOW,
    )
    assert lens.token_ids.tolist() == HELD["token_ids"]
    assert lens.paths.token_ids.tolist() == HELD["followed"]
    assert lens.paths.ranks.tolist() == HELD["ranks"]
    np.testing.assert_allclose(lens.probs, HELD["probabilities"], rtol=1e-4)
    np.testing.assert_allclose(lens.paths.probs, HELD["path_probabilities"], rtol=1e-4)
    np.testing.assert_allclose(lens.entropy, HELD["entropy"], atol=1e-4)
    np.testing.assert_allclose(lens.kl, HELD["divergence"], atol=1e-4)


def test_a_packed_probability_is_off_by_at_most_what_is_said() -> None:
    _, arrays = unpack(CONTENT)
    for name, wanted in (
        ("log_probs", "probabilities"),
        ("path_log_probs", "path_probabilities"),
    ):
        np.testing.assert_allclose(np.exp(arrays[name]), HELD[wanted], rtol=6e-4)
