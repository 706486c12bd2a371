"""Probes: what can be read is read, what cannot is not, and nobody is asked about himself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llm_viz.analyses import lean, probe

PEOPLE, THINGS, DEPTHS, WIDTH = 6, 3, 2, 40


def made_up(seed: int = 0) -> tuple[np.ndarray, list[str], list[int]]:
    """Vectors that hold the label at depth 1, and at depth 0 nothing but whose they are."""
    rng = np.random.default_rng(seed)
    people = rng.normal(size=(PEOPLE, WIDTH))
    things = rng.normal(size=(THINGS, WIDTH))
    vectors, labels, groups = [], [], []
    for person in range(PEOPLE):
        for thing in range(THINGS):
            for _ in range(2):
                noise = 0.1 * rng.normal(size=WIDTH)
                vectors.append([people[person] + noise, people[person] + 2 * things[thing] + noise])
                labels.append("abc"[thing])
                groups.append(person)
    return np.array(vectors), labels, groups


def test_what_is_there_is_read_and_what_is_not_is_guessed() -> None:
    found = probe(*made_up())
    assert found.classes == ("a", "b", "c")
    assert found.chance == pytest.approx(1 / 3)
    assert found.accuracy[1] == 1
    assert found.accuracy[0] < 0.6
    assert found.low[1] == found.high[1] == 1
    assert (found.low <= found.accuracy).all()
    assert (found.accuracy <= found.high).all()
    assert found.right.shape == (PEOPLE * THINGS * 2, DEPTHS)


def test_nobody_is_asked_about_himself() -> None:
    """Each person's label goes with that person: only a probe that saw him would know it."""
    rng = np.random.default_rng(1)
    people = rng.normal(size=(20, WIDTH))
    groups = [person for person in range(20) for _ in range(4)]
    labels = [person % 2 for person in groups]
    found = probe(people[groups][:, None] + 0.01 * rng.normal(size=(80, 1, WIDTH)), labels, groups)
    assert found.accuracy[0] < 0.9


def test_it_agrees_with_a_plain_count() -> None:
    vectors, labels, groups = made_up(3)
    found = probe(vectors, labels, groups)
    for i in (0, 7, 20):
        others = [j for j in range(len(labels)) if groups[j] != groups[i]]
        shown = vectors[others, 0].astype(np.float32)
        mean, spread = shown.mean(axis=0), shown.std(axis=0)
        row = (vectors[i, 0] - mean) / spread
        cosines = {}
        for label in "abc":
            own = [k for k, j in enumerate(others) if labels[j] == label]
            centre = ((shown[own] - mean) / spread).mean(axis=0)
            cosines[label] = row @ centre / np.linalg.norm(row) / np.linalg.norm(centre)
        assert found.right[i, 0] == (max(cosines, key=cosines.__getitem__) == labels[i])


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000), st.floats(0.01, 100), st.permutations(range(WIDTH)))
def test_scales_and_the_order_of_the_numbers_play_no_part(
    seed: int, factor: float, order: list[int]
) -> None:
    vectors, labels, groups = made_up(seed)
    scaled = vectors * factor
    scaled[..., 0] *= 1000
    one, other = probe(vectors, labels, groups), probe(scaled[..., order], labels, groups)
    assert (one.right != other.right).mean() < 0.03  # rounding may tip what was a tie


def test_a_number_that_never_changes_is_no_harm() -> None:
    vectors, labels, groups = made_up()
    vectors[..., 3] = 7
    assert probe(vectors, labels, groups).accuracy[1] == 1


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda v, la, g: (v[:, 0], la, g), "expected \\(vector, depth, d\\)"),
        (lambda v, la, g: (v, la[1:], g), "35 labels and 36"),
        (lambda v, la, g: (v, ["a"] * len(la), g), "there are 1 labels"),
        (lambda v, la, g: (v, la, [1] * len(g)), "and 1 groups"),
        (lambda v, la, g: (v, ["x", *la[1:]], g), "'x' is known from 0 only"),
    ],
)
def test_what_makes_no_probe_is_refused(change, sentence) -> None:
    with pytest.raises(ValueError, match=sentence):
        probe(*change(*made_up()))


def test_a_vector_leans_to_the_class_that_it_is_like() -> None:
    """Two classes at (±1, 0) and a third direction that tells nothing; worked by hand."""
    known = np.array([[[1.0, 0.2]], [[1.0, -0.2]], [[-1.0, 0.2]], [[-1.0, -0.2]]])
    asked = np.array([[[3.0, 0.0]], [[-1.0, 1.0]], [[0.0, 0.0]]])
    found = lean(known, ["x", "x", "y", "y"], asked)
    np.testing.assert_allclose(found[:, 0], [2, -np.sqrt(2), 0], atol=1e-12)
    np.testing.assert_allclose(lean(known[::-1], ["y", "y", "x", "x"], asked), -found)


@pytest.mark.parametrize(
    ("labels", "asked", "sentence"),
    [
        (["x"] * 4, np.zeros((1, 1, 2)), "there are 1 labels"),
        (["x", "y", "z", "z"], np.zeros((1, 1, 2)), "there are 3 labels"),
        (["x", "y"], np.zeros((1, 1, 2)), "with 2 labels"),
        (["x", "y", "x", "y"], np.zeros((1, 2, 2)), r"asked about \(1, 2, 2\)"),
    ],
)
def test_what_leans_nowhere_is_refused(labels, asked, sentence) -> None:
    with pytest.raises(ValueError, match=sentence):
        lean(np.zeros((4, 1, 2)), labels, asked)
