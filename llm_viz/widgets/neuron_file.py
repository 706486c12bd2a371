"""Neurons as a page gets them: small, and with the error stated.

What stands in texts (tokens, words, sources, patterns, why a neuron was chosen) is kept once, in
one table, and pointed at. Safetensors. n neurons, b bins, and one row after the other, in this
order (neuron, positive side before negative, the strongest context first): c contexts, t tokens of
all contexts, w words pushed, promoted before suppressed on each side:

- ``neurons`` (n, 2): U16, layer and neuron; ``why`` (n,): U16, a text;
- ``histogram`` (n, b): U32; ``edges`` (n, b + 1): F32;
- ``patterns`` (n, 2): U16, a text; ``scores`` (n, 2): F32, NaN where there is nothing to score;
- ``scales`` (n, 2): F32, the largest size of an activation in the contexts of the side;
- ``n_contexts`` (n, 2), ``n_words`` (n, 2, 2): U8;
- ``lengths``, ``peaks``, ``held_out`` (c,): U8; ``sources`` (c,): U16, a text; ``strengths`` (c,):
  F32, the activation at the peak;
- ``tokens`` (t,): U16, a text; ``activations`` (t,): I8, in 127ths of the scale of their side, so
  that one is off by at most 0.4 % of that, except at the peak, where it is exact;
- ``words`` (w,): U16, a text; ``pushes`` (w,): F32, logits for a unit of activation.

Under ``llm_viz_neurons`` in the header: the schema and the texts. `js/src/neurons/file.js` reads
it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from llm_viz import packed
from llm_viz.analyses.neurons import Context, Neuron, Side

Array = np.ndarray[Any, np.dtype[Any]]
Word = tuple[str, float]

KEY = "llm_viz_neurons"
SCHEMA = 1
STEPS = 127  # of an activation on either side of 0
MOST_TEXTS = 2**16
MOST_LISTED = 2**8 - 1  # contexts of a side, words of a list, tokens of a context


class _Texts:
    """A table of texts that grows while things are packed."""

    def __init__(self) -> None:
        self._places: dict[str, int] = {}

    def places(self, texts: Sequence[str]) -> Array:
        """Where these stand in the table; new ones are put in.

        Raises:
            ValueError: it is full.
        """
        found = [self._places.setdefault(text, len(self._places)) for text in texts]
        if len(self._places) > MOST_TEXTS:
            raise ValueError(
                f"these neurons have more than {MOST_TEXTS:,} different tokens and words; show "
                "fewer neurons at once"
            )
        return np.array(found, np.uint16)

    def list(self) -> list[str]:
        return list(self._places)


def pack(neurons: Sequence[Neuron], why: Sequence[str]) -> bytes:
    """Neurons as bytes.

    Args:
        neurons: one at least, all with as many bins.
        why: of each, why it is shown; ``""`` if there is nothing to say.

    Raises:
        ValueError: there are none, or too many texts, or a list of one of them is too long.
    """
    if not neurons:
        raise ValueError("there are no neurons; give one at least")
    texts = _Texts()
    sides = [side for neuron in neurons for side in neuron.sides]
    contexts = [context for side in sides for context in side.contexts]
    lists = [words for side in sides for words in (side.promoted, side.suppressed)]
    scales = np.array([_scale(side) for side in sides])
    steps = [
        _steps(context.activations, scale)
        for side, scale in zip(sides, scales, strict=True)
        for context in side.contexts
    ]
    two = (len(neurons), 2)
    tensors = {
        "neurons": np.array([(each.layer, each.neuron) for each in neurons], np.uint16),
        "why": texts.places(why),
        "histogram": np.stack([each.histogram for each in neurons]).astype(np.uint32),
        "edges": np.stack([each.edges for each in neurons]).astype(np.float32),
        "patterns": texts.places([side.pattern for side in sides]).reshape(two),
        "scores": np.array([side.score for side in sides], np.float32).reshape(two),
        "scales": scales.astype(np.float32).reshape(two),
        "n_contexts": _counts(len(side.contexts) for side in sides).reshape(two),
        "n_words": _counts(map(len, lists)).reshape(*two, 2),
        "lengths": _counts(len(context.tokens) for context in contexts),
        "peaks": _counts(context.peak for context in contexts),
        "held_out": np.array([context.held_out for context in contexts], np.uint8),
        "strengths": np.array([each.activations[each.peak] for each in contexts], np.float32),
        "sources": texts.places([context.source for context in contexts]),
        "tokens": texts.places([token for context in contexts for token in context.tokens]),
        "activations": np.concatenate([*steps, np.zeros(0, np.int8)]),
        "words": texts.places([word for words in lists for word, _ in words]),
        "pushes": np.array([push for words in lists for _, push in words], np.float32),
    }
    return packed.pack(KEY, tensors, {"schema": SCHEMA, "texts": texts.list()})


def unpack(data: bytes) -> tuple[list[Neuron], list[str]]:
    """The neurons that `pack` packed, within the error stated above, and why each is shown."""
    told, held = packed.unpack(KEY, data)
    texts: list[str] = told["texts"]
    contexts = iter(_contexts(held, texts))
    words = iter(
        [(texts[i], float(push)) for i, push in zip(held["words"], held["pushes"], strict=True)]
    )
    neurons = []
    for i, (layer, neuron) in enumerate(held["neurons"].tolist()):
        sides = []
        for j in range(2):
            promoted, suppressed = (
                tuple(next(words) for _ in range(n)) for n in held["n_words"][i, j]
            )
            found = [next(contexts) for _ in range(held["n_contexts"][i, j])]
            sides.append(
                Side(
                    contexts=tuple(_context(*each, held["scales"][i, j]) for each in found),
                    promoted=promoted,
                    suppressed=suppressed,
                    pattern=texts[held["patterns"][i, j]],
                    score=float(held["scores"][i, j]),
                )
            )
        neurons.append(
            Neuron(layer, neuron, (sides[0], sides[1]), held["histogram"][i], held["edges"][i])
        )
    return neurons, [texts[i] for i in held["why"]]


def _contexts(held: dict[str, Array], texts: list[str]) -> list[tuple[Context, float]]:
    """Every context with activations in steps, and its activation at the peak."""
    ends = np.cumsum(held["lengths"], dtype=np.int64)
    return [
        (
            Context(
                tuple(texts[token] for token in held["tokens"][end - length : end]),
                held["activations"][end - length : end],
                int(held["peaks"][i]),
                texts[held["sources"][i]],
                bool(held["held_out"][i]),
            ),
            held["strengths"][i],
        )
        for i, (length, end) in enumerate(zip(held["lengths"].astype(int), ends, strict=True))
    ]


def _context(in_steps: Context, strength: float, scale: float) -> Context:
    activations = in_steps.activations.astype(np.float32) * (scale / STEPS)
    activations[in_steps.peak] = strength
    return replace(in_steps, activations=activations)


def _scale(side: Side) -> float:
    return max((float(np.abs(each.activations).max()) for each in side.contexts), default=0.0)


def _steps(activations: Array, scale: float) -> Array:
    shares = np.asarray(activations, np.float64) / (scale or 1.0)
    return np.rint(STEPS * shares).astype(np.int8)


def _counts(counts: Any) -> Array:
    found = list(counts)
    if max(found, default=0) > MOST_LISTED:
        raise ValueError(
            f"a neuron has a list of {max(found):,} contexts, tokens or words; at most "
            f"{MOST_LISTED} of each can be shown"
        )
    return np.array(found, np.uint8)
