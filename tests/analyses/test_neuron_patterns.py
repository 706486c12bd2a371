"""Patterns of neurons: read from one half of the texts, scored on the other."""

from __future__ import annotations

import numpy as np
import pytest

from llm_viz.analyses.neuron_patterns import KINDS, PatternReader, in_words
from llm_viz.analyses.text_windows import Text, TextWindows, cut_texts
from llm_viz.model import LanguageModel

WORDS = ["the", "cat", "sat", "on", "mat", "and", "dog", "ran", "to", "red", "house", "by", "river"]
K = 8
N = 24


@pytest.fixture(scope="module")
def windows(tiny: LanguageModel) -> TextWindows:
    random = np.random.default_rng(5)
    texts = [Text("a source", " ".join(random.choice(WORDS, 400))) for _ in range(8)]
    return cut_texts(tiny, texts, n=N, most=20)


@pytest.fixture(scope="module")
def reader(tiny: LanguageModel, windows: TextWindows) -> PatternReader:
    return PatternReader(tiny, windows)


def places_of(windows: TextWindows, half: int, token: int, offset: int = 0) -> np.ndarray:
    """Places of a half that have a token at an offset, all offsets from -1 to 1 in the window."""
    rows, columns = np.nonzero(windows.token_ids == token)
    columns = columns - offset
    good = (windows.half[rows] == half) & (columns >= 1) & (columns < N - 1)
    return (rows * N + columns)[good]


def strongest(windows: TextWindows, *neurons: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """(half, side, neuron, k) places as if these were the strongest of some neurons, both sides."""
    random = np.random.default_rng(1)
    table = np.full((2, 2, len(neurons), K), -1)
    for i, halves in enumerate(neurons):
        for half, places in enumerate(halves):
            taken = random.permutation(places)[:K]
            table[half, :, i, : len(taken)] = taken
    return table


def anywhere(windows: TextWindows, half: int) -> np.ndarray:
    rows = np.flatnonzero(windows.half == half)
    return (rows[:, None] * N + np.arange(1, N - 1)).ravel()


def share(windows: TextWindows, token: int) -> float:
    return float((windows.token_ids[windows.half == 1] == token).mean())


@pytest.mark.parametrize(
    ("offset", "kind", "named"),
    [
        (0, "the token", "the word “dog”"),
        (-1, "the token before", "after the word “dog”"),
        (1, "the token after", "before the word “dog”"),
    ],
)
def test_a_common_token_is_found_and_scored(
    tiny: LanguageModel, windows: TextWindows, reader: PatternReader, offset, kind, named
) -> None:
    dog = tiny.token_ids(" dog", add_start=False)
    assert len(dog) == 1
    halves = tuple(places_of(windows, half, dog[0], offset) for half in (0, 1))
    found = reader.read(strongest(windows, halves))
    assert KINDS[found.kind[0, 0]] == kind
    assert found.score[0, 0] == pytest.approx(1 - share(windows, dog[0]), abs=0.01)
    assert in_words(tiny, int(found.kind[0, 0]), found.words[0, 0], set(windows.shown)) == named


def test_what_does_not_hold_on_the_other_half_scores_nothing(
    tiny: LanguageModel, windows: TextWindows, reader: PatternReader
) -> None:
    dog, red = (tiny.token_id(word) for word in (" dog", " red"))
    found = reader.read(
        strongest(windows, (places_of(windows, 0, dog), places_of(windows, 1, red)))
    )
    assert KINDS[found.kind[0, 0]] == "the token"
    assert found.first[0, 0] > 0.8
    assert found.score[0, 0] == 0


def test_the_control_is_the_neighbours_pattern(
    tiny: LanguageModel, windows: TextWindows, reader: PatternReader
) -> None:
    tokens = [tiny.token_id(word) for word in (" dog", " red", " red")]
    halves = [tuple(places_of(windows, half, t) for half in (0, 1)) for t in tokens]
    found = reader.read(strongest(windows, *halves))
    assert found.control[0, 0] == 0  # the pattern of "red" on places of "dog"
    assert found.control[0, 1] == found.score[0, 1] > 0.8


def test_places_without_a_pattern_and_sides_without_places(
    tiny: LanguageModel, windows: TextWindows, reader: PatternReader
) -> None:
    none = np.array([], int)
    some = tuple(anywhere(windows, half) for half in (0, 1))
    found = reader.read(strongest(windows, (none, none), (some[0], none), some))
    assert np.isnan(found.score[:, :2]).all()
    assert found.kind[0, 0] == -1
    assert in_words(tiny, -1, found.words[0, 0], ()) == ""
    assert not np.isnan(found.score[:, 2]).any()
    assert (found.words[found.kind < 0] == -1).all()


def test_ordinary_places_are_hardly_ever_readable(
    windows: TextWindows, reader: PatternReader
) -> None:
    some = tuple(anywhere(windows, half) for half in (0, 1))
    found = reader.read(strongest(windows, *[some] * 60))
    same = found.kind < 3  # a tiny random model's embeddings say nothing of likeness
    assert (found.score[same] < 0.5).all()
    assert ((found.score >= 0) & (found.score <= 1)).all()


def test_one_neuron_by_itself_is_read_as_among_others(
    tiny: LanguageModel, windows: TextWindows, reader: PatternReader
) -> None:
    tokens = [tiny.token_id(word) for word in (" dog", " red", " cat")]
    halves = [tuple(places_of(windows, half, t) for half in (0, 1)) for t in tokens]
    places = strongest(windows, *halves)
    together, alone = reader.read(places), reader.read(places[:, :, 1:2])
    assert alone.kind[0, 0] == together.kind[0, 1]
    assert alone.score[0, 0] == together.score[0, 1]
    assert alone.words[0, 0].tolist() == together.words[0, 1].tolist()


def test_names_say_what_a_token_is(tiny: LanguageModel) -> None:
    ids = {
        text: tiny.token_ids(text, add_start=False)[0] for text in ("7", ",", "at", " cat", " dog")
    }
    shown = {ids[" cat"], ids[" dog"], ids["7"], ids[","]}
    for kind, texts, expected in (
        (0, ["7"], "the figure “7”"),
        (1, [","], "after the mark “,”"),
        (0, ["at"], "the letters “at”"),
        (2, [" cat"], "before the word “cat”"),
        (3, ["7", ","], "tokens like “7”, “,”"),
        (4, [" cat", " dog"], "after words like “cat”, “dog”"),
        (5, [" cat", "at"], "before tokens like “cat”, “at”"),
        (6, [" cat"], "in texts with words like “cat”"),
    ):
        assert in_words(tiny, kind, [ids[text] for text in texts] + [-1], shown) == expected
