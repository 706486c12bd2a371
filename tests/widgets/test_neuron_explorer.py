"""NeuronExplorer: what a page holds, what Python looks up, and what is wrong with a question."""

from __future__ import annotations

import gzip
import math

import numpy as np
import pytest
from traitlets import TraitError

from llm_viz.analyses.neurons import Neuron, Side
from llm_viz.studies.neuron_results import Layers, Neurons
from llm_viz.studies.neurons import load
from llm_viz.studies.results import Provenance
from llm_viz.widgets import NeuronExplorer
from llm_viz.widgets.neuron_explorer import telling_side
from llm_viz.widgets.neuron_file import unpack
from tests.fixtures.make_neurons import EDGES, PLACES, WHY, made_up, side
from tests.widgets.support import ask

SHARES = (0.1, 0.2, 0.5)


def studied(lm=None) -> Neurons:
    """A study of a model of three layers of forty neurons."""
    weight_hash = lm.info.weight_hash if lm else "0"
    nothing = np.zeros((0, len(SHARES), 3))
    shares = np.stack([SHARES, SHARES], axis=0)[..., None] + np.zeros(3)
    return Neurons(
        neurons=tuple(made_up()),
        chosen=WHY,
        layers=Layers(shares, shares, shares, nothing, kinds=()),
        named=(),
        n_neurons=40,
        n_tokens=900_016,
        index_bytes=0,
        provenance=Provenance("none", "tiny", weight_hash, {}, {}, "cpu", "2026-01-01"),
    )


class Index:
    """An index whose neurons are made up when they are asked for."""

    def __init__(self, lm) -> None:
        self.weight_hash = lm.info.weight_hash

    def neuron(self, _lm, layer: int, neuron: int) -> Neuron:
        rng = np.random.default_rng(40 * layer + neuron)
        nothing = Side((), (), (), "", math.nan)
        return Neuron(layer, neuron, (nothing, side(rng, 2, -1)), np.array([0, 9, 1, 0, 0]), EDGES)

    def search(self, _lm, word: str) -> list[tuple[str, str, float]]:
        if word != " red":
            raise ValueError(f"there is no word {word!r}")
        return [("L1N22", "negative", 0.5), ("L0N3", "positive", 0.25)]


@pytest.fixture
def live(tiny) -> NeuronExplorer:
    return NeuronExplorer(studied(tiny), lm=tiny, index=Index(tiny))


def test_a_page_holds_the_neurons_of_the_study() -> None:
    widget = NeuronExplorer(studied())
    neurons, why = unpack(widget.traces[0])
    assert [(each.layer, each.neuron) for each in neurons] == list(PLACES)
    assert tuple(why) == WHY
    assert widget.shape == {"layers": 3, "neurons": 40, "shares": list(SHARES)}
    assert widget.linked["neuron"]["max"] == 39
    assert widget.linked["layer"]["max"] == 2


def test_it_begins_where_the_pattern_holds_best() -> None:
    assert NeuronExplorer(studied()).layer == 2
    widget = NeuronExplorer(studied(), layer=0, neuron=3)
    assert (widget.layer, widget.neuron, widget.side) == (0, 3, "negative")
    assert NeuronExplorer(studied(), layer=0, neuron=3, side="positive").side == "positive"
    assert [telling_side(each) for each in made_up()] == [
        "positive",
        "negative",
        "positive",
        "positive",
    ]


def test_an_index_looks_any_neuron_up(live) -> None:
    assert ask(live, kind="hello")[0]["ok"]
    reply, (packed,) = ask(live, kind="neuron", layer=1, neuron=8)
    assert reply["ok"]
    ((found,), why) = unpack(packed)
    assert (found.label, why) == ("L1N8", [""])
    reply, _ = ask(live, kind="search", word=" red ")
    assert reply["hits"] == [
        {"layer": 1, "neuron": 22, "side": "negative", "push": 0.5},
        {"layer": 0, "neuron": 3, "side": "positive", "push": 0.25},
    ]


def test_an_index_alone_is_enough(tiny) -> None:
    widget = NeuronExplorer(Index(tiny), lm=tiny, layer=1, neuron=8)
    assert (widget.layer, widget.neuron, widget.side) == (1, 8, "negative")
    assert widget.shape == {"layers": 3, "neurons": 40, "shares": []}
    beside = NeuronExplorer(studied(tiny), lm=tiny, index=Index(tiny), layer=1, neuron=8)
    assert [each.label for each in unpack(beside.own)[0]] == ["L1N8"]
    assert len(unpack(beside.traces[0])[0]) == len(PLACES)


