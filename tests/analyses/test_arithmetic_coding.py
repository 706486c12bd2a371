"""Arithmetic coding: any symbols under any shares come back, at their ideal length."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llm_viz.analyses.arithmetic_coding import TOTAL_BITS, Decoder, Encoder, frequencies


@st.composite
def messages(draw: st.DrawFn) -> list[tuple[int, np.ndarray]]:
    """Symbols, each with cumulative shares of its own: from even to as lopsided as they can be."""
    message = []
    for _ in range(draw(st.integers(0, 40))):
        n = draw(st.integers(1, 6))
        most = (1 << TOTAL_BITS) // n
        shares = draw(st.lists(st.integers(1, 3) | st.integers(1, most), min_size=n, max_size=n))
        cumulative = np.concatenate([[0], np.cumsum(shares)])
        message.append((draw(st.integers(0, n - 1)), cumulative))
    return message


def encoded(message: list[tuple[int, np.ndarray]]) -> bytes:
    encoder = Encoder()
    for symbol, cumulative in message:
        encoder.write(symbol, cumulative)
    return encoder.finish()


@settings(max_examples=300, deadline=None)
@given(message=messages())
def test_symbols_come_back_at_their_ideal_length(message: list[tuple[int, np.ndarray]]) -> None:
    data = encoded(message)
    decoder = Decoder(data)
    assert [decoder.read(cumulative) for _, cumulative in message] == [s for s, _ in message]
    ideal = sum(-np.log2((c[s + 1] - c[s]) / c[-1]) for s, c in message)
    assert ideal - 1e-6 <= 8 * len(data) < ideal + 2 + 8 + 1e-6


def test_a_long_run_in_the_middle_keeps_its_carry() -> None:
    # The middle third again and again: the interval closes in on a half and no bit is sure.
    message = [(1, np.array([0, 1, 2, 3]))] * 500
    data = encoded(message)
    decoder = Decoder(data)
    assert [decoder.read(cumulative) for _, cumulative in message] == [1] * 500
    assert 8 * len(data) == pytest.approx(500 * np.log2(3), abs=10)


def test_a_case_worked_by_hand() -> None:
    # Halves: 1, 0, 1 narrow to [0.101, 0.110) in binary; 2 bits more say which quarter of it.
    halves = np.array([0, 1, 2])
    assert encoded([(1, halves), (0, halves), (1, halves)]) == bytes([0b10101000])


@settings(max_examples=200, deadline=None)
@given(weights=st.lists(st.floats(0, 1), min_size=1, max_size=50).filter(lambda w: sum(w) > 1e-9))
def test_frequencies_are_whole_at_least_one_and_near(weights: list[float]) -> None:
    probs = np.array(weights) / sum(weights)
    cumulative = frequencies(probs)
    shares = np.diff(cumulative)
    assert cumulative.dtype == np.int64
    assert shares.min() >= 1
    assert cumulative[-1] <= 1 << TOTAL_BITS
    np.testing.assert_allclose(shares / cumulative[-1], probs, atol=2 * len(probs) / 2**TOTAL_BITS)


def test_the_rarest_of_a_large_vocabulary_can_be_coded() -> None:
    probs = np.zeros(50_000)
    probs[7] = 1
    message = [(49_999, frequencies(probs)), (7, frequencies(probs))]
    data = encoded(message)
    decoder = Decoder(data)
    assert [decoder.read(cumulative) for _, cumulative in message] == [49_999, 7]
    assert len(data) <= 5


@pytest.mark.parametrize(
    ("probs", "said"),
    [
        (np.array([0.5, 0.6]), "sum of 1"),
        (np.array([1.5, -0.5]), "none below 0"),
        (np.array([np.nan, 1.0]), "sum"),
        (np.array([]), "expected"),
        (np.ones((2, 2)) / 4, "shape"),
        (np.full((1 << 20) + 1, 1 / ((1 << 20) + 1)), "1,048,576"),
    ],
)
def test_what_is_no_distribution_is_refused(probs: np.ndarray, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        frequencies(probs)


@pytest.mark.parametrize("symbol", [-1, 2])
def test_a_symbol_that_is_not_there_is_refused(symbol: int) -> None:
    with pytest.raises(IndexError, match=f"no symbol {symbol}"):
        Encoder().write(symbol, np.array([0, 1, 2]))


def test_a_code_that_has_ended_says_so() -> None:
    halves = np.array([0, 1, 2])
    decoder = Decoder(encoded([(1, halves)] * 20))
    with pytest.raises(ValueError, match="ended"):
        [decoder.read(halves) for _ in range(1000)]
