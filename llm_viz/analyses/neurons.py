"""Neurons of the feed-forward layers: where in real text each is strong, and what it writes.

A neuron's activation is ``mlp_post``, what it multiplies its own column of ``W_out`` by. In a gated
layer that is a product and may have either sign, so a neuron has two sides, and each may stand for
something of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from llm_viz.analyses.neuron_index import AFTER, BEFORE, batches, path_of, read_windows, stored
from llm_viz.analyses.neuron_patterns import PatternReader, in_words
from llm_viz.analyses.text_windows import TextWindows
from llm_viz.model import LanguageModel
from llm_viz.model.peaks import EDGES

Array = np.ndarray[Any, np.dtype[Any]]

POSITIVE, NEGATIVE = 0, 1  # the sides of a neuron, in the order in which they are kept
SIDES = ("positive", "negative")


@dataclass(frozen=True, eq=False)
class Context:
    """One place in real text where a neuron is strong.

    Attributes:
        tokens: as shown to people, oldest first; some before the place found, some after it.
        activations: (token,) of the neuron at each of them, with their signs.
        peak: which of the tokens is the place found.
        source: where the text is from, in words.
        held_out: True if it is of the half of the texts that the pattern was not read from.
    """

    tokens: tuple[str, ...]
    activations: Array
    peak: int
    source: str
    held_out: bool


@dataclass(frozen=True, eq=False)
class Side:
    """The positive or the negative activations of a neuron.

    Attributes:
        contexts: where they are strongest, the strongest first, from both halves of the texts.
        promoted, suppressed: the words that the neuron's output makes more and less likely on this
            side, as shown to people, with what it adds to the logit of each for a unit of
            activation (of either sign), beyond what it adds to all of them; the largest first.
        pattern: in words, what the places of one half have in common; empty if nothing was found.
        score: how well that holds on the other half, 0 to 1: the share of the strongest places
            where it holds, less the share of ordinary tokens; NaN if there is nothing to score.
    """

    contexts: tuple[Context, ...]
    promoted: tuple[tuple[str, float], ...]
    suppressed: tuple[tuple[str, float], ...]
    pattern: str
    score: float


@dataclass(frozen=True, eq=False)
class Neuron:
    """What is known of one neuron.

    Attributes:
        layer, neuron: which one, both from 0.
        sides: positive, negative.
        histogram: (bin,) how often its activation fell into each bin, over all tokens read.
        edges: (bin + 1,) of the bins, rising, symmetric about 0; what lies beyond the outermost
            edges counts in the outermost bins.
    """

    layer: int
    neuron: int
    sides: tuple[Side, Side]
    histogram: Array
    edges: Array

    @property
    def label(self) -> str:
        """Such as ``L24N659``; `place_of` reads it."""
        return label_of(self.layer, self.neuron)


class NeuronIndex:
    """Everything that was kept of every neuron of a model over some texts.

    `build` reads the texts, or goes on where it was stopped; `open` only opens what is there.

    Attributes:
        windows: what was read.
        values, places, around, counts: see `llm_viz.model.peaks.Peaks.arrays`.
        scale: what the final norm divides by, the mean over all tokens: pushes are given for it.
    """

    def __init__(
        self, lm: LanguageModel, windows: TextWindows, arrays: Mapping[str, Array]
    ) -> None:
        self.windows = windows
        self.weight_hash = lm.info.weight_hash
        self.values, self.places = arrays["values"], arrays["places"]
        self.around, self.counts = arrays["around"], arrays["counts"]
        self.scale = float(arrays["scales"]) / windows.n_tokens
        self._shown = frozenset(windows.shown.tolist())
        self._reader: PatternReader | None = None
        self._shown_readout: Array | None = None

    @classmethod
    def build(
        cls,
        lm: LanguageModel,
        windows: TextWindows,
        path: Path | None = None,
        *,
        afresh: bool = False,
    ) -> NeuronIndex:
        """Read all windows and keep the index on disk; quick if that was done before.

        Args:
            lm: the model.
            windows: what it reads, see `llm_viz.analyses.text_windows.cut_texts`.
            path: where the index lies; a file of the package's cache if left out.
            afresh: build it again, whatever is there.

        Raises:
            ValueError: the model is read from outside, so that its neurons cannot be seen, or
                parts of it are changed at the moment.
        """
        return cls(lm, windows, read_windows(lm, windows, path, afresh=afresh))

    @classmethod
    def open(cls, lm: LanguageModel, windows: TextWindows, path: Path | None = None) -> NeuronIndex:
        """Open an index that was built before.

        Raises:
            FileNotFoundError: there is no whole index of this model over these windows; the
                sentence says how far one got.
        """
        path = path or path_of(lm.info.weight_hash, windows)
        held = stored(path, lm.info.weight_hash, windows)
        wanted = len(batches(windows))
        if held is None or held[1] < wanted:
            found = "none" if held is None else f"{held[1]} of {wanted} batches"
            raise FileNotFoundError(
                f"there is no whole index of {lm.info.id} over these {len(windows):,} windows "
                f"(found: {found}); build it with NeuronIndex.build, which goes on where it stopped"
            )
        return cls(lm, windows, held[0])

    def __repr__(self) -> str:
        n_layers, _, _, d_mlp, k = self.values.shape
        return (
            f"NeuronIndex({n_layers} layers x {d_mlp:,} neurons, {k} places of each half and side, "
            f"over {self.windows.n_tokens:,} tokens)"
        )

    def neuron(
        self, lm: LanguageModel, layer: int, neuron: int, *, contexts: int = 6, words: int = 10
    ) -> Neuron:
        """What is known of one neuron.

        Args:
            lm: the model that the index was made with.
            layer, neuron: which one, both from 0.
            contexts: how many to give of each half and side.
            words: how many promoted and suppressed words to give.

        Raises:
            IndexError: there is no such layer or neuron.
            ValueError: the index was made with another model.
        """
        self._check(lm, layer, neuron)
        found = self.patterns(lm).read(self.places[layer][:, :, neuron : neuron + 1])
        named = [
            in_words(lm, int(found.kind[side, 0]), found.words[side, 0], self._shown)
            for side in (POSITIVE, NEGATIVE)
        ]
        push = self.pushes(lm, layer, [neuron])[0]
        sides = [
            Side(
                contexts=self.contexts(lm, layer, neuron, side, contexts),
                **most_pushed(lm, self.windows.shown, push if side == POSITIVE else -push, words),
                pattern=named[side],
                score=float(found.score[side, 0]),
            )
            for side in (POSITIVE, NEGATIVE)
        ]
        return Neuron(layer, neuron, (sides[0], sides[1]), self.counts[layer, neuron], EDGES)

    def search(self, lm: LanguageModel, word: str, k: int = 20) -> list[tuple[str, str, float]]:
        """The neurons that promote a token most.

        Args:
            lm: the model that the index was made with.
            word: the exact text of one token, such as ``" blue"``, or the token as it is shown to
                people, ``"·blue"``. Where that is no token, one with a space before it is looked
                for, then one without, each spelt as given, with a capital and in small letters.
            k: how many to give.

        Returns:
            (label, ``"positive"`` or ``"negative"``, push on the token's logit for a unit of
            activation on that side), the largest push first. Sides that were never active in the
            texts are left out.

        Raises:
            ValueError: it is not one token, or the index was made with another model.
        """
        self._check(lm)
        token = self._token(lm, word)
        common = self._raw_readout(lm, self.windows.shown).mean(axis=1)
        column = self._raw_readout(lm, [token])[:, 0] - common
        found = []
        for layer in range(len(self.values)):
            push = lm.neuron_write(layer) @ column
            for side, sign in enumerate((1, -1)):
                active = self.values[layer, :, side, :, 0].max(axis=0) > 0
                signed = np.where(active, sign * push, -np.inf)
                best = np.argsort(-signed, kind="stable")[:k]
                found += [(float(signed[i]), layer, int(i), side) for i in best]
        found.sort(reverse=True)
        return [
            (label_of(layer, i), SIDES[side], push)
            for push, layer, i, side in found[:k]
            if np.isfinite(push)
        ]

    def contexts(
        self, lm: LanguageModel, layer: int, neuron: int, side: int, most: int
    ) -> tuple[Context, ...]:
        """The strongest places of one side, at most so many of each half, the strongest first."""
        found = [
            (self.values[layer, half, side, neuron, i], half, i)
            for half in (0, 1)
            for i in range(min(most, self.values.shape[-1]))
            if self.places[layer, half, side, neuron, i] >= 0
        ]
        found.sort(key=lambda each: -each[0])
        sign = 1 if side == POSITIVE else -1
        return tuple(
            context_at(
                lm,
                self.windows,
                int(self.places[layer, half, side, neuron, i]),
                sign * self.around[layer, half, side, neuron, i].astype(np.float32),
            )
            for _, half, i in found
        )

    def pushes(self, lm: LanguageModel, layer: int, neurons: Sequence[int]) -> Array:
        """(neuron, shown token): what a unit of positive activation adds to logits.

        The direct way only: what the neuron writes goes through the final norm's gain, is divided
        by the mean `scale`, and meets the unembedding; later layers are passed by. What all shown
        tokens get alike is taken out, as it changes no probability.
        """
        self._check(lm, layer)
        pushed: Array = lm.neuron_write(layer)[list(neurons)] @ self._readout(lm)
        return pushed

    def patterns(self, lm: LanguageModel) -> PatternReader:
        """Reads patterns over these windows; made once."""
        if self._reader is None:
            self._reader = PatternReader(lm, self.windows)
        return self._reader

    def _token(self, lm: LanguageModel, word: str) -> int:
        """The token that a word stands for, see `search`."""
        exact = lm.token_ids(word, add_start=False)
        if len(exact) == 1:
            return exact[0]
        for token in self.windows.shown.tolist():
            if lm.tokenizer.show(token) == word:
                return int(token)
        bare = word.strip()
        spellings = dict.fromkeys((bare, bare.capitalize(), bare.lower())) if bare else ()
        for text in (*(f" {each}" for each in spellings), *spellings):
            ids = lm.token_ids(text, add_start=False)
            if len(ids) == 1:
                return ids[0]
        return lm.token_id(word)  # tells how it is cut

    def _readout(self, lm: LanguageModel) -> Array:
        """(d_model, shown token): what each direction of the stream adds to their logits."""
        if self._shown_readout is None:
            raw = self._raw_readout(lm, self.windows.shown)
            self._shown_readout = raw - raw.mean(axis=1, keepdims=True)
        return self._shown_readout

    def _raw_readout(self, lm: LanguageModel, tokens: Sequence[int] | Array) -> Array:
        one_by_one = np.eye(lm.dims.d_model, dtype=np.float32)
        return lm.readout(one_by_one, norm_scale=self.scale, token_ids=list(map(int, tokens)))

    def _check(self, lm: LanguageModel, layer: int = 0, neuron: int = 0) -> None:
        if lm.info.weight_hash != self.weight_hash:
            raise ValueError(
                f"the index was made with other weights than those of {lm.info.id}; build one for "
                "this model with NeuronIndex.build"
            )
        n_layers, _, _, d_mlp, _ = self.values.shape
        for name, index, size in (("layer", layer, n_layers), ("neuron", neuron, d_mlp)):
            if not 0 <= index < size:
                raise IndexError(f"{name} {index} is out of range; it goes from 0 to {size - 1:,}")


def context_at(lm: LanguageModel, windows: TextWindows, place: int, around: Array) -> Context:
    """The context of a place.

    Args:
        lm: shows the tokens.
        windows: that the place is in.
        place: number of the token in ``windows.token_ids``, all windows in a row.
        around: (`BEFORE` + 1 + `AFTER`,) activations; those beyond the window are left out.
    """
    window, at = divmod(place, windows.token_ids.shape[1])
    first, end = max(0, at - BEFORE), min(windows.token_ids.shape[1], at + AFTER + 1)
    return Context(
        tokens=tuple(lm.tokenizer.show(int(i)) for i in windows.token_ids[window, first:end]),
        activations=around[first - at + BEFORE : end - at + BEFORE],
        peak=at - first,
        source=windows.sources[windows.text[window]],
        held_out=bool(windows.half[window]),
    )


def most_pushed(
    lm: LanguageModel, shown: Array, push: Array, words: int
) -> dict[str, tuple[tuple[str, float], ...]]:
    """``promoted`` and ``suppressed`` of a `Side`, from its push on each shown token."""
    return {
        name: tuple((lm.tokenizer.show(int(shown[i])), float(push[i])) for i in best)
        for name, best in zip(("promoted", "suppressed"), ends_of(push, words), strict=True)
    }


def ends_of(pushes: Array, words: int) -> Array:
    """Which tokens are pushed most.

    Args:
        pushes: (…, token).
        words: how many of each end; fewer if there are not so many tokens.

    Returns:
        (…, 2, word): places among the tokens; of the largest pushes, the largest first, then of
        the smallest, the smallest first.
    """
    order = np.argsort(-pushes, axis=-1, kind="stable")
    return np.stack([order[..., :words], order[..., ::-1][..., :words]], axis=-2)


def label_of(layer: int, neuron: int) -> str:
    """How a neuron is named, both from 0: ``L24N659``."""
    return f"L{layer}N{neuron}"


def place_of(label: str) -> tuple[int, int]:
    """The layer and the number of the neuron with a label, both from 0.

    Raises:
        ValueError: it is no label.
    """
    found = re.fullmatch(r"L([0-9]+)N([0-9]+)", label)
    if found is None:
        raise ValueError(f"{label!r} names no neuron; write layer and number such as L24N659")
    return int(found[1]), int(found[2])
