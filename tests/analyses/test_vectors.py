"""Neighbours and analogies: by hand on a few words, against gensim, and on the real vectors."""

from __future__ import annotations

import numpy as np
import pytest
from gensim.models import KeyedVectors
from hypothesis import given
from hypothesis import strategies as st

from llm_viz.analyses import analogy, neighbours, unit_vectors
from llm_viz.model.vector_files import keyed

# man and woman, king and queen: one axis for royalty, one for gender; lengths differ on purpose.
COURT = keyed(
    ["man", "woman", "king", "queen", "apple", "prince"],
    np.array(
        [[0, -1, 0.2], [0, 2, 0.4], [3, -3, 0.6], [0.5, 0.5, 0.1], [0, 0, 9], [1, -0.8, 0.2]],
        np.float32,
    ),
)


@pytest.fixture(scope="module")
def many() -> KeyedVectors:
    rng = np.random.default_rng(3)
    return keyed([f"w{i}" for i in range(300)], rng.normal(size=(300, 8)).astype(np.float32))


def test_unit_vectors() -> None:
    rows = unit_vectors(COURT, ["woman", "apple"])
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, rtol=1e-6)
    np.testing.assert_allclose(rows[1], [0, 0, 1])


def test_neighbours_are_gensims(many) -> None:
    found = neighbours(many, "w7", k=12)
    assert found.top(12) == many.most_similar("w7", topn=12)
    assert found.word == "w7"
    assert found.top(3) == found.top(12)[:3]


def test_neighbours_among_the_most_frequent(many) -> None:
    found = neighbours(many, "w200", k=5, among=50)
    assert all(int(word[1:]) < 50 for word in found.words)
    assert found.top(5) == many.most_similar("w200", topn=5, restrict_vocab=50)
    assert len(neighbours(many, "w1", k=99, among=10).words) == 9
    assert neighbours(many, "w1", among=None) == neighbours(many, "w1", among=10**9)


def test_analogy_by_hand() -> None:
    made = analogy(COURT, "man", "king", "woman", k=3)
    assert made.answer == "queen"
    assert made.top(1) == [("queen", pytest.approx(made.similarities[made.words.index("queen")]))]
    inputs = {"man", "king", "woman"}
    assert not inputs & {word for word, _ in made.top(9)}
    assert set(made.words) == set(COURT.index_to_key)
    assert list(made.similarities) == sorted(made.similarities, reverse=True)
    assert made.echoes == (made.top(1, inputs=True)[0][0] in inputs)


index = st.integers(0, 299)


@given(index, index, index, st.integers(1, 8))
def test_analogies_are_gensims(a, b, c, k) -> None:
    rng = np.random.default_rng(3)
    made = keyed([f"w{i}" for i in range(300)], rng.normal(size=(300, 8)).astype(np.float32))
    words = [f"w{i}" for i in (a, b, c)]
    if a == b == c:
        with pytest.raises(ValueError, match="all three words are"):
            analogy(made, *words, k=k)
        return
    found = analogy(made, *words, k=k)
    assert len(found.top(k)) == k == sum(word not in words for word in found.words)
    theirs = made.most_similar(positive=[words[1], words[2]], negative=[words[0]], topn=k)
    assert [w for w, _ in found.top(k)] == [w for w, _ in theirs]
    assert [s for _, s in found.top(k)] == pytest.approx([s for _, s in theirs], abs=1e-5)


def test_two_equal_inputs_are_a_question_still(many) -> None:
    # a is to a as c is to ...: c itself, which is an input; then its neighbours.
    found = analogy(many, "w1", "w1", "w5", k=4)
    assert found.echoes
    assert [w for w, _ in found.top(3)] == [
        w for w in neighbours(many, "w5", 4).words if w != "w1"
    ][:3]


@pytest.mark.parametrize(
    ("ask", "kind", "said"),
    [
        (lambda v: neighbours(v, "pear"), KeyError, "'pear' is not among the 6 words"),
        (lambda v: neighbours(v, "man", k=0), ValueError, "k is 0; expected at least 1"),
        (lambda v: neighbours(v, "man", among=0), ValueError, "among is 0; expected"),
        (lambda v: analogy(v, "man", "KING", "kin g"), ValueError, "'kin g' is 2 words"),
        (lambda v: analogy(v, "man", "Man", "man"), ValueError, "all three words are 'man'"),
        (lambda v: analogy(v, "man", "king", "queem"), KeyError, "nearest spellings: 'queen'"),
        (lambda v: analogy(v, "man", "king", "queen", k=-1), ValueError, "k is -1"),
    ],
)
def test_bad_questions(ask, kind, said) -> None:
    with pytest.raises(kind, match=said):
        ask(COURT)


# --- the claims of the book ---------------------------------------------------------------------


@pytest.mark.real_vectors
@pytest.mark.parametrize(
    ("question", "answer", "echoes"),
    [
        (("big", "biggest", "small"), "largest", False),
        (("switzerland", "swiss", "cambodia"), "cambodian", False),
        (("france", "paris", "germany"), "berlin", False),
        (("man", "king", "woman"), "queen", True),
        (("man", "doctor", "woman"), "nurse", True),
        (("france", "paris", "canberra"), "melbourne", True),
    ],
)
def test_analogies_of_the_book(glove, question, answer, echoes) -> None:
    found = analogy(glove, *question)
    assert (found.answer, found.echoes) == (answer, echoes)


@pytest.mark.real_vectors
def test_neighbours_of_the_book(glove) -> None:
    found = neighbours(glove, "Cat")
    assert found.word == "cat"
    assert found.words[0] == "dog"
    assert found.similarities[0] == pytest.approx(0.9218, abs=1e-4)
