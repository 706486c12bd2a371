"""Texts cut into windows of tokens, in two halves that share no text.

What is found on one half can be tried on the other. Each window is read by itself, with the start
token in front, so its first tokens have little before them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from llm_viz.model import LanguageModel

Array = np.ndarray[Any, np.dtype[Any]]


WORD_SEEN, MARK_SEEN = 3, 20


class Text(NamedTuple):
    """A text, and in words where it is from: a source, which may have many texts, and a title."""

    source: str
    text: str
    title: str = ""

    @property
    def origin(self) -> str:
        """Both for people."""
        return f"{self.source}, {self.title}" if self.title else self.source


@dataclass(frozen=True, eq=False)
class TextWindows:
    """Windows of texts, all of one length.

    Attributes:
        token_ids: (window, n).
        text: (window,) which text each is of.
        half: (window,) 0 or 1; all windows of a text are of one half.
        sources: where each text is from, in words, with its title.
        shown: (token,) the tokens that are worth showing to people: words that stand as whole words
            in the texts `WORD_SEEN` times or more, and marks and figures seen `MARK_SEEN` times.
            The texts are counted from end to end, windows or not.
    """

    token_ids: Array
    text: Array
    half: Array
    sources: tuple[str, ...]
    shown: Array

    def __len__(self) -> int:
        return len(self.token_ids)

    @property
    def n_tokens(self) -> int:
        """How many tokens there are in all, start tokens apart."""
        return int(self.token_ids.size)

    @cached_property
    def digest(self) -> str:
        """A fingerprint: other tokens or other halves have another."""
        told = np.column_stack([self.half, self.token_ids]).astype("<i4")
        return hashlib.sha256(str(told.shape).encode() + told.tobytes()).hexdigest()


def cut_texts(
    lm: LanguageModel, texts: Sequence[Text], *, n: int = 128, most: int = 11
) -> TextWindows:
    """Cut texts into windows.

    Only whole windows are taken. Of a long text so many are taken, spread evenly over it. Every
    other text of a source goes to the second half.

    Args:
        lm: its tokenizer cuts.
        texts: at least two that are long enough.
        n: tokens of a window.
        most: windows of a text.

    Raises:
        ValueError: a number is below 1 or beyond the model's context, or a half has no window.
    """
    with_start = n + (lm.tokenizer.start_id is not None)
    if n < 1 or with_start > lm.dims.n_ctx:
        raise ValueError(
            f"n is {n}; expected 1 to what the model reads at once, {lm.dims.n_ctx:,} tokens with "
            "the start token"
        )
    if most < 1:
        raise ValueError(f"most is {most}; expected 1 or more windows of a text")
    rows: list[Array] = []
    owners: list[int] = []
    halves: list[int] = []
    taken: dict[str, int] = {}
    count = _Shown(lm)
    for number, text in enumerate(texts):
        ids = lm.token_ids(text.text, add_start=False)
        count.add(ids)
        whole = len(ids) // n
        if not whole:
            continue
        turn = taken[text.source] = taken.get(text.source, -1) + 1
        chosen = np.unique(np.linspace(0, whole - 1, min(most, whole)).round().astype(int))
        rows += [np.array(ids[i * n : (i + 1) * n], np.int32) for i in chosen]
        owners += [number] * len(chosen)
        halves += [turn % 2] * len(chosen)
    if len(set(halves)) < 2:
        raise ValueError(
            f"{len(texts)} texts hold {len(rows)} windows of {n} tokens in {len(set(halves))} "
            "half; give at least two texts of one source that are as long, one for each half"
        )
    sources = tuple(text.origin for text in texts)
    return TextWindows(np.stack(rows), np.array(owners), np.array(halves), sources, count.tokens())


class _Shown:
    """Counts which tokens stand as whole words in texts, and which are marks and figures."""

    def __init__(self, lm: LanguageModel) -> None:
        decoded = [lm.tokenizer.decode([i]) for i in range(lm.dims.d_vocab)]
        self._word = np.array([text[:1] == " " and text[1:].isalpha() for text in decoded])
        self._mark = np.array([not any(map(str.isalpha, text)) for text in decoded])
        self._goes_on = np.array([text[:1].isalpha() for text in decoded])
        self._words = np.zeros(len(decoded), np.int64)
        self._all = np.zeros(len(decoded), np.int64)

    def add(self, token_ids: Sequence[int]) -> None:
        """Count the tokens of one text."""
        ids = np.array(token_ids, np.int64)
        ends = np.append(~self._goes_on[ids[1:]], True)[: len(ids)]
        self._words += np.bincount(ids[ends], minlength=len(self._words))
        self._all += np.bincount(ids, minlength=len(self._all))

    def tokens(self) -> Array:
        """The tokens seen often enough, by their ids."""
        words = self._word & (self._words >= WORD_SEEN)
        marks = self._mark & (self._all >= MARK_SEEN)
        return np.flatnonzero(words | marks)
