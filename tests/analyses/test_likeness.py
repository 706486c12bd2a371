"""Likeness of texts, by hand and by what must always hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_viz.analyses import Likeness, likeness

texts = st.lists(st.lists(st.integers(0, 5), max_size=8), min_size=2, max_size=5)


def test_by_hand() -> None:
    made = likeness([[1, 2, 3, 3], [1, 2, 4, 3], [9]])
    # Pairs: start 2, 0, 0; shared 3 of 5, 0, 0.
    assert made == Likeness(pytest.approx(2 / 3), pytest.approx(0.2), 3)


@given(texts)
def test_bounds_and_order(made: list[list[int]]) -> None:
    found = likeness(made)
    assert 0 <= found.shared <= 1
    assert 0 <= found.same_start <= max(map(len, made))
    assert 1 <= found.different <= len(made)
    again = likeness(made[::-1])
    assert again.shared == pytest.approx(found.shared)
    assert again.same_start == pytest.approx(found.same_start)


@given(st.lists(st.integers(), max_size=6))
def test_a_text_is_like_itself(text: list[int]) -> None:
    assert likeness([text, text, text]) == Likeness(len(text), 1.0, 1)


def test_one_text_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="takes two"):
        likeness([[1]])
