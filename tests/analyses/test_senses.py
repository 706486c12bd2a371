"""How far senses lie apart: by hand, by brute force, and where there is nothing to compare."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llm_viz.analyses import compare_groups, half_way, sense_gap, word_vectors
from llm_viz.analyses.senses import centred_cosines, plane


def made(seed: int, apart: float, n: int = 4, depths: int = 3, d: int = 20) -> np.ndarray:
    """``2 n`` vectors of two senses that lie ``apart`` along one direction."""
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(2 * n, depths, d)) + 5
    vectors[n:, :, 0] += apart
    return vectors.astype(np.float32)


MARKS = [0] * 4 + [1] * 4


def by_hand(vectors: np.ndarray, marks: list[int]) -> tuple[float, float]:
    """Mean cosine within and between the senses at one depth, pair by pair."""
    left = vectors - vectors.mean(axis=0)
    within, between = [], []
    for i, j in itertools.combinations(range(len(left)), 2):
        cosine = left[i] @ left[j] / np.linalg.norm(left[i]) / np.linalg.norm(left[j])
        (within if marks[i] == marks[j] else between).append(cosine)
    return float(np.mean(within)), float(np.mean(between))


def test_two_points_a_sense_are_as_far_apart_as_can_be() -> None:
    vectors = np.array([[[1.0, 0]], [[1.0, 0]], [[-1.0, 0]], [[-1.0, 0]]])
    found = sense_gap(vectors, "aabb")
    assert (found.within[0], found.between[0], found.gap[0]) == (1, -1, 2)
    assert (found.low[0], found.high[0]) == (2, 2)
    assert found.nearest.tolist() == [[1, 0, 3, 2]]


@given(st.integers(0, 1000), st.floats(0, 5))
@settings(max_examples=25, deadline=None)
def test_the_gap_is_that_of_all_pairs(seed: int, apart: float) -> None:
    vectors = made(seed, apart)
    found = sense_gap(vectors, MARKS, resamples=20)
    for depth in range(3):
        within, between = by_hand(vectors[:, depth].astype(float), MARKS)
        assert found.within[depth] == pytest.approx(within, abs=1e-6)
        assert found.between[depth] == pytest.approx(between, abs=1e-6)
    assert found.gap[found.best] == found.gap.max()
    # the order of the sentences is of no account
    order = np.random.default_rng(seed).permutation(8)
    again = sense_gap(vectors[order], [MARKS[i] for i in order], resamples=20)
    np.testing.assert_allclose(again.gap, found.gap, atol=1e-6)


def test_the_interval_is_seeded_and_tells_sense_from_none() -> None:
    apart, together = sense_gap(made(1, 6), MARKS), sense_gap(made(1, 0), MARKS)
    assert (apart.low > 0.2).all()
    assert (together.low < 0).any()
    again = sense_gap(made(1, 6), MARKS)
    np.testing.assert_array_equal(again.low, apart.low)
    assert (sense_gap(made(1, 6), MARKS, seed=1).low != apart.low).any()
    wide, narrow = (sense_gap(made(1, 1), MARKS, confidence=c) for c in (0.95, 0.5))
    assert (wide.high - wide.low > narrow.high - narrow.low).all()


def test_a_sentence_drawn_twice_is_not_compared_with_itself() -> None:
    """With two sentences of a sense, half of the draws hold one twice, and say nothing."""
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(4, 1, 30))
    found = sense_gap(vectors, [0, 0, 1, 1])
    within, _ = by_hand(vectors[:, 0], [0, 0, 1, 1])
    assert found.high[0] < 1 + abs(within)  # a cosine of 1 with itself would show
    assert np.isfinite([found.low, found.high]).all()


def test_the_centre_is_the_question() -> None:
    vectors = made(2, 6)
    far = vectors.mean(axis=0) - 100
    own, among = sense_gap(vectors, MARKS), sense_gap(vectors, MARKS, far)
    assert (among.within > 0.99).all()
    assert (among.gap < own.gap / 10).all()


def test_vectors_that_coincide_have_cosine_one_and_no_gap() -> None:
    same = np.tile(made(3, 0)[:1], (8, 1, 1))
    found = sense_gap(same, MARKS)
    for held in (found.gap, found.low, found.high):
        np.testing.assert_array_equal(held, 0)
    np.testing.assert_array_equal(found.within, 1)
    np.testing.assert_array_equal(found.nearest, np.tile(np.arange(8), (3, 1)))
    noisy = same * (1 + 1e-7 * np.random.default_rng(0).normal(size=same.shape))
    np.testing.assert_array_equal(sense_gap(noisy, MARKS).gap, 0)
    one_apart = np.concatenate([same, made(4, 0)[:1]])
    assert centred_cosines(one_apart, same[0])[0, -1, :-1].tolist() == [0] * 8


@pytest.mark.parametrize(
    ("marks", "told"),
    [
        (["money"] * 7 + ["river"], "sense 'river' has one sentence only"),
        (["money"] * 8, "all sentences are of one sense"),
        (["money"] * 3, "8 vectors and 3 senses"),
    ],
)
def test_where_nothing_can_be_compared_it_says_so(marks, told) -> None:
    with pytest.raises(ValueError, match=told):
        sense_gap(made(0, 1), marks)


def test_groups_of_words() -> None:
    rng = np.random.default_rng(0)
    high, low = rng.normal(1, 0.1, (8, 2)), rng.normal(0, 0.1, (8, 2))
    found = compare_groups(high, low)
    np.testing.assert_allclose(found.first[:, 0], high.mean(axis=0))
    np.testing.assert_allclose(found.difference[:, 0], high.mean(axis=0) - low.mean(axis=0))
    assert (found.difference[:, 1] > 0.8).all()
    for row in (*found.first, *found.second, *found.difference):
        assert row[1] <= row[0] <= row[2]
    alike = compare_groups(high, high)
    assert (alike.difference[:, 1] < 0).all()
    assert (alike.difference[:, 2] > 0).all()
    with pytest.raises(ValueError, match="two or more words"):
        compare_groups(high[:1], low)
    with pytest.raises(ValueError, match="as many depths"):
        compare_groups(high, low[:, :1])


def test_half_way_by_hand() -> None:
    """Two words a group: a draw is one word twice (1 in 4 for each) or both (1 in 2)."""
    first = [[0, 0.4, 1, 0], [0, 0.6, 1, 0]]
    # means: 0.4 (twice the first word), 0.5, 0.6; of 1, so depth 2, 1, 1
    second = [[0, 0, 0, 4], [0, 0, 4, 4]]
    # means at depth 2: 0, 2, 4; of 4, so depth 3, 2, 2
    found = half_way(first, second, resamples=20_000)
    assert found.first == (1, 1, 2)
    assert found.second == (2, 2, 3)
    # the first is later in no draw, and there is a tie in 1/4 * 3/4 of them
    assert found.earlier == pytest.approx(1 - 3 / 32, abs=0.01)
    narrow = half_way(first, second, confidence=0.4)
    assert (narrow.first, narrow.second) == ((1, 1, 1), (2, 2, 2))


def test_half_way_is_of_the_own_maximum_and_a_draw_may_never_get_there() -> None:
    rise = np.array([[0, 0.1, 0.3, 0.5], [0, 0.2, 0.3, 0.5]])
    found = half_way(rise, 3 * rise)  # larger everywhere, but no earlier
    assert found.first == found.second == (2, 2, 2)
    assert found.earlier == 0.5
    steep = [[0, 1, 1, 1], [0, 1, 1, 1]]
    assert half_way(steep, rise).earlier == 1
    assert half_way(rise, steep).earlier == 0
    some_never = half_way([[-1, -1, -1, -2], [0, 0, 0, 4]], rise)
    assert some_never.first == (3, 3, 4)  # 4: one past the last depth
    assert half_way(rise, steep, seed=1) == half_way(rise, steep, seed=1)


def test_where_no_depth_is_half_way_it_says_so() -> None:
    rise, flat = np.array([[0, 1.0], [0, 2.0]]), np.zeros((2, 2))
    with pytest.raises(ValueError, match="second group's mean gap is nowhere above 0"):
        half_way(rise, flat)
    with pytest.raises(ValueError, match="first group's mean gap is nowhere above 0"):
        half_way(flat - 1, rise)
    with pytest.raises(ValueError, match="two or more words"):
        half_way(rise[:1], rise)
    with pytest.raises(ValueError, match="as many depths"):
        half_way(rise, rise[:, :1])


def test_the_plane_is_fixed_and_sees_the_widest_side() -> None:
    vectors = made(5, 8)
    flat = plane(vectors)
    np.testing.assert_allclose(flat.axes @ flat.axes.T, np.eye(2), atol=1e-9)
    places = flat.place(vectors)
    assert places.shape == (8, 3, 2)
    np.testing.assert_allclose(places.mean(axis=0), 0, atol=1e-6)
    assert abs(places[:4, :, 0].mean() - places[4:, :, 0].mean()) > 3 * places[:4, :, 0].std()
    length = np.linalg.norm(vectors.astype(float).mean(axis=0), axis=-1)
    one = (vectors[0] - vectors.mean(axis=0)) @ flat.axes[0] / length
    np.testing.assert_allclose(places[0, :, 0], one, atol=1e-6)
    assert 0 < flat.seen < 1
    assert plane(np.ones((3, 2, 4))).seen == 0  # nothing to see
    with pytest.raises(ValueError, match="at least two"):
        plane(vectors[:1])


def test_what_stands_behind_a_word_is_nothing_to_a_causal_model(tiny) -> None:
    """Whatever follows, and however the texts are padded, the word's vectors are the same."""
    sentences = [
        "the cat sat",
        "the cat ran to the red house by the river",
        "the cat",
        "the cat 😀",
    ]
    vectors = word_vectors(tiny, sentences, "cat").vectors
    found = sense_gap(vectors, "aabb")
    np.testing.assert_array_equal(found.gap, 0)
    np.testing.assert_allclose(vectors, np.tile(vectors[:1], (4, 1, 1)), atol=1e-5)
