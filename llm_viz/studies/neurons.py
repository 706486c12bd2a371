"""What the neurons of the feed-forward layers are strong on, and for how many a pattern holds.

Every neuron is followed over Wikipedia articles and the King James Bible, printed text of two very
different kinds. (The documentation of Python's own library would be a third, but each version of
Python has another.) The texts are in two halves that share no article and no book: a pattern is
read from the strongest places of the first and scored on those of the second, see
`llm_viz.analyses.neuron_patterns`. Shares per layer are over all neurons of the layer, the two
signs apart, with bootstrap intervals over neurons.

The page shows a few neurons of each layer. Those called *readable* are chosen on the first half
alone: of each layer the `OF_A_LAYER` sides that a pattern fits best, not more than `OF_A_KIND` of a
kind, and no pattern more than `ALIKE_IN_ALL` times in all layers. So the score shown with them,
which is of the second half, was not picked. Beside them stand the neurons that were *named* before
this study, and some drawn *by lot*.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from tqdm.auto import tqdm

from llm_viz.analyses import neuron_patterns
from llm_viz.analyses.neuron_index import K, path_of
from llm_viz.analyses.neuron_patterns import KINDS, PatternReader
from llm_viz.analyses.neurons import NEGATIVE, POSITIVE, NeuronIndex, ends_of, place_of
from llm_viz.analyses.resampling import interval, resampled_means
from llm_viz.analyses.text_windows import MARK_SEEN, WORD_SEEN, Text, TextWindows, cut_texts
from llm_viz.model import LanguageModel, load_model
from llm_viz.studies.neuron_results import (
    CHOSEN,
    Layers,
    NamedNeuron,
    Neurons,
    packed,
    unpacked,
)
from llm_viz.studies.results import DATA, Array, Parts, Provenance, read_arrays, write_arrays
from llm_viz.training import king_james_books, wikipedia_articles

STUDY = "neurons"
FILE = DATA / "neurons.safetensors"
READABLE = 0.5  # from this score on
OF_A_LAYER, OF_A_KIND, ALIKE_IN_ALL = 5, 2, 2
BY_LOT = 20
CONTEXTS, WORDS = 5, 10  # of each half and side; of each end
SEED = 0

_DAYS = "monday tuesday wednesday thursday friday saturday sunday"
_MONTHS = "january february march april may june july august september october november december"
_COLOURS = "red blue green yellow black white brown purple orange pink grey gray golden scarlet"
_NUMBERS = (
    "one two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty "
    "hundred thousand million"
)


class Meaning(NamedTuple):
    """What a neuron was said to stand for: on which side, in which words, and what it promotes."""

    label: str
    side: int
    meaning: str
    words: str
    promotes: str = ""  # the same words if left out


NAMED = (
    Meaning("L24N659", POSITIVE, "colours", _COLOURS),
    Meaning("L20N882", POSITIVE, "colours", _COLOURS),
    Meaning("L0N1469", POSITIVE, "weekdays", _DAYS),
    Meaning("L8N1447", NEGATIVE, "weekdays", _DAYS),
    Meaning("L22N610", NEGATIVE, "months", _MONTHS),
    Meaning("L29N259", POSITIVE, "number words", _NUMBERS),
    Meaning("L24N911", POSITIVE, "how, whether, want", "how whether want wants wanted", "to"),
)


def texts() -> list[Text]:
    """What the neurons are followed over.

    Raises:
        llm_viz.model.assets.AssetError: the King James Bible could not be fetched.
    """
    articles = [Text("Wikipedia", text, title) for title, text in wikipedia_articles()]
    return articles + [Text("King James Bible", text, name) for name, text in king_james_books()]


def windows(lm: LanguageModel) -> TextWindows:
    """The texts as a model reads them: takes seconds."""
    return cut_texts(lm, texts())


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
    return Neurons(
        neurons=unpacked(lm, read, arrays),
        chosen=tuple(CHOSEN[i] for i in arrays["chosen"]),
        layers=Layers(**{name: arrays[f"layers_{name}"] for name in _OF_LAYERS}, kinds=KINDS),
        named=tuple(NamedNeuron(**named) for named in told["named"]),
        n_neurons=lm.dims.d_mlp,
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


def settings(read: TextWindows) -> dict[str, Any]:
    """What is asked for: all that the result depends on, besides the model."""
    return {
        "texts": read.digest,
        "windows": list(read.token_ids.shape),
        "shown": [WORD_SEEN, MARK_SEEN],
        "k": K,
        "patterns": neuron_patterns.settings(),
        "readable": READABLE,
        "of_a_layer": [OF_A_LAYER, OF_A_KIND, ALIKE_IN_ALL],
        "by_lot": BY_LOT,
        "contexts": CONTEXTS,
        "words": WORDS,
        "named": [list(named) for named in NAMED],
        "seed": SEED,
    }


def run(afresh: bool = False) -> Path:
    """Compute the study, or go on with it, and write its file. The index stays in the cache."""
    lm = load_model()
    read = windows(lm)
    asked = settings(read)
    if not afresh and FILE.exists():
        _, told = read_arrays(FILE)
        if Provenance(**told["provenance"]).agrees(lm.info.weight_hash, asked):
            return FILE
    parts = Parts(STUDY, lm.info.weight_hash, asked, afresh=afresh)
    made = NeuronIndex.build(lm, read, afresh=afresh)
    found = _all_patterns(lm, made, parts)
    chosen = choose(made, found)
    arrays = {
        **{
            f"layers_{name}": array
            for name, array in zip(_OF_LAYERS, of_layers(found), strict=True)
        },
        **packed(lm, made, (found.kind, found.words, found.score), list(chosen), CONTEXTS, WORDS),
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
                asked,
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
        score=table[..., 2],
        control=table[..., 3],
        words=table[..., 4:].astype(int),
    )


def _as_rows(reader: PatternReader, places: Array) -> Array:
    """(side, neuron, 7) float64: kind, first, score, control and three words."""
    found = reader.read(places)
    told = (found.kind, found.first, found.score, found.control)
    return np.concatenate([np.stack(told, axis=-1), found.words], axis=-1).astype(np.float64)


def of_layers(found: Found) -> tuple[Array, ...]:
    """The arrays of `Layers`, in the order of `_OF_LAYERS`.

    A side that is never active in one of the halves counts as one without a pattern.
    """
    score = np.nan_to_num(found.score)
    readable = score >= READABLE  # (layer, side, neuron)
    kinds = [(readable & (found.kind == kind)).mean(axis=1) for kind in range(len(KINDS))]
    each = (
        readable.swapaxes(0, 1),
        (np.nan_to_num(found.control) >= READABLE).swapaxes(0, 1),
        score.swapaxes(0, 1),
        np.stack(kinds),
    )
    return tuple(with_interval(values).astype(np.float32) for values in each)


def with_interval(values: Array) -> Array:
    """(…, 3): the mean over the last axis, the neurons, and its interval: value, low, high."""
    low, high = interval(resampled_means(np.moveaxis(values, -1, 0), seed=SEED))
    return np.stack([values.mean(axis=-1), low, high], axis=-1)


def named_neuron(lm: LanguageModel, made: NeuronIndex, meaning: Meaning) -> NamedNeuron:
    """How a neuron that was named before fares."""
    layer, neuron = place_of(meaning.label)
    such = _tokens_of(lm, meaning.words)
    ids = made.windows.token_ids
    places = made.places[layer, :, meaning.side, neuron].ravel()
    rows, at = np.divmod(places[places >= 0], ids.shape[1])
    is_such = np.pad(such[ids], ((0, 0), (4, 1)))  # no such word stands outside a window
    push = made.pushes(lm, layer, [neuron])[0] * (1 - 2 * meaning.side)
    promoted, suppressed = made.windows.shown[ends_of(push, WORDS)]
    said = _tokens_of(lm, meaning.promotes or meaning.words)
    before = np.any([is_such[rows, at + back] for back in range(4)], axis=0)
    return NamedNeuron(
        label=meaning.label,
        meaning=meaning.meaning,
        side=meaning.side,
        before=round(float(before.mean()), 4),
        at=round(float(is_such[rows, at + 4].mean()), 4),
        after=round(float(is_such[rows, at + 5].mean()), 4),
        base=round(float(such[ids].mean()), 6),
        windows=int(such[ids].any(axis=1).sum()),
        promoted=int(said[promoted].sum()),
        suppressed=int(said[suppressed].sum()),
    )


def _tokens_of(lm: LanguageModel, words: str) -> Array:
    """(token,) True for those that are one of the words, in any spelling."""
    wanted = set(words.split())
    decoded = (lm.tokenizer.decode([i]) for i in range(lm.dims.d_vocab))
    return np.array([text.strip().lower() in wanted for text in decoded])


# --- those that the page shows -------------------------------------------------------------------


def choose(made: NeuronIndex, found: Found) -> dict[tuple[int, int], str]:
    """Which neurons the page shows and why, by (layer, neuron) in order; see the module."""
    n_layers, _, d_mlp = found.kind.shape
    drawn = np.random.default_rng(SEED).choice(n_layers * d_mlp, BY_LOT, replace=False)
    chosen = {divmod(int(i), d_mlp): "by lot" for i in drawn}
    patterns: Counter[tuple[int, int]] = Counter()
    for layer in range(n_layers):
        chosen |= dict.fromkeys(_best_of(made, found, layer, patterns), "readable")
    for meaning in NAMED:
        chosen[place_of(meaning.label)] = "named"
    return dict(sorted(chosen.items()))


def _best_of(
    made: NeuronIndex, found: Found, layer: int, patterns: Counter[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Neurons with the sides of a layer that a pattern fits best on the first half.

    Of sides that it fits alike, the one that is stronger there goes first. ``patterns`` counts
    those taken so far in all layers, and is added to.
    """
    strength = made.values[layer, 0, :, :, 0]
    order = np.lexsort((-strength.ravel(), -np.round(found.first[layer], 2).ravel()))
    taken: list[tuple[int, int]] = []
    kinds: Counter[int] = Counter()
    for side, neuron in (divmod(int(i), strength.shape[1]) for i in order):
        kind, word = int(found.kind[layer, side, neuron]), int(found.words[layer, side, neuron, 0])
        full = kinds[kind] == OF_A_KIND or patterns[kind, word] == ALIKE_IN_ALL
        if kind < 0 or full or (layer, neuron) in taken:
            continue
        taken.append((layer, neuron))
        kinds[kind] += 1
        patterns[kind, word] += 1
        if len(taken) == OF_A_LAYER:
            break
    return taken
