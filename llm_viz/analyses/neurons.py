"""Neurons of the feed-forward layers: where in real text each is strong, and what it writes.

A neuron's activation is ``mlp_post``, what it multiplies its own row of ``W_out`` by. In a gated
layer that is a product and may have either sign, so a neuron has two sides, and each may stand for
something of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]

POSITIVE, NEGATIVE = 0, 1  # the sides of a neuron, in the order in which they are kept


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
        score: how well that holds on the other half, 0 to 1; NaN if there is nothing to score.
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
        """Such as ``L24N659``."""
        return f"L{self.layer}N{self.neuron}"
