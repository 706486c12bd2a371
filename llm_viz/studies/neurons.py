"""What the neurons of the feed-forward layers are strong on, and for how many a pattern holds.

Every neuron is followed over Wikipedia articles and the King James Bible, printed text of two very
different kinds. (The documentation of Python's own library would be a third, but each version of
Python has another.) The texts are in two halves that share no article and no book: a pattern is
read from the strongest places of the first and scored on those of the second, see
`llm_viz.analyses.neuron_patterns`. Shares per layer are over all neurons of the layer, the two
signs apart, with bootstrap intervals over neurons.

The page shows a few neurons of each layer. Those called *readable* are chosen on the first half
alone: of each layer the sides that a pattern fits best, no two with the same pattern and not more
than `OF_A_KIND` of a kind. So the score shown with them, which is of the second half, was not
picked. Beside them stand the neurons that were *named* before this study, and some drawn *by lot*.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from tqdm.auto import tqdm

from llm_viz.analyses.neuron_index import K, path_of
from llm_viz.analyses.neuron_patterns import ALIKE, ALIKE_TEXT, KINDS, PatternReader, in_words
from llm_viz.analyses.neurons import (
    EDGES,
    NEGATIVE,
    POSITIVE,
    Neuron,
    NeuronIndex,
    Side,
    context_at,
    shown_words,
)
from llm_viz.analyses.senses import CONFIDENCE, RESAMPLES, interval
from llm_viz.analyses.windows import Text, Windows, cut
from llm_viz.model import LanguageModel, load_model
from llm_viz.studies.results import DATA, Array, Parts, Provenance, read_arrays, write_arrays
from llm_viz.training import king_james_books, wikipedia_articles

STUDY = "neurons"
FILE = DATA / "neurons.safetensors"
READABLE = 0.5  # from this score on
OF_A_LAYER, OF_A_KIND = 5, 2
BY_LOT = 20
CONTEXTS, WORDS = 5, 10  # of each half and side; of each end
SEED = 0
CHOSEN = ("readable", "named", "by lot")

_DAYS = "monday tuesday wednesday thursday friday saturday sunday"
_MONTHS = "january february march april may june july august september october november december"
_COLOURS = "red blue green yellow black white brown purple orange pink grey gray golden scarlet"
_NUMBERS = (
    "one two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty "
    "hundred thousand million"
)


class Meaning(NamedTuple):
    """What a neuron was said to stand for: on which side, and in which words."""

    label: str
    side: int
    meaning: str
    words: str


NAMED = (
    Meaning("L24N659", POSITIVE, "colours", _COLOURS),
    Meaning("L20N882", POSITIVE, "colours", _COLOURS),
    Meaning("L0N1469", POSITIVE, "weekdays", _DAYS),
    Meaning("L8N1447", NEGATIVE, "weekdays", _DAYS),
    Meaning("L22N610", NEGATIVE, "months", _MONTHS),
    Meaning("L29N259", POSITIVE, "number words", _NUMBERS),
    Meaning("L24N911", POSITIVE, "how, whether, want", "how whether want wants wanted"),
)


@dataclass(frozen=True)
class NamedNeuron:
    """How a neuron that was named before fares on these texts; no half was used to name it.

    Attributes:
        label, meaning: which, and what it was said to stand for.
        side: 0 positive, 1 negative.
        at, after: share of its strongest places whose token, or the one after it, is such a word.
        base: share of all tokens that are such words.
        promoted, suppressed: how many of the `WORDS` tokens that it promotes, and suppresses, on
            that side are such words.
    """

    label: str
    meaning: str
    side: int
    at: float
    after: float
    base: float
    promoted: int
    suppressed: int


@dataclass(frozen=True, eq=False)
class Layers:
    """Per layer, over all its neurons. The last axis is value, low, high (95 % over neurons).

    Attributes:
        readable: (side, layer, 3) share whose pattern holds on the second half: score of
            `READABLE` or more.
        by_chance: (side, layer, 3) the same share with the pattern of another neuron of the layer.
        score: (side, layer, 3) mean score.
        explained: (kind, layer, 3) share of all sides that a pattern of this kind reads.
        kinds: names of the kinds, from the simplest to the least simple.
    """

    readable: Array
    by_chance: Array
    score: Array
    explained: Array
    kinds: tuple[str, ...] = KINDS


@dataclass(frozen=True, eq=False)
class Neurons:
    """The result of the study.

    Attributes:
        neurons: those that the page shows, by layer and number.
        chosen: why each of them is here: one of `CHOSEN`.
        layers: what holds of all neurons of each layer.
        named: the neurons that were named before.
        n_tokens: of the texts; start tokens apart.
        index_bytes: how large the index of all neurons is on disk.
        provenance: where the numbers come from.
    """

    neurons: tuple[Neuron, ...]
    chosen: tuple[str, ...]
    layers: Layers
    named: tuple[NamedNeuron, ...]
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


def texts() -> list[Text]:
    """What the neurons are followed over.

    Raises:
        llm_viz.model.assets.AssetError: the King James Bible could not be fetched.
    """
    articles = [Text("a Wikipedia article", text) for text in wikipedia_articles()]
    return articles + [Text("the King James Bible", text) for text in king_james_books()]


def windows(lm: LanguageModel) -> Windows:
    """The texts as a model reads them: takes seconds."""
    return cut(lm, texts())


def load(lm: LanguageModel | None = None, path: Path = FILE) -> Neurons:
    """The result as it was computed last. The texts are read again from where they come from.

    Args:
        lm: the model of the study, to cut and show the texts; loaded if left out.
        path: of the result.

    Raises:
        ValueError: another model was given, or the texts are not those of the study.
    """
    lm = lm or load_model(device="cpu")
    arrays, told = read_arrays(path)
    provenance = Provenance(**told["provenance"])
    if lm.info.weight_hash != provenance.weight_hash:
        raise ValueError(f"the study is of {provenance.model}; {lm.info.id} has other weights")
    read = windows(lm)
    if read.digest != provenance.settings["texts"]:
        raise ValueError(
            "the texts are not those that the study read, so its places mean nothing in them; "
            "install the gensim that llm_viz asks for, or run the study again"
        )
    chosen = [_unpack(lm, read, arrays, i) for i in range(len(arrays["neuron"]))]
    return Neurons(
        neurons=tuple(chosen),
        chosen=tuple(CHOSEN[i] for i in arrays["chosen"]),
        layers=Layers(*(arrays[f"layers_{name}"] for name in _OF_LAYERS)),
        named=tuple(NamedNeuron(**named) for named in told["named"]),
        n_tokens=told["n_tokens"],
        index_bytes=told["index_bytes"],
        provenance=provenance,
    )


def index(lm: LanguageModel) -> NeuronIndex:
    """The index of all neurons, as the study left it in the cache.

    Raises:
        FileNotFoundError: it is not there, or not whole.
    """
    return NeuronIndex.open(lm, windows(lm))


def run(afresh: bool = False) -> Path:
    """Compute the study, or go on with it, and write its file. The index stays in the cache."""
    lm = load_model()
    read = windows(lm)
    settings: dict[str, Any] = {
        "texts": read.digest,
        "windows": list(read.token_ids.shape),
        "k": K,
        "alike": [ALIKE, ALIKE_TEXT],
        "readable": READABLE,
        "of_a_layer": [OF_A_LAYER, OF_A_KIND],
        "by_lot": BY_LOT,
        "contexts": CONTEXTS,
        "words": WORDS,
        "named": [list(named) for named in NAMED],
        "seed": SEED,
    }
    if not afresh and FILE.exists():
        _, told = read_arrays(FILE)
        if Provenance(**told["provenance"]).agrees(lm.info.weight_hash, settings):
            return FILE
    parts = Parts(STUDY, lm.info.weight_hash, settings)
    if afresh:
        parts.clear()
    made = NeuronIndex.build(lm, read, afresh=afresh)
    found = _all_patterns(lm, made, parts)
    chosen = choose(made, found)
    arrays = {
        **{
            f"layers_{name}": array
            for name, array in zip(_OF_LAYERS, of_layers(found), strict=True)
        },
        **_packed(lm, made, found, list(chosen)),
        "chosen": np.array([CHOSEN.index(why) for why in chosen.values()], np.uint8),
    }
    told = {
        "named": [asdict(named_neuron(lm, made, meaning)) for meaning in NAMED],
        "n_tokens": read.n_tokens,
        "index_bytes": path_of(lm.info.weight_hash, read).stat().st_size,
        "provenance": asdict(
            Provenance.of(
                STUDY,
                lm.info.id,
                lm.info.weight_hash,
                settings,
                ("numpy", "torch", "gensim"),
                device=str(lm.device),
            )
        ),
    }
    write_arrays(FILE, arrays, told)
    parts.clear()
    return FILE


# --- all neurons ---------------------------------------------------------------------------------

_OF_LAYERS = ("readable", "by_chance", "score", "explained")


class Found(NamedTuple):
    """The patterns of all neurons: `llm_viz.analyses.neuron_patterns.Patterns`, layers stacked."""

    kind: Array  # (layer, side, neuron)
    first: Array
    score: Array
    control: Array
    words: Array  # (layer, side, neuron, 3)


def _all_patterns(lm: LanguageModel, made: NeuronIndex, parts: Parts) -> Found:
    reader = made.patterns(lm)
    rows = [
        parts.array(f"patterns-{layer}", lambda layer=layer: _as_rows(reader, made.places[layer]))  # type: ignore[misc]
        for layer in tqdm(range(len(made.places)), "patterns", unit="layer")
    ]
    table = np.stack(rows)
    return Found(
        kind=table[..., 0].astype(int),
        first=table[..., 1],
        score=np.nan_to_num(table[..., 2]),
        control=np.nan_to_num(table[..., 3]),
        words=table[..., 4:].astype(int),
    )


def _as_rows(reader: PatternReader, places: Array) -> Array:
    """(side, neuron, 7) float64: kind, first, score, control and three words."""
    found = reader.read(places)
    told = (found.kind, found.first, found.score, found.control)
    return np.concatenate([np.stack(told, axis=-1), found.words], axis=-1).astype(np.float64)


def of_layers(found: Found) -> tuple[Array, ...]:
    """The arrays of `Layers`, in the order of `_OF_LAYERS`."""
    readable = found.score >= READABLE  # (layer, side, neuron)
    kinds = [(readable & (found.kind == kind)).mean(axis=1) for kind in range(len(KINDS))]
    each = (
        readable.swapaxes(0, 1),
        (found.control >= READABLE).swapaxes(0, 1),
        found.score.swapaxes(0, 1),
        np.stack(kinds),
    )
    return tuple(with_interval(values).astype(np.float32) for values in each)


def with_interval(values: Array) -> Array:
    """(…, 3): the mean over the last axis, the neurons, and its interval: value, low, high."""
    n = values.shape[-1]
    drawn = np.random.default_rng(SEED).multinomial(n, np.full(n, 1 / n), size=RESAMPLES)
    low, high = interval(np.asarray(values, np.float64) @ drawn.T / n, CONFIDENCE)
    return np.stack([values.mean(axis=-1), low, high], axis=-1)


def named_neuron(lm: LanguageModel, made: NeuronIndex, meaning: Meaning) -> NamedNeuron:
    """How a neuron that was named before fares."""
    layer, neuron = map(int, meaning.label[1:].split("N"))
    words = set(meaning.words.split())
    such = np.array(
        [lm.tokenizer.decode([i]).strip().lower() in words for i in range(lm.dims.d_vocab)]
    )
    ids = made.windows.token_ids
    places = made.places[layer, :, meaning.side, neuron].ravel()
    places = places[places >= 0]
    rows, columns = np.divmod(places, ids.shape[1])
    after = columns + 1 < ids.shape[1]
    follows = such[ids[rows, np.minimum(columns + 1, ids.shape[1] - 1)]] & after
    push = made.pushes(lm, layer, [neuron])[0] * (1 if meaning.side == POSITIVE else -1)
    order = such[made.windows.shown[np.argsort(-push, kind="stable")]]
    return NamedNeuron(
        label=meaning.label,
        meaning=meaning.meaning,
        side=meaning.side,
        at=round(float(such[ids[rows, columns]].mean()), 4),
        after=round(float(follows.mean()), 4),
        base=round(float(such[ids].mean()), 4),
        promoted=int(order[:WORDS].sum()),
        suppressed=int(order[::-1][:WORDS].sum()),
    )


# --- those that the page shows -------------------------------------------------------------------


def choose(made: NeuronIndex, found: Found) -> dict[tuple[int, int], str]:
    """Which neurons the page shows and why, by (layer, neuron) in order; see the module."""
    n_layers, _, d_mlp = found.kind.shape
    drawn = np.random.default_rng(SEED).choice(n_layers * d_mlp, BY_LOT, replace=False)
    chosen = {divmod(int(i), d_mlp): "by lot" for i in drawn}
    chosen |= {
        pair: "readable" for layer in range(n_layers) for pair in _best_of(made, found, layer)
    }
    for meaning in NAMED:
        layer, neuron = map(int, meaning.label[1:].split("N"))
        chosen[layer, neuron] = "named"
    return dict(sorted(chosen.items()))


def _best_of(made: NeuronIndex, found: Found, layer: int) -> list[tuple[int, int]]:
    """Neurons with the sides of a layer that a pattern fits best on the first half.

    Of sides that it fits alike, the one that is stronger there goes first.
    """
    strength = made.values[layer, 0, :, :, 0]
    order = np.lexsort((-strength.ravel(), -np.round(found.first[layer], 2).ravel()))
    taken: list[tuple[int, int]] = []
    kinds: dict[int, int] = {}
    patterns = set()
    for side, neuron in (divmod(int(i), strength.shape[1]) for i in order):
        kind, first_word = int(found.kind[layer, side, neuron]), found.words[layer, side, neuron, 0]
        full = kinds.get(kind, 0) == OF_A_KIND or (kind, first_word) in patterns
        if kind < 0 or full or (layer, neuron) in taken:
            continue
        taken.append((layer, neuron))
        kinds[kind] = kinds.get(kind, 0) + 1
        patterns.add((kind, first_word))
        if len(taken) == OF_A_LAYER:
            break
    return taken


def _packed(
    lm: LanguageModel, made: NeuronIndex, found: Found, chosen: Sequence[tuple[int, int]]
) -> dict[str, Array]:
    """Arrays of the neurons that the page shows, one row each."""
    layer, neuron = np.array(chosen).T
    pushes = np.stack([made.pushes(lm, *pair_of(pair))[0] for pair in chosen])
    order = np.argsort(-pushes, axis=1, kind="stable")
    ends = np.stack([order[:, :WORDS], order[:, ::-1][:, :WORDS]], axis=1)  # (neuron, end, word)
    pushed = np.take_along_axis(pushes[:, None], ends, axis=2)
    return {
        "neuron": np.stack([layer, neuron], axis=1).astype(np.int16),
        "kind": found.kind[layer, :, neuron].astype(np.int8),
        "words": found.words[layer, :, neuron].astype(np.int32),
        "score": np.where(
            _there(made, layer, neuron), found.score[layer, :, neuron], np.nan
        ).astype(np.float32),
        "places": made.places[layer, :, :, neuron, :CONTEXTS],
        "around": made.around[layer, :, :, neuron, :CONTEXTS],
        "histogram": made.counts[layer, neuron].astype(np.int32),
        "pushed": made.windows.shown[ends].astype(np.int32),
        "push": pushed.astype(np.float16),
    }


def pair_of(pair: tuple[int, int]) -> tuple[int, list[int]]:
    """A neuron as `NeuronIndex.pushes` takes it."""
    return pair[0], [pair[1]]


def _there(made: NeuronIndex, layer: Array, neuron: Array) -> Array:
    """(neuron, side): has the side a place in both halves?"""
    return (made.places[layer, :, :, neuron, 0] >= 0).all(axis=1)


def _unpack(lm: LanguageModel, read: Windows, arrays: Mapping[str, Array], i: int) -> Neuron:
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
        sign = 1 if side == POSITIVE else -1
        found = [
            context_at(lm, read, int(place), sign * around.astype(np.float32))
            for half in (0, 1)
            for place, around in zip(
                arrays["places"][i, half, side], arrays["around"][i, half, side], strict=True
            )
            if place >= 0
        ]
        found.sort(key=lambda context: -abs(context.activations[context.peak]))
        words = shown_words(lm, arrays["words"][i, side])
        pattern = in_words(int(arrays["kind"][i, side]), words)
        score = float(arrays["score"][i, side])
        sides.append(Side(tuple(found), promoted, suppressed, pattern, score))
    return Neuron(layer, neuron, (sides[0], sides[1]), arrays["histogram"][i], EDGES)
