"""Arithmetic coding: symbols and their probabilities to bits, and back, in whole numbers.

A message is a number between 0 and 1. Each symbol narrows the interval in which that number lies to
its own share of it, so a symbol of probability p costs ``-log2 p`` bits, fractions of a bit
included. The method, the renormalisation and the pending bits that take care of carries are those
of Witten, Neal and Cleary, *Arithmetic coding for data compression* (Communications of the ACM 30,
1987). Where the probabilities come from is left to others, see `llm_viz.analyses.compression`.

Nothing here is rounded by a machine: `frequencies` turns probabilities into whole numbers once, and
from there on both sides compute in Python's integers.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]

# An interval is never narrower than 2**(CODE_BITS - 2), so the share of a symbol of the smallest
# frequency is never empty, and is right to one part in 2**(CODE_BITS - 2 - TOTAL_BITS).
CODE_BITS = 64
TOTAL_BITS = 30
_HALF, _QUARTER = 1 << (CODE_BITS - 1), 1 << (CODE_BITS - 2)
_TOP = (1 << CODE_BITS) - 1


def frequencies(probs: Array) -> Array:
    """Probabilities as whole numbers, at least 1 each: what is impossible can still be coded.

    Args:
        probs: (n,) not negative, with a sum of 1; n up to 2**20.

    Returns:
        (n + 1,) int64, cumulative: symbol i has the share from [i] to [i + 1] of the last number,
        which is at most ``2**TOTAL_BITS``. To have at least 1 for each of the others takes little
        from a symbol: it costs at most ``-log2(1 - n / 2**TOTAL_BITS)`` bits more.

    Raises:
        ValueError: the probabilities are not as above.
    """
    probs = np.asarray(probs, np.float64)
    if probs.ndim != 1 or not 1 <= len(probs) <= 1 << 20:
        raise ValueError(
            f"probs have shape {probs.shape}; expected (n,), with n from 1 to {1 << 20:,}"
        )
    if not (probs >= 0).all() or abs(probs.sum() - 1) > 1e-6:
        raise ValueError(
            f"probs go from {probs.min()} to {probs.max()} with a sum of {probs.sum()}; expected "
            "none below 0 and a sum of 1"
        )
    spare = (1 << TOTAL_BITS) - len(probs)
    shares = 1 + np.floor(probs / probs.sum() * spare).astype(np.int64)
    return np.concatenate([np.zeros(1, np.int64), shares.cumsum()])


class Encoder:
    """Takes symbols in; `finish` gives the bits, as bytes."""

    def __init__(self) -> None:
        self._low, self._high = 0, _TOP  # the interval, its last number included
        self._pending = 0  # bits that are the opposite of the next one, whichever that will be
        self._bits: list[int] = []

    def write(self, symbol: int, cumulative: Array) -> None:
        """Code one symbol.

        Args:
            symbol: its index.
            cumulative: of all symbols, see `frequencies`.

        Raises:
            IndexError: there is no such symbol.
        """
        if not 0 <= symbol < len(cumulative) - 1:
            raise IndexError(
                f"there is no symbol {symbol}; they go from 0 to {len(cumulative) - 2}"
            )
        self._low, self._high = _narrowed(self._low, self._high, symbol, cumulative)
        while True:
            if self._high < _HALF:
                self._put(0)
            elif self._low >= _HALF:
                self._put(1)
                self._low, self._high = self._low - _HALF, self._high - _HALF
            elif self._low >= _QUARTER and self._high < _HALF + _QUARTER:
                self._pending += 1
                self._low, self._high = self._low - _QUARTER, self._high - _QUARTER
            else:
                return
            self._low, self._high = 2 * self._low, 2 * self._high + 1

    def finish(self) -> bytes:
        """The code: at most two bits more than it takes, filled up with zeros to whole bytes."""
        self._pending += 1
        self._put(0 if self._low < _QUARTER else 1)
        return np.packbits(np.array(self._bits, np.uint8)).tobytes()

    def _put(self, bit: int) -> None:
        self._bits += [bit, *[1 - bit] * self._pending]
        self._pending = 0


class Decoder:
    """Gives the symbols of a code, in the order in which they went in."""

    def __init__(self, data: bytes) -> None:
        self._bits: list[int] = np.unpackbits(np.frombuffer(data, np.uint8)).tolist()
        self._read = 0
        self._low, self._high = 0, _TOP
        self._value = 0
        for _ in range(CODE_BITS):
            self._value = 2 * self._value + self._next_bit()

    def read(self, cumulative: Array) -> int:
        """The next symbol.

        Args:
            cumulative: exactly what the encoder was given at this place.

        Raises:
            ValueError: the code has ended before.
        """
        # A whole code is read no further than this beyond its end, where zeros are taken.
        if self._read >= len(self._bits) + CODE_BITS:
            raise ValueError("the code has ended; it was cut short, or holds fewer symbols")
        total = int(cumulative[-1])
        place = ((self._value - self._low + 1) * total - 1) // (self._high - self._low + 1)
        symbol = int(np.searchsorted(cumulative, place, side="right")) - 1
        self._low, self._high = _narrowed(self._low, self._high, symbol, cumulative)
        while True:
            if self._high < _HALF:
                taken = 0
            elif self._low >= _HALF:
                taken = _HALF
            elif self._low >= _QUARTER and self._high < _HALF + _QUARTER:
                taken = _QUARTER
            else:
                return symbol
            self._low, self._high = 2 * (self._low - taken), 2 * (self._high - taken) + 1
            self._value = 2 * (self._value - taken) + self._next_bit()

    def _next_bit(self) -> int:
        bit = self._bits[self._read] if self._read < len(self._bits) else 0
        self._read += 1
        return bit


def _narrowed(low: int, high: int, symbol: int, cumulative: Array) -> tuple[int, int]:
    """The part of an interval that belongs to a symbol."""
    width, total = high - low + 1, int(cumulative[-1])
    return (
        low + width * int(cumulative[symbol]) // total,
        low + width * int(cumulative[symbol + 1]) // total - 1,
    )
