"""Sampling: exact, ordered as documented, equal to the transformers library's own filters."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from transformers import MinPLogitsWarper, TopKLogitsWarper, TopPLogitsWarper

from llm_viz import next_token_distribution
from llm_viz.sampling import log_softmax

finite = st.floats(-40, 40, allow_nan=False, width=32)
parameters = st.fixed_dictionaries(
    {
        "temperature": st.floats(0.05, 5),
        "top_k": st.none() | st.integers(1, 60),
        "top_p": st.none() | st.floats(0.01, 1),
        "min_p": st.none() | st.floats(0, 1),
    }
)


def library(logits: np.ndarray, temperature, top_k, top_p, min_p) -> np.ndarray:
    """The same filters by the transformers library, in the same order."""
    scores = torch.tensor(logits, dtype=torch.float64)[None] / temperature
    if top_k is not None:
        scores = TopKLogitsWarper(top_k)(None, scores)
    if top_p is not None and top_p < 1:
        scores = TopPLogitsWarper(top_p)(None, scores)
    if min_p is not None:
        scores = MinPLogitsWarper(min_p)(None, scores)
    return scores.softmax(-1)[0].numpy()


@given(st.lists(finite, min_size=2, max_size=50))
def test_logarithms_of_the_probabilities(logits) -> None:
    rows = np.array([logits, logits[::-1]], np.float32)
    wanted = torch.tensor(rows, dtype=torch.float64).log_softmax(-1).numpy()
    np.testing.assert_allclose(log_softmax(rows), wanted, atol=1e-12)


@given(st.lists(finite, min_size=2, max_size=50, unique=True), parameters)
def test_equals_the_library_where_nothing_is_tied(logits, params) -> None:
    made = next_token_distribution(logits, **params)
    expected = library(np.array(logits), **params)
    # At the very edge of a share the two may round to different sides; there they may differ.
    edge = params["top_p"] is not None or params["min_p"] is not None
    if edge and not np.array_equal(made.kept, expected > 0):
        assume(abs(int(made.kept.sum()) - int((expected > 0).sum())) > 1)
    tiny = expected > 1e-300
    np.testing.assert_allclose(made.probs[tiny], expected[tiny], rtol=1e-6, atol=1e-12)


@given(st.lists(finite, min_size=1, max_size=50), parameters)
def test_what_always_holds(logits, params) -> None:
    made = next_token_distribution(logits, **params)
    assert made.probs.sum() == pytest.approx(1)
    assert not made.probs[~made.kept].any()
    assert made.kept.any()
    ranked = made.probs[made.order]
    assert (np.diff(ranked) <= 0).all()
    assert made.kept[made.order].tolist() == sorted(made.kept, reverse=True)  # a prefix
    assert 0 <= made.entropy <= math.log2(made.kept.sum()) + 1e-9
    size = made.nucleus_size(0.9)
    assert ranked[:size].sum() >= 0.9 - 1e-9
    assert size == 1 or ranked[: size - 1].sum() < 0.9 + 1e-9


def test_temperature_zero_is_greedy_and_its_limit() -> None:
    logits = [1.0, 3.0, 2.0, 3.0]
    zero = next_token_distribution(logits, temperature=0)
    assert zero.probs.tolist() == [0, 1, 0, 0]  # the lower id of the two equals
    assert zero.entropy == 0
    near = next_token_distribution([1.0, 3.0, 2.0], temperature=1e-300)
    assert near.probs.tolist() == [0, 1, 0]


def test_a_huge_temperature_is_uniform() -> None:
    made = next_token_distribution(np.linspace(-20, 20, 1000), temperature=1e300)
    np.testing.assert_allclose(made.probs, 1 / 1000)
    assert made.entropy == pytest.approx(math.log2(1000))


def test_ties_are_cut_by_id() -> None:
    made = next_token_distribution([0.0] * 6, top_k=2)
    assert np.flatnonzero(made.kept).tolist() == [0, 1]
    made = next_token_distribution([0.0] * 10, top_p=0.35)
    assert np.flatnonzero(made.kept).tolist() == [0, 1, 2, 3]
    made = next_token_distribution([0.0] * 10, min_p=1)
    assert made.kept.all()


def test_the_filters_apply_in_order_each_to_the_renormalised_rest() -> None:
    logits = np.log([0.4, 0.3, 0.2, 0.1])
    # Of all four, 0.7 takes two tokens; of the top three, renormalised to 4/9, 3/9, 2/9, also two.
    assert next_token_distribution(logits, top_k=3, top_p=0.7).kept.sum() == 2
    # Of the top two (4/7, 3/7), 0.5 takes one.
    assert next_token_distribution(logits, top_k=2, top_p=0.5).kept.sum() == 1
    assert next_token_distribution(logits, top_k=2, min_p=0.5).kept.sum() == 2
    assert next_token_distribution(logits, min_p=0.5).kept.sum() == 3


def test_whole_vocabulary_is_counted_not_the_largest_fifty() -> None:
    logits = np.zeros(49_152)
    logits[0] = 8.0
    made = next_token_distribution(logits)
    assert made.nucleus_size(0.9) > 40_000
    assert made.top(2)[0] == (0, pytest.approx(math.e**8 / (math.e**8 + 49_151)))


def test_masked_tokens_never_come() -> None:
    made = next_token_distribution([0.0, -math.inf, 1.0], temperature=5)
    assert made.probs[1] == 0
    assert 1 not in made.draw(np.random.default_rng(0), 1000)


def test_draws_follow_the_probabilities() -> None:
    made = next_token_distribution(np.log([0.5, 0.3, 0.15, 0.05]))
    drawn = made.draw(np.random.default_rng(1), 20_000)
    counts = np.bincount(drawn, minlength=4) / 20_000
    np.testing.assert_allclose(counts, made.probs, atol=0.012)
    one = made.draw(np.random.default_rng(1))
    assert isinstance(one, int)
    assert one == drawn[0]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"temperature": -0.1}, "temperature is -0.1"),
        ({"temperature": math.nan}, "temperature is nan"),
        ({"temperature": math.inf}, "temperature is inf"),
        ({"temperature": "hot"}, "temperature is 'hot'"),
        ({"temperature": True}, "temperature is True"),
        ({"top_k": 0}, "top_k is 0"),
        ({"top_k": 2.5}, "top_k is 2.5"),
        ({"top_k": math.nan}, "top_k is nan"),
        ({"top_k": math.inf}, "top_k is inf"),
        ({"top_p": 0}, "top_p is 0"),
        ({"top_p": 1.01}, "top_p is 1.01"),
        ({"top_p": math.nan}, "top_p is nan"),
        ({"min_p": -0.01}, "min_p is -0.01"),
        ({"min_p": math.nan}, "min_p is nan"),
    ],
)
def test_bad_parameters_are_named(arguments, message) -> None:
    with pytest.raises(ValueError, match=message):
        next_token_distribution([0.0, 1.0], **arguments)


@pytest.mark.parametrize(
    ("logits", "message"),
    [
        ([], "shape"),
        ([[1.0]], "shape"),
        ([1.0, math.nan], "NaN"),
        ([1.0, math.inf], "infinite"),
        ([-math.inf, -math.inf], "no token is left"),
    ],
)
def test_bad_logits_are_named(logits, message) -> None:
    with pytest.raises(ValueError, match=message):
        next_token_distribution(logits)
