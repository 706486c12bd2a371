"""The packed neurons that JavaScript is held to: up to date, and as exact as their module says."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llm_viz.analyses.neurons import Context, Neuron, Side
from llm_viz.widgets.neuron_file import pack, unpack
from tests.fixtures import make_neurons

HELD = json.loads((make_neurons.FOLDER / "neurons.json").read_text(encoding="utf-8"))
CONTENT = (make_neurons.FOLDER / "neurons.safetensors").read_bytes()

words = st.text(max_size=6)
pushes = st.lists(st.tuples(words, st.floats(-3, 3, width=32)), max_size=4).map(tuple)


@st.composite
def contexts(draw: st.DrawFn) -> Context:
    tokens = tuple(draw(st.lists(words, min_size=1, max_size=5)))
    found = draw(st.lists(st.floats(-60, 60), min_size=len(tokens), max_size=len(tokens)))
    peak = draw(st.integers(0, len(tokens) - 1))
    return Context(tokens, np.array(found), peak, draw(words), draw(st.booleans()))


sides = st.builds(
    Side,
    contexts=st.lists(contexts(), max_size=3).map(tuple),
    promoted=pushes,
    suppressed=pushes,
    pattern=words,
    score=st.one_of(st.floats(0, 1, width=32), st.just(float("nan"))),
)


def test_the_fixture_is_up_to_date() -> None:
    assert make_neurons.packed() == CONTENT, "run `python -m tests.fixtures.make_neurons`"
    assert json.loads(json.dumps(make_neurons.expected())) == HELD


def same(found: Neuron, made: Neuron) -> None:
    assert (found.layer, found.neuron) == (made.layer, made.neuron)
    np.testing.assert_array_equal(found.histogram, made.histogram)
    np.testing.assert_allclose(found.edges, made.edges, rtol=1e-6)
    for side, wanted in zip(found.sides, made.sides, strict=True):
        assert side.pattern == wanted.pattern
        np.testing.assert_allclose(side.score, wanted.score, rtol=1e-6, atol=1e-7)
        for words in ("promoted", "suppressed"):
            pairs = zip(getattr(side, words), getattr(wanted, words), strict=True)
            for (word, push), (wanted_word, wanted_push) in pairs:
                assert word == wanted_word
                np.testing.assert_allclose(push, wanted_push, rtol=1e-6, atol=1e-7)
        every = [np.abs(each.activations).max() for each in wanted.contexts]
        for context, place in zip(side.contexts, wanted.contexts, strict=True):
            assert (context.tokens, context.peak) == (place.tokens, place.peak)
            assert (context.source, context.held_out) == (place.source, place.held_out)
            error = 0.004 * max(every) + 1e-7
            np.testing.assert_allclose(context.activations, place.activations, atol=error)


def test_what_is_packed_is_what_was_made() -> None:
    neurons, why = unpack(CONTENT)
    assert tuple(why) == make_neurons.WHY
    for found, made in zip(neurons, make_neurons.made_up(), strict=True):
        same(found, made)


@settings(max_examples=40, deadline=None)
@given(
    made=st.lists(
        st.builds(
            Neuron,
            layer=st.integers(0, 60),
            neuron=st.integers(0, 9000),
            sides=st.tuples(sides, sides),
            histogram=st.lists(st.integers(0, 2**31), min_size=3, max_size=3).map(np.array),
            edges=st.just(np.array([-1.0, -0.25, 0.25, 1.0])),
        ),
        min_size=1,
        max_size=3,
    )
)
def test_any_neurons_come_back(made: list[Neuron]) -> None:
    found, why = unpack(pack(made, ["drawn by lot"] * len(made)))
    assert why == ["drawn by lot"] * len(made)
    for one, wanted in zip(found, made, strict=True):
        same(one, wanted)


def test_what_cannot_be_packed_is_told() -> None:
    with pytest.raises(ValueError, match="there are no neurons"):
        pack([], [])
    rng = np.random.default_rng(0)
    neuron = make_neurons.made_up()[0]
    many = Side(make_neurons.side(rng, 0, 1).contexts * 40, (), (), "", 0.5)
    too_long = Neuron(0, 0, (many, many), neuron.histogram, neuron.edges)
    with pytest.raises(ValueError, match="a list of 400 contexts"):
        pack([too_long], [""])
    words = tuple((f"w{i}", 0.0) for i in range(250))
    crowd = [
        Neuron(
            0,
            i,
            (Side((), tuple((f"{i}{w}", p) for w, p in words), words, "", 0.5), neuron.sides[0]),
            neuron.histogram,
            neuron.edges,
        )
        for i in range(300)
    ]
    with pytest.raises(ValueError, match="more than 65,536 different"):
        pack(crowd, [""] * len(crowd))
