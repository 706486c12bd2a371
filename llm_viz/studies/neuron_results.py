"""The result of the study of neurons, and how the neurons that the page shows lie in its file.

Of each text only places are kept, as numbers of tokens, and of each place the activations around
it; the words themselves are read again from where the texts come from. Activations are half floats
(off by 0.05 % at most), and so are pushes.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from llm_viz.analyses.neuron_patterns import in_words
from llm_viz.analyses.neurons import Neuron, NeuronIndex, Side, context_at, ends_of
from llm_viz.analyses.text_windows import TextWindows
from llm_viz.model import LanguageModel
from llm_viz.model.peaks import EDGES
from llm_viz.studies.results import Array, Provenance

CHOSEN = ("readable", "named", "by lot")


@dataclass(frozen=True)
class NamedNeuron:
    """How a neuron that was named before fares on these texts; no half was used to name it.

    Attributes:
        label, meaning: which, and what it was said to stand for.
        side: 0 positive, 1 negative.
        before, at, after: share of its strongest places that have such a word among the four tokens
            before, that are one, and that are followed by one.
        base: share of all tokens that are such words.
        windows: how many windows hold such a word. Where these are fewer than the 24 places that
            are kept of a side, not all places can be at one.
        promoted, suppressed: how many of the ten tokens that it promotes most, and suppresses
            most, on that side are such words, or those that it was said to promote.
    """

    label: str
    meaning: str
    side: int
    before: float
    at: float
    after: float
    base: float
    windows: int
    promoted: int
    suppressed: int


@dataclass(frozen=True, eq=False)
class Layers:
    """Per layer, over all its neurons. The last axis is value, low, high (95 % over neurons).

    Attributes:
        readable: (side, layer, 3) share whose pattern holds on the second half: a score of
            0.5 or more.
        by_chance: (side, layer, 3) the same share with the pattern of another neuron of the layer.
        score: (side, layer, 3) mean score.
        explained: (kind, layer, 3) share of all sides that a pattern of this kind reads.
        kinds: names of the kinds, from the simplest to the least simple.
    """

    readable: Array
    by_chance: Array
    score: Array
    explained: Array
    kinds: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Neurons:
    """The result of the study.

    Attributes:
        neurons: those that the page shows, by layer and number.
        chosen: why each of them is here: one of `CHOSEN`.
        layers: what holds of all neurons of each layer.
        named: the neurons that were named before.
        n_neurons: of a layer.
        n_tokens: of the texts; start tokens apart.
        index_bytes: how large the index of all neurons is on disk.
        provenance: where the numbers come from.
    """

    neurons: tuple[Neuron, ...]
    chosen: tuple[str, ...]
    layers: Layers
    named: tuple[NamedNeuron, ...]
    n_neurons: int
    n_tokens: int
    index_bytes: int
    provenance: Provenance

    def find(self, label: str) -> Neuron:
        """A neuron of the study by its label, such as ``L24N659``.

        Raises:
            KeyError: the study does not show this neuron.
        """
        for neuron in self.neurons:
            if neuron.label == label:
                return neuron
        raise KeyError(
            f"the study shows {len(self.neurons)} neurons, and {label!r} is not among them; an "
            "index of all neurons has it, see llm_viz.analyses.NeuronIndex"
        )


def packed(
    lm: LanguageModel,
    made: NeuronIndex,
    patterns: tuple[Array, Array, Array],
    chosen: Sequence[tuple[int, int]],
    contexts: int,
    words: int,
) -> dict[str, Array]:
    """Arrays of some neurons, one row each.

    Args:
        lm: the model.
        made: the index of all neurons.
        patterns: kind (layer, side, neuron), words (layer, side, neuron, 3) and score (layer, side,
            neuron) of all neurons, see `llm_viz.analyses.neuron_patterns.Patterns`.
        chosen: (layer, neuron) of each.
        contexts: how many to keep of each half and side.
        words: how many promoted and suppressed tokens to keep.
    """
    kind, named, score = patterns
    layer, neuron = np.array(chosen).T
    pushes = np.stack([made.pushes(lm, int(at), [int(which)])[0] for at, which in chosen])
    ends = ends_of(pushes, words)  # (neuron, end, word)
    pushed = np.take_along_axis(pushes[:, None], ends, axis=2)
    return {
        "neuron": np.stack([layer, neuron], axis=1).astype(np.int16),
        "kind": kind[layer, :, neuron].astype(np.int8),
        "words": named[layer, :, neuron].astype(np.int32),
        "score": score[layer, :, neuron].astype(np.float32),
        "places": made.places[layer, :, :, neuron, :contexts],
        "around": made.around[layer, :, :, neuron, :contexts],
        "histogram": made.counts[layer, neuron].astype(np.int32),
        "pushed": made.windows.shown[ends].astype(np.int32),
        "push": pushed.astype(np.float16),
    }


def unpacked(
    lm: LanguageModel, read: TextWindows, arrays: Mapping[str, Array]
) -> tuple[Neuron, ...]:
    """The neurons of what `packed` gave, in its order."""
    shown = frozenset(read.shown.tolist())
    return tuple(_row(lm, read, arrays, i, shown) for i in range(len(arrays["neuron"])))


def _row(
    lm: LanguageModel,
    read: TextWindows,
    arrays: Mapping[str, Array],
    i: int,
    shown: Container[int],
) -> Neuron:
    layer, neuron = map(int, arrays["neuron"][i])
    ends = [
        tuple(
            (lm.tokenizer.show(int(token)), float(push))
            for token, push in zip(arrays["pushed"][i, end], arrays["push"][i, end], strict=True)
        )
        for end in (0, 1)
    ]
    turned = [tuple((token, -push) for token, push in end) for end in ends]
    sides = []
    for side, (promoted, suppressed) in enumerate(((ends[0], ends[1]), (turned[1], turned[0]))):
        sign = 1 - 2 * side
        found = [
            context_at(lm, read, int(place), sign * around.astype(np.float32))
            for half in (0, 1)
            for place, around in zip(
                arrays["places"][i, half, side], arrays["around"][i, half, side], strict=True
            )
            if place >= 0
        ]
        found.sort(key=lambda context: -abs(context.activations[context.peak]))
        pattern = in_words(lm, int(arrays["kind"][i, side]), arrays["words"][i, side], shown)
        score = float(arrays["score"][i, side])
        sides.append(Side(tuple(found), promoted, suppressed, pattern, score))
    return Neuron(layer, neuron, (sides[0], sides[1]), arrays["histogram"][i], EDGES)