def test_its_still_picture(live) -> None:
    text = live._repr_mimebundle_()[0]["text/html"]
    first = made_up()[0].sides[0]
    told = "L2N7, positive side. Pattern: words such as ·red. On other texts, score 0.90 of 1: how"
    assert told in text
    assert "+7.5" in text
    assert "made up, text 1, held out" in text
    assert "·&lt;b&gt;" in text
    assert all(word.replace("<b>", "&lt;b&gt;") in text for word, _ in first.promoted)
    live.layer, live.neuron = 1, 30  # on its way from Python
    assert live.still() is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("red", " red"), (" Äpfel ", " Äpfel"), (",", ","), ("·(", "·("), ("7", "7")],
)
def test_a_word_is_one_with_a_space_before_it(live, monkeypatch, typed, meant) -> None:
    asked = []
    monkeypatch.setattr(live._index, "search", lambda _, word: asked.append(word) or [])
    assert ask(live, kind="search", word=typed)[0]["hits"] == []
    assert asked == [meant]


def test_numbers_of_numpy_are_numbers(tiny) -> None:
    widget = NeuronExplorer(Index(tiny), lm=tiny, layer=np.int64(1), neuron=np.uint8(8))
    assert (widget.layer, widget.neuron) == (1, 8)


@pytest.mark.parametrize(
    ("how", "kind", "sentence"),
    [
        ({"layer": 3}, IndexError, "layer 3 is out of range; it goes from 0 to 2"),
        ({"layer": np.int64(3)}, IndexError, "layer 3 is out of range; it goes from 0 to 2"),
        ({"layer": 1.0}, IndexError, "layer 1.0 is out of range; it goes from 0 to 2"),
        ({"layer": 0, "neuron": -1}, IndexError, "neuron -1 is out of range; it goes from 0 to 39"),
        ({"layer": 1, "neuron": 8}, ValueError, "L1N8 is not among the neurons of the study"),
        ({"neuron": "7"}, IndexError, "neuron '7' is out of range"),
        ({"side": "left"}, TraitError, "side"),
    ],
)
def test_what_cannot_be_shown_is_told(how, kind, sentence) -> None:
    with pytest.raises(kind, match=sentence):
        NeuronExplorer(studied(), **how)


def test_an_index_of_another_model_is_told(tiny) -> None:
    other = Index(tiny)
    other.weight_hash = "1"
    with pytest.raises(ValueError, match="the index is of another model than"):
        NeuronExplorer(other, lm=tiny)
    with pytest.raises(ValueError, match="an index needs the model"):
        NeuronExplorer(Index(tiny))
    with pytest.raises(ValueError, match="the study is of tiny, the index of"):
        NeuronExplorer(studied(), lm=tiny, index=Index(tiny))


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ({"kind": "neuron", "layer": 3, "neuron": 0}, "layer 3 is out of range"),
        ({"kind": "neuron", "layer": 0, "neuron": None}, "neuron None is out of range"),
        ({"kind": "search", "word": "  "}, "type a word of 1 to 60"),
        ({"kind": "search", "word": "x" * 61}, "the word has 61 characters"),
        ({"kind": "search", "word": "\u202e"}, "there is no word"),
    ],
)
def test_nonsense_is_answered_in_one_sentence(live, question, sentence) -> None:
    reply, _ = ask(live, **question)
    assert not reply["ok"]
    assert sentence in reply["error"]


def test_without_an_index_python_says_so() -> None:
    widget = NeuronExplorer(studied())
    for question in ({"kind": "hello"}, {"kind": "search", "word": "red"}):
        assert "no index" in ask(widget, **question)[0]["error"]
    assert "L1N8 is not among" in ask(widget, kind="neuron", layer=1, neuron=8)[0]["error"]


@pytest.mark.real_model
def test_the_neurons_of_the_study_are_light(lm) -> None:
    study = load(lm)
    widget = NeuronExplorer(study, layer=24, neuron=659)
    neurons, _ = unpack(widget.traces[0])
    assert len(neurons) == len(study.neurons) >= 150
    assert len(gzip.compress(widget.traces[0])) <= 300_000
    assert widget.shape["neurons"] == lm.dims.d_mlp
    assert len(widget.shape["shares"]) == lm.dims.n_layers
    (same,) = (each for each in neurons if each.label == "L24N659")
    found, wanted = (each.sides[0].contexts[0] for each in (same, study.find("L24N659")))
    assert found.tokens == wanted.tokens
    assert found.activations[found.peak] == np.float32(wanted.activations[wanted.peak])
