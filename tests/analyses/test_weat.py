"""WEAT: by hand, its p-value against counting, and the figures that the book shows."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_viz.analyses import weat
from llm_viz.analyses import words as of_words
from llm_viz.analyses.weat import DRAWS, EXACT_UP_TO, PUBLISHED
from llm_viz.model.vector_files import keyed


def at_angles(**degrees: float):
    angles = np.radians(list(degrees.values()))
    return keyed(list(degrees), np.stack([np.cos(angles), np.sin(angles)], 1).astype(np.float32))


def test_by_hand() -> None:
    made = at_angles(p=0, q=60, r=90, s=30, good=0, bad=90)
    found = weat(made, ["p", "s"], ["q", "r"], ["good"], ["bad"])
    # cosine with good less cosine with bad: p 1, s .366, q -.366, r -1
    half = 3**0.5 / 2 - 0.5
    assert dict(found.x) == pytest.approx({"p": 1, "s": half}, abs=1e-6)
    assert dict(found.y) == pytest.approx({"q": -half, "r": -1}, abs=1e-6)
    leaning = np.array([1, half, -half, -1])
    assert found.effect == pytest.approx((1 + half) / leaning.std(ddof=1), rel=1e-5)
    assert (found.exact, found.ways) == (True, 6)
    assert found.p == pytest.approx(1 / 6)  # only the sets as they are do as well
    assert [word for word, _ in found.top(2)] == ["p", "s"]
    swapped = weat(made, ["q", "r"], ["p", "s"], ["good"], ["bad"])
    assert (swapped.effect, swapped.p) == (pytest.approx(-found.effect), 1)


@given(st.lists(st.integers(0, 359), min_size=5, max_size=7, unique=True), st.integers(2, 3))
def test_p_is_the_share_of_all_ways(degrees, n) -> None:
    words = {f"w{i}": angle for i, angle in enumerate(degrees)}
    made = at_angles(**words, good=10, bad=200)
    names = list(words)
    found = weat(made, names[:n], names[n:], ["good"], ["bad"])
    leaning = dict((*found.x, *found.y))
    ways = [sum(leaning[w] for w in way) for way in itertools.combinations(names, n)]
    observed = sum(leaning[w] for w in names[:n])
    assert found.p == pytest.approx(np.mean([way >= observed - 1e-9 for way in ways]))


def test_many_words_are_drawn_by_seed() -> None:
    rng = np.random.default_rng(0)
    names = [f"w{i}" for i in range(24)]
    made = keyed([*names, "good", "bad"], rng.normal(size=(26, 9)).astype(np.float32))
    ask = (made, names[:12], names[12:], ["good"], ["bad"])
    found = weat(*ask, seed=1)
    assert (found.exact, found.ways) == (False, DRAWS)
    assert found == weat(*ask, seed=1)
    other = weat(*ask, seed=2)
    assert other.p != found.p
    assert other.p == pytest.approx(found.p, abs=0.01)
    assert other.effect == found.effect
    assert EXACT_UP_TO >= 12_870  # the published sets of eight are counted exactly


def test_words_that_are_all_alike_have_no_effect() -> None:
    made = keyed(["p", "q", "r", "s", "good", "bad"], np.ones((6, 3), np.float32))
    found = weat(made, ["p", "q"], ["r", "s"], ["good"], ["bad"])
    assert (found.effect, found.p) == (0, 1)


@pytest.mark.parametrize(
    ("x", "y", "a", "said"),
    [
        (["p"], ["q", "r"], ["good"], "have 1 and 2 words; with one word"),
        (["p", "q"], ["q", "r"], ["good"], "'q' stands in both of the two sets that are tested"),
        (["p", "q"], ["r", "s"], ["bad"], "'bad' stands in both of the two sets that they are"),
        (["p", "q"], ["r", "s"], [], "no words"),
        (["p", "P"], ["r", "s"], ["good"], "have 1 and 2 words"),
    ],
)
def test_bad_sets(x, y, a, said) -> None:
    made = at_angles(p=0, q=60, r=90, s=30, good=0, bad=90)
    with pytest.raises(ValueError, match=said):
        weat(made, x, y, a, ["bad"])


@pytest.mark.real_vectors
def test_the_published_sets(glove) -> None:
    for sets in PUBLISHED:
        for words in (sets.x, sets.y, sets.a, sets.b):
            assert of_words.find_words(glove, words) == words
    found = [weat(glove, s.x, s.y, s.a, s.b) for s in PUBLISHED]
    assert [each.effect for each in found] == pytest.approx([1.080, 1.708, 1.495, 1.485], abs=0.002)
    assert [each.exact for each in found] == [False, True, True, True]
    assert max(each.p for each in found) < 0.001
