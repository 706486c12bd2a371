"""Directions: where words fall, what projection takes away, and what it leaves."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_viz.analyses import direction, positions, what_remains, without
from llm_viz.model.vector_files import keyed

PEOPLE = keyed(
    ["he", "she", "nurse", "engineer", "rock", "twin"],
    np.array([[-2, 0, 1], [1, 0, 0.5], [1, 1, 1], [-1, 2, 1], [0, 0, 7], [-4, 0, 2]], np.float32),
)


def test_a_direction_by_hand() -> None:
    found = direction(PEOPLE, ["he"], ["She"])
    assert (found.low, found.high) == (("he",), ("she",))
    # (1, 0, .5) / |…| - (-2, 0, 1) / |…| has equal parts along z, which cancel.
    np.testing.assert_allclose(found.vector, [1, 0, 0], atol=1e-6)
    assert "several words" in found.note
    assert direction(PEOPLE, ["he", "engineer"], ["she", "nurse"]).note == ""


def test_positions_by_hand() -> None:
    placed = positions(PEOPLE, direction(PEOPLE, ["he"], ["she"]), ["nurse", "rock", "engineer"])
    assert placed.words == ("engineer", "rock", "nurse")
    assert placed.positions == pytest.approx((-(6**-0.5), 0, 3**-0.5))
    assert placed.top(1) == [("nurse", pytest.approx(3**-0.5))]
    assert [word for word, _ in placed.bottom(2)] == ["engineer", "rock"]
    assert positions(PEOPLE, direction(PEOPLE, ["he"], ["she"]), []).words == ()


def test_without_a_direction_nothing_lies_along_it() -> None:
    along = direction(PEOPLE, ["he"], ["she"])
    plain = without(PEOPLE, along)
    np.testing.assert_allclose(plain.vectors @ along.vector, 0, atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(plain.vectors, axis=1), 1, rtol=1e-6)
    assert plain.index_to_key == PEOPLE.index_to_key
    assert plain.similarity("he", "she") == pytest.approx(1)
    np.testing.assert_array_equal(PEOPLE["he"], [-2, 0, 1])  # the vectors given stay as they were


def crowd(seed: int, hidden: float):
    """Words that lean to two sides, along one axis and, by ``hidden``, along another."""
    rng = np.random.default_rng(seed)
    side = np.repeat([-1.0, 1.0], 60)
    rows = rng.normal(size=(122, 6))
    rows[2:, 0] += 6 * side
    rows[2:, 1] += hidden * side
    rows[:2] = [[-1, 0, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0]]
    names = ["low", "high", *("".join(chr(97 + d) for d in divmod(i, 26)) for i in range(120))]
    return keyed(names, rows.astype(np.float32))


def test_what_remains_is_chance_only_where_nothing_else_tells() -> None:
    bare, telling = crowd(1, 0), crowd(1, 6)
    found = what_remains(bare, direction(bare, ["low"], ["high"]), n=50, k=5)
    assert found.before > 0.95
    assert found.after == pytest.approx(0.5, abs=0.1)
    again = what_remains(telling, direction(telling, ["low"], ["high"]), n=50, k=5)
    assert again.after > 0.95
    assert len(again.low) == len(again.high) == 50
    assert not {"low", "high"} & {*again.low, *again.high}
    assert again.neighbours == 5


@given(st.integers(0, 1000))
def test_taking_out_twice_is_taking_out_once(seed) -> None:
    made = crowd(seed, 1)
    along = direction(made, ["low", "aa", "ab"], ["high", "dz", "ep"])
    once = without(made, along)
    twice = without(once, along)
    np.testing.assert_allclose(once.vectors, twice.vectors, atol=1e-5)


@pytest.mark.parametrize(
    ("low", "high", "kind", "said"),
    [
        (["he"], ["she", "HE"], ValueError, "'he' stands in both of the two ends"),
        ([], ["she"], ValueError, "one of the two ends has no words"),
        (["he"], ["shee"], KeyError, "nearest spellings: 'she'"),
        (["he"], ["twin"], ValueError, "one point, so there is no direction"),
        ("he", ["she"], TypeError, "words is one string"),
    ],
)
def test_bad_ends(low, high, kind, said) -> None:
    with pytest.raises(kind, match=said):
        direction(PEOPLE, low, high)


def test_a_direction_of_other_vectors() -> None:
    along = direction(crowd(0, 0), ["low"], ["high"])
    for ask in (positions, what_remains, without):
        arguments = (["rock"],) if ask is positions else ()
        with pytest.raises(ValueError, match="has 6 dimensions and the vectors have 3"):
            ask(PEOPLE, along, *arguments)


def test_a_word_that_is_nothing_but_the_direction() -> None:
    made = crowd(0, 0)
    with pytest.raises(ValueError, match="'low' is nothing but this direction"):
        without(made, direction(made, ["low"], ["high"]))


@pytest.mark.parametrize(("n", "k"), [(0, 1), (61, 5), (5, 10), (5, 0)])
def test_too_few_words_to_see_what_remains(n, k) -> None:
    made = crowd(0, 0)
    with pytest.raises(ValueError, match="expected n from 1 to 60"):
        what_remains(made, direction(made, ["low"], ["high"]), n=n, k=k)


@pytest.mark.real_vectors
def test_debiasing_hides_and_does_not_remove(glove) -> None:
    along = direction(glove, ["he", "man", "boy", "father"], ["she", "woman", "girl", "mother"])
    placed = positions(glove, along, ["nurse", "engineer", "teacher", "programmer"])
    assert placed.top(1)[0][0] == "nurse"
    assert placed.bottom(1)[0][0] == "engineer"
    found = what_remains(glove, along)
    assert found.before > 0.99
    assert found.after == pytest.approx(0.883, abs=0.005)
    assert glove.similarity("nurse", "woman") > without(glove, along).similarity("nurse", "woman")
