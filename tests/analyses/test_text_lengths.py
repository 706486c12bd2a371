"""Tokens, words, characters and bytes of a text; JavaScript counts the same (parity fixture)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_viz.analyses import TextLengths, text_lengths


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("The cat, it sat – on 2 mats.", 7),
        ("  don't\u00a0stop\n", 2),
        ("🙂 !", 0),
        ("한국어 말", 2),
        ("हिन्दी में", 2),
        ("猫坐下了。", None),
        ("the 猫", None),
        ("ไทย", None),
        ("カタカナ", None),
    ],
)
def test_words_are_counted_where_spaces_divide_them(text: str, words: int | None) -> None:
    assert text_lengths(text, 0).words == words


def test_what_one_costs_in_another() -> None:
    made = text_lengths("né de", 3)
    assert made == TextLengths(tokens=3, words=2, characters=5, bytes=6)
    assert (made.tokens_per_word, made.tokens_per_character, made.bytes_per_token) == (1.5, 0.6, 2)


def test_a_ratio_of_nothing_is_none() -> None:
    empty = text_lengths("", 0)
    assert empty.tokens_per_word is empty.tokens_per_character is empty.bytes_per_token is None
    assert text_lengths("猫", 2).tokens_per_word is None


@given(st.text(), st.text())
def test_a_space_between_two_texts_adds_their_words(one: str, other: str) -> None:
    counted = [text_lengths(text, 0).words for text in (one, other, f"{one} {other}")]
    assert counted[2] == (None if None in counted[:2] else sum(counted[:2]))
