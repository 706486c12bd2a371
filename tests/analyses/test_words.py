"""Which word is meant: every slip that a reader may make."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_viz.analyses import UnknownWordError, find_word, frequent_words, spellings
from llm_viz.analyses.words import find_words
from llm_viz.model.vector_files import keyed

WORDS = ["the", ",", "cat", "Cat", "kitten", "café", "o'clock", "naïve", "york", "猫", "x2"]
FEW = keyed(WORDS, np.eye(len(WORDS), dtype=np.float32))


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("cat", "cat"),
        ("Cat", "Cat"),  # two words in this vocabulary
        ("CAT", "cat"),
        (" kitten\n", "kitten"),
        ("CAFÉ", "café"),
        ("cafe\u0301", "café"),  # the accent as a character of its own
        ("猫", "猫"),
        (",", ","),
    ],
)
def test_a_word_is_found(typed, found) -> None:
    assert find_word(FEW, typed) == found


@pytest.mark.parametrize(
    ("typed", "kind", "said"),
    [
        ("", ValueError, "the word is empty"),
        (" \t", ValueError, "the word is empty"),
        ("New York", ValueError, "'New York' is 2 words; each vector belongs to one: try 'New'"),
        (7, TypeError, "the word is int; expected a string"),
        ("cst", UnknownWordError, "'cst' is not among the 11 words .* nearest spellings: 'cat'"),
        ("cafe", UnknownWordError, "nearest spellings: 'café'"),
        ("naive", UnknownWordError, "nearest spellings: 'naïve'"),
        ("кот", UnknownWordError, "no word is spelt like it"),
        ("犬", UnknownWordError, "no word is spelt like it"),
    ],
)
def test_no_word_is_one_clear_sentence(typed, kind, said) -> None:
    with pytest.raises(kind, match=said) as raised:
        find_word(FEW, typed)
    assert "\n" not in str(raised.value)
    if kind is UnknownWordError:
        assert isinstance(raised.value, KeyError)
        assert raised.value.word == typed


def test_several_words_each_once_in_order() -> None:
    assert find_words(FEW, ["kitten", "cat", "CAT"]) == ("kitten", "cat")
    with pytest.raises(TypeError, match="words is one string, 'cat'"):
        find_words(FEW, "cat")


def test_frequent_words_are_letters_only() -> None:
    assert frequent_words(FEW, 4) == ("the", "cat", "Cat", "kitten")
    assert frequent_words(FEW, 100) == tuple(w for w in WORDS if w.isalpha())


@given(st.text(max_size=12), st.integers(1, 5))
def test_suggestions_are_words_of_the_vocabulary(typed, k) -> None:
    found = spellings(FEW, typed, k)
    assert set(found) <= set(WORDS)
    assert len(set(found)) == len(found) <= k


@given(st.sampled_from(["kitten", "o'clock", "naïve", "york"]), st.data())
def test_one_slip_finds_the_word(word, data) -> None:
    at = data.draw(st.integers(0, len(word) - 1))
    letter = data.draw(st.sampled_from("abcdefghijklmnopqrstuvwxyz"))
    slips = [word[:at] + word[at + 1 :], word[:at] + letter + word[at:]]
    slips.append(word[:at] + letter + word[at + 1 :])
    for slip in slips:
        assert slip == word or word in spellings(FEW, slip)


@pytest.mark.real_vectors
@pytest.mark.parametrize(
    ("typed", "meant"), [("beatiful", "beautiful"), ("elephent", "elephant"), ("Parris'", "paris")]
)
def test_real_spellings(glove, typed, meant) -> None:
    assert meant in spellings(glove, typed, 5)
