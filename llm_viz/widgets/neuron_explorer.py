"""`NeuronExplorer`: one neuron of the feed-forward layers at a time, as real texts show it.

The neurons that the study chose travel in the traits. Any other is looked up in an index on disk by
Python, which answers with a file of the same form.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from numbers import Integral
from typing import Any
from xml.etree.ElementTree import Element

import traitlets

from llm_viz.analyses.neurons import (
    NEGATIVE,
    POSITIVE,
    SIDES,
    Neuron,
    NeuronIndex,
    Side,
    label_of,
    place_of,
)
from llm_viz.model import LanguageModel
from llm_viz.studies.neuron_results import Neurons
from llm_viz.style import COLOURS
from llm_viz.widgets import still
from llm_viz.widgets.base import View
from llm_viz.widgets.neuron_file import pack, unpack

LONGEST_WORD = 60  # characters that are searched for
STILL_CONTEXTS = 6


class NeuronExplorer(View):
    """Where one neuron is strong in real texts, what it writes, and whether its pattern holds.

    Args:
        source: the result of the study, ``llm_viz.studies.neurons.load()``, whose neurons a page
            holds; or an index, in which any neuron is looked up.
        lm: the model of the index; None without one.
        index: beside a study, so that every other neuron can be looked up, too.
        layer, neuron: what is shown first; None: of the neurons that fit, the one whose pattern
            holds best, and of an index the first.
        side: ``"positive"`` or ``"negative"``; None: the one whose pattern holds better.
        traits: any other trait, such as ``title``, ``caption`` or ``search`` (a word that neurons
            promote).

    Raises:
        ValueError: the neuron is not among those of the study and there is no index; an index
            without a model, or of another model than this one or the study's.
        IndexError: the model has no such layer or neuron.

    Examples:
        >>> llm_viz.widgets.NeuronExplorer(load(), layer=24, neuron=659)         # doctest: +SKIP
        >>> llm_viz.widgets.NeuronExplorer(load(), lm=lm, index=index)           # doctest: +SKIP
        >>> llm_viz.widgets.NeuronExplorer(index, lm=lm, layer=3)                # doctest: +SKIP
    """

    front_end = "neuron_explorer"
    heading = "One neuron at a time"

    traces = traitlets.List(traitlets.Bytes()).tag(sync=True)  # one file, see neuron_file
    own = traitlets.Bytes(b"").tag(sync=True, from_json=lambda value, _: bytes(value))
    shape = traitlets.Dict().tag(sync=True)
    layer = traitlets.Int(0, min=0).tag(sync=True, linked=True)
    neuron = traitlets.Int(0, min=0).tag(sync=True, linked=True)
    side = traitlets.Enum(SIDES, "positive").tag(sync=True, linked=True)
    search = traitlets.Unicode("").tag(sync=True, linked=True)
    every = traitlets.Bool(False).tag(sync=True, linked=True)

    def __init__(
        self,
        source: Neurons | NeuronIndex,
        *,
        lm: LanguageModel | None = None,
        index: NeuronIndex | None = None,
        layer: int | None = None,
        neuron: int | None = None,
        side: str | None = None,
        **traits: Any,
    ) -> None:
        study = source if isinstance(source, Neurons) else None
        index = index if isinstance(source, Neurons) else source
        self._lm = lm
        self._index = index
        if index is not None:
            self._check(index, study)
        self._shape = _shape(study, lm)
        layer = None if layer is None else self._within("layer", layer)
        neuron = None if neuron is None else self._within("neuron", neuron)
        if study is None:
            held, why = [self._look_up(layer or 0, neuron or 0)], [""]
        else:
            held, why = list(study.neurons), list(study.chosen)
        own, shown = b"", _best(held, layer, neuron)
        if shown is None:
            shown = self._look_up(layer or 0, neuron or 0)
            own = pack([shown], [""])
        super().__init__(
            traces=[pack(held, why)],
            own=own,
            shape=self._shape,
            layer=shown.layer,
            neuron=shown.neuron,
            side=side or telling_side(shown),
            **traits,
        )
        self.linked = self.linked | {
            name: {"kind": "number", "whole": True, "min": 0, "max": self._shape[f"{name}s"] - 1}
            for name in ("layer", "neuron")
        }

    def still(self) -> Element | None:
        """What the neuron makes likelier, as bars, and where it is strongest."""
        held = [each for packed in (self.own, *self.traces) if packed for each in unpack(packed)[0]]
        places = {(each.layer, each.neuron): each for each in held}
        shown = places.get((self.layer, self.neuron))
        if shown is None:
            return None
        side = shown.sides[SIDES.index(self.side)]
        most = max((abs(push) for _, push in side.promoted), default=0.0) or 1.0
        rows = [
            still.Bar(word, abs(push) / most, f"{push:+.2g}".replace("-", "\u2212"))
            for word, push in side.promoted
        ]
        places_found = [
            (
                each.tokens[each.peak],
                f"{each.activations[each.peak]:+.1f}".replace("-", "\u2212"),
                "".join(each.tokens),
                f"{each.source}, held out" if each.held_out else each.source,
            )
            for each in side.contexts[:STILL_CONTEXTS]
        ]
        return still.figure(
            self.title or self.heading,
            f"{shown.label}, {self.side} side. {_in_words(side)}",
            still.bars(("makes likelier", "logits for a unit of activation"), rows, COLOURS["mlp"]),
            still.table(("strongest at", "activation", "text", "from"), places_found),
        )

    def _answer(self, message: Mapping[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
        match message.get("kind"):
            case "hello":
                self._whole()  # or say that there is none
                return {}, []
            case "neuron":
                layer, neuron = (self._within(n, message.get(n)) for n in ("layer", "neuron"))
                return {}, [pack([self._look_up(layer, neuron)], [""])]
            case "search":
                return {"hits": self._search(str(message.get("word")))}, []
            case _:
                return super()._answer(message)

    def _search(self, typed: str) -> list[dict[str, Any]]:
        """The neurons that promote a word, the strongest push first.

        A word stands for the token with a space before it, as most words are written; marks and
        figures for the token as typed.
        """
        index, lm = self._whole()
        word = typed.strip()
        if not word or len(word) > LONGEST_WORD:
            raise ValueError(
                f"the word has {len(word)} characters; type a word of 1 to {LONGEST_WORD}"
            )
        return [
            {"layer": layer, "neuron": neuron, "side": side, "push": push}
            for label, side, push in index.search(lm, f" {word}" if word[0].isalpha() else word)
            for layer, neuron in [place_of(label)]
        ]

    def _look_up(self, layer: int, neuron: int) -> Neuron:
        if self._index is None:
            raise ValueError(
                f"{label_of(layer, neuron)} is not among the neurons of the study; choose one of "
                "those, or give the widget an index and its model, as index= and lm="
            )
        index, lm = self._whole()
        return index.neuron(lm, layer, neuron)

    def _whole(self) -> tuple[NeuronIndex, LanguageModel]:
        if self._index is None or self._lm is None:
            raise ValueError(
                "this widget has no index of all neurons; make it with index= and lm= to look up "
                "any of them"
            )
        return self._index, self._lm

    def _check(self, index: NeuronIndex, study: Neurons | None) -> None:
        """That an index, its model and the study belong together."""
        if self._lm is None:
            raise ValueError("an index needs the model that it was made of; give it as lm=")
        info = self._lm.info
        if index.weight_hash != info.weight_hash:
            raise ValueError(
                f"the index is of another model than {info.id} as it is loaded here; build it "
                "again, or load the model that it was made of"
            )
        if study is not None and study.provenance.weight_hash != info.weight_hash:
            raise ValueError(
                f"the study is of {study.provenance.model}, the index of {info.id} as it is loaded "
                "here; give the index alone"
            )

    def _within(self, name: str, value: Any) -> int:
        size = self._shape[f"{name}s"]
        whole = int(value) if isinstance(value, Integral) else None  # NumPy's, too
        if whole is None or not 0 <= whole < size:
            told = repr(value) if whole is None else whole
            raise IndexError(f"{name} {told} is out of range; it goes from 0 to {size - 1}")
        return whole


def telling_side(neuron: Neuron) -> str:
    """The side that says more: where the pattern holds better, else where it is stronger."""
    best = max((POSITIVE, NEGATIVE), key=lambda side: _worth(neuron.sides[side]))
    return SIDES[best]


def _best(held: list[Neuron], layer: int | None, neuron: int | None) -> Neuron | None:
    """Of the neurons that fit, the one whose pattern holds best; None if none fits."""
    fit = [each for each in held if layer in (None, each.layer) and neuron in (None, each.neuron)]
    return max(fit, key=lambda each: max(map(_worth, each.sides)), default=None)


def _worth(side: Side) -> tuple[float, float]:
    strongest = max((abs(float(c.activations[c.peak])) for c in side.contexts), default=0.0)
    return (0.0 if math.isnan(side.score) else side.score), strongest


def _in_words(side: Side) -> str:
    if not side.pattern:
        return "No pattern was found."
    held = "" if math.isnan(side.score) else f" On other texts, {score_text(side.score)}."
    return f"Pattern: {side.pattern}.{held}"


def score_text(score: float) -> str:
    """What a score says, as `js/src/strings/neurons.js` says it."""
    rounded = math.floor(100 * score + 0.5) / 100  # a half goes up, as in JavaScript
    return (
        f"score {rounded:.2f} of 1: how much more often it holds at the strongest places than on "
        "ordinary words"
    )


def _shape(study: Neurons | None, lm: LanguageModel | None) -> dict[str, Any]:
    """How many layers, how many neurons a layer, and the share of each layer that is readable.

    The share is that of sides, two to a neuron; no shares without a study.
    """
    if study is not None:
        shares = study.layers.readable[..., 0].mean(axis=0)
        return {"layers": len(shares), "neurons": study.n_neurons, "shares": shares.tolist()}
    if lm is None:
        raise ValueError("an index needs the model that it was made of; give it as lm=")
    return {"layers": lm.dims.n_layers, "neurons": lm.dims.d_mlp, "shares": []}
