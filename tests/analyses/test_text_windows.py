"""Texts cut into windows, in two halves that share no text."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llm_viz.analyses.text_windows import Text, cut_texts
from llm_viz.model import LanguageModel

SENTENCE = "the cat sat on the mat and the dog ran to the red house by the river. "


def texts(*lengths: int, source: str = "a source") -> list[Text]:
    return [Text(source, SENTENCE * length) for length in lengths]


@settings(max_examples=20, deadline=None)
@given(
    lengths=st.lists(st.integers(0, 6), min_size=2, max_size=8),
    n=st.integers(3, 12),
    most=st.integers(1, 4),
)
def test_windows_are_whole_and_halves_are_apart(
    tiny: LanguageModel, lengths: list[int], n: int, most: int
) -> None:
    given_texts = [*texts(3, 3), *texts(*lengths, source="another")]
    windows = cut_texts(tiny, given_texts, n=n, most=most)
    assert windows.token_ids.shape == (len(windows), n)
    assert windows.n_tokens == len(windows) * n
    assert not set(windows.text[windows.half == 0]) & set(windows.text[windows.half == 1])
    for number, (source, text, _) in enumerate(given_texts):
        ids = tiny.token_ids(text, add_start=False)
        mine = windows.token_ids[windows.text == number].tolist()
        assert len(mine) == min(most, len(ids) // n)
        every = [ids[i : i + n] for i in range(0, len(ids) - n + 1, n)]
        assert [window for window in every if window in mine][:1] == mine[:1]
        assert all(window in every for window in mine)
        assert windows.sources[number] == source


def test_the_texts_of_a_source_take_turns(tiny: LanguageModel) -> None:
    windows = cut_texts(tiny, [*texts(2, 2, 2), *texts(2, 2, source="another")], n=8, most=1)
    assert windows.half.tolist() == [0, 1, 0, 0, 1]


def test_the_fingerprint_tells_texts_and_halves_apart(tiny: LanguageModel) -> None:
    one = cut_texts(tiny, texts(3, 3), n=8)
    assert cut_texts(tiny, texts(3, 3), n=8).digest == one.digest
    other_halves = cut_texts(tiny, [*texts(3), *texts(3, source="another"), *texts(3)][:3], n=8)
    assert len({one.digest, other_halves.digest, cut_texts(tiny, texts(3, 3), n=9).digest}) == 3


def test_only_whole_words_seen_often_enough_are_shown(tiny: LanguageModel) -> None:
    sentence = "red 7 " * 20 + "the rivers " * 5 + "cat " * 2
    windows = cut_texts(tiny, [Text("a source", sentence)] * 2, n=8)
    shown = {tiny.tokenizer.decode([int(i)]) for i in windows.shown}
    assert {" the", " red"} <= shown  # the first "red" has no space before it and counts apart
    assert " cat" in shown  # twice in each of the two texts
    assert all(not text.strip().isalpha() or text.startswith(" ") for text in shown)
    once = cut_texts(
        tiny, [Text("a source", "sat " * 40), Text("a source", "sat " * 40 + " dog")], n=8
    )
    assert " dog" not in {tiny.tokenizer.decode([int(i)]) for i in once.shown}


@pytest.mark.parametrize(
    ("given_texts", "asked", "message"),
    [
        ([], {}, "0 texts hold 0 windows of 8 tokens in 0 half; give at least two texts"),
        (texts(5), {}, "in 1 half; give at least two texts of one source"),
        (texts(5, 0), {}, "give at least two texts of one source"),
        (texts(5, 5), {"n": 0}, "n is 0; expected 1 to what the model reads at once, 64 tokens"),
        (texts(5, 5), {"n": 64}, "64 tokens with the start token"),
        (texts(5, 5), {"most": 0}, "most is 0; expected 1 or more"),
    ],
)
def test_bad_input_is_one_clear_sentence(tiny: LanguageModel, given_texts, asked, message) -> None:
    with pytest.raises(ValueError, match=message):
        cut_texts(tiny, given_texts, **{"n": 8, **asked})


def test_windows_of_a_long_text_are_spread_over_it(tiny: LanguageModel) -> None:
    long = " ".join(f"the {word}" for word in ["cat"] * 60 + ["dog"] * 60)
    windows = cut_texts(tiny, [Text("a source", long)] * 2, n=8, most=3)
    ids = np.array(tiny.token_ids(long, add_start=False))
    first = windows.token_ids[windows.text == 0]
    assert first[0].tolist() == ids[:8].tolist()
    last = (len(ids) // 8 - 1) * 8
    assert first[-1].tolist() == ids[last : last + 8].tolist()


def test_a_window_says_where_it_is_from(tiny: LanguageModel) -> None:
    titled = Text("a source", SENTENCE, "its title")
    assert cut_texts(tiny, [titled, *texts(2)], n=8).sources == ("a source, its title", "a source")
