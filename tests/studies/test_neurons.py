"""The study of neurons: a small run of it from end to end, and a sample of what is shipped."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

import llm_viz
from llm_viz.analyses.neuron_index import BEFORE
from llm_viz.analyses.neuron_patterns import KINDS
from llm_viz.analyses.text_windows import Text, cut_texts
from llm_viz.model import LanguageModel
from llm_viz.studies import neurons
from llm_viz.studies.neuron_results import CHOSEN
from llm_viz.studies.neurons import Found, Meaning
from llm_viz.studies.results import read_arrays

WORDS = ["the", "cat", "sat", "on", "mat", "and", "dog", "ran", "to", "red", "house", "by", "river"]


@pytest.fixture
def small(tiny: LanguageModel, tmp_path, monkeypatch):
    """The study on the tiny model and made-up texts, into a folder of its own."""
    random = np.random.default_rng(0)
    texts = [Text("a source", " ".join(random.choice(WORDS, 400)), f"text {i}") for i in range(6)]
    monkeypatch.setenv("LLM_VIZ_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(neurons, "load_model", lambda **_: tiny)
    monkeypatch.setattr(neurons, "texts", lambda: texts)
    monkeypatch.setattr(neurons, "cut_texts", partial(cut_texts, n=24, most=8))
    monkeypatch.setattr(neurons, "FILE", tmp_path / "neurons.safetensors")
    monkeypatch.setattr(neurons, "NAMED", (Meaning("L1N3", 1, "animals", "cat dog", "river"),))
    monkeypatch.setattr(neurons, "BY_LOT", 4)
    return tmp_path / "neurons.safetensors"


# --- a small run --------------------------------------------------------------------------------


def test_what_is_loaded_is_what_the_index_says(tiny: LanguageModel, small) -> None:
    assert neurons.run() == small
    study, index = neurons.load(tiny, small), neurons.index(tiny)
    assert len(study.neurons) == len(study.chosen) > 4
    assert set(study.chosen) <= set(CHOSEN)
    assert study.n_tokens == index.windows.n_tokens
    assert [(n.layer, n.neuron) for n in study.neurons] == sorted(
        {(n.layer, n.neuron) for n in study.neurons}
    )
    for shown in study.neurons:
        truth = index.neuron(tiny, shown.layer, shown.neuron, contexts=neurons.CONTEXTS)
        assert shown.histogram.tolist() == truth.histogram.tolist()
        for side, expected in zip(shown.sides, truth.sides, strict=True):
            assert side.pattern == expected.pattern
            np.testing.assert_allclose(side.score, expected.score, atol=1e-6)
            assert [t for t, _ in side.promoted] == [t for t, _ in expected.promoted]
            np.testing.assert_allclose(
                [push for _, push in side.suppressed],
                [push for _, push in expected.suppressed],
                rtol=1e-2,
                atol=1e-4,
            )
            assert len(side.contexts) == len(expected.contexts)
            for mine, theirs in zip(side.contexts, expected.contexts, strict=True):
                assert mine.source.startswith("a source, text ")
                assert abs(mine.activations[mine.peak]) == pytest.approx(
                    abs(theirs.activations[theirs.peak]), abs=2e-3
                )


def test_the_layers_are_counted_over_all_neurons(tiny: LanguageModel, small) -> None:
    neurons.run()
    study, index = neurons.load(tiny, small), neurons.index(tiny)
    found = [index.patterns(tiny).read(places) for places in index.places]
    for layer, each in enumerate(found):
        readable = np.nan_to_num(each.score) >= neurons.READABLE
        value, low, high = study.layers.readable[:, layer].T
        np.testing.assert_allclose(value, readable.mean(axis=1), atol=1e-6)
        assert (low <= value + 1e-6).all()
        assert (value <= high + 1e-6).all()
        kinds = [(readable & (each.kind == kind)).mean() for kind in range(len(KINDS))]
        np.testing.assert_allclose(study.layers.explained[:, layer, 0], kinds, atol=1e-6)
    assert study.layers.kinds == KINDS


def test_a_second_run_changes_nothing_and_another_setting_does(
    tiny: LanguageModel, small, monkeypatch
) -> None:
    neurons.run()
    first = small.read_bytes()
    neurons.run()
    assert small.read_bytes() == first
    monkeypatch.setattr(neurons, "BY_LOT", 9)
    neurons.run()
    assert small.read_bytes() != first


def test_an_interrupted_study_goes_on(tiny: LanguageModel, small, monkeypatch) -> None:
    real, calls = neurons._as_rows, []

    def stops(*arguments):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(*arguments)

    monkeypatch.setattr(neurons, "_as_rows", stops)
    with pytest.raises(KeyboardInterrupt):
        neurons.run()
    assert not small.exists()
    neurons.run()
    assert len(calls) == 2 + tiny.dims.n_layers - 1  # the first layer is not read again


def test_the_readable_are_chosen_on_the_first_half(tiny: LanguageModel, small) -> None:
    neurons.run()
    index = neurons.index(tiny)
    shape = (3, 2, tiny.dims.d_mlp)
    random = np.random.default_rng(2)
    words = random.integers(0, 280, (*shape, 3))
    fits, kinds = random.random(shape), random.integers(-1, len(KINDS), shape)

    def chosen(scores):
        return neurons.choose(index, Found(kinds, fits, scores, scores, words))

    one = chosen(random.random(shape))
    assert one == chosen(random.random(shape))  # the score has no say
    for layer in range(3):
        readable = [n for (at, n), why in one.items() if at == layer and why == "readable"]
        assert len(readable) <= neurons.OF_A_LAYER
    assert one[1, 3] == "named"


def test_a_named_neuron_is_asked_for_its_words(tiny: LanguageModel, small) -> None:
    neurons.run()
    (named,) = neurons.load(tiny, small).named
    index = neurons.index(tiny)
    ids, animals = index.windows.token_ids, {"cat", "dog"}
    such = np.array([[tiny.tokenizer.decode([int(i)]).strip() in animals for i in r] for r in ids])
    assert named.base == pytest.approx(such.mean(), abs=1e-4)
    places = index.places[1, :, 1, 3].ravel()
    hits = [such.ravel()[place] for place in places if place >= 0]
    assert named.at == pytest.approx(np.mean(hits), abs=1e-3)
    assert 0 <= named.before <= 1


def test_bad_input_is_one_clear_sentence(tiny: LanguageModel, small, tiny_folder, monkeypatch):
    neurons.run()
    with pytest.raises(KeyError, match="'L9N9' is not among them; an index of all neurons has it"):
        neurons.load(tiny, small).find("L9N9")
    other = llm_viz.load_model(tiny_folder("gpt2"), device="cpu")
    with pytest.raises(ValueError, match="has other weights"):
        neurons.load(other, small)
    fewer = neurons.texts()[:4]
    monkeypatch.setattr(neurons, "texts", lambda: fewer)
    with pytest.raises(ValueError, match="the texts are not those that the study read"):
        neurons.load(tiny, small)
    with pytest.raises(FileNotFoundError, match="there is no whole index"):
        neurons.index(tiny)


# --- the result that the package ships ----------------------------------------------------------


def test_the_file_is_small_and_whole() -> None:
    arrays, told = read_arrays(neurons.FILE)
    assert neurons.FILE.stat().st_size < 400_000
    assert told["n_tokens"] >= 200_000
    assert (arrays["histogram"].sum(axis=1) == told["n_tokens"]).all()
    assert arrays["layers_readable"].shape == (2, 30, 3)
    assert [named["label"] for named in told["named"]] == [named.label for named in neurons.NAMED]
    by_name = dict(zip(*np.unique(arrays["chosen"], return_counts=True), strict=True))
    assert by_name[CHOSEN.index("named")] == len(neurons.NAMED)
    assert 10 <= by_name[CHOSEN.index("by lot")] <= neurons.BY_LOT
    assert 100 <= by_name[CHOSEN.index("readable")] <= 30 * neurons.OF_A_LAYER


def test_more_is_read_than_by_chance_in_every_layer() -> None:
    arrays, _ = read_arrays(neurons.FILE)
    readable, chance = arrays["layers_readable"], arrays["layers_by_chance"]
    assert (readable[..., 1] > chance[..., 2]).all()


@pytest.mark.real_model
@pytest.mark.real_text
def test_a_sample_computed_again_is_the_same(lm: LanguageModel) -> None:
    arrays, _ = read_arrays(neurons.FILE)
    study = neurons.load(lm)
    assert study.provenance.weight_hash == lm.info.weight_hash
    windows = neurons.windows(lm)
    length = windows.token_ids.shape[1]
    random = np.random.default_rng(11)
    for i in random.choice(len(study.neurons), 3, replace=False):
        neuron = study.neurons[i]
        half, side = map(int, random.integers(0, 2, 2))
        place = int(arrays["places"][i, half, side, 0])
        window, at = divmod(place, length)
        assert windows.half[window] == half
        text = lm.tokenizer.decode(windows.token_ids[window, : at + 1].tolist())
        trace = lm.run(text, ("mlp_post",))
        if list(trace.token_ids[1:]) != windows.token_ids[window, : at + 1].tolist():
            continue  # a window may begin within a word that is then cut otherwise
        row = (1 - 2 * side) * trace["mlp_post"][neuron.layer, 1:, neuron.neuron]
        assert row.argmax() == at
        kept = arrays["around"][i, half, side, 0].astype(np.float32)
        before = min(at, BEFORE)
        np.testing.assert_allclose(
            row[at - before :],
            kept[BEFORE - before : BEFORE + 1],
            rtol=2e-3,
            atol=2e-3,
        )
    # No window of a few drawn by lot is stronger than those kept, unless it is one of them.
    for window in random.choice(len(windows), 3, replace=False):
        ids = [lm.tokenizer.start_id, *windows.token_ids[window].tolist()]
        text = lm.tokenizer.decode(ids[1:])
        if lm.token_ids(text) != ids:
            continue
        post, half = lm.run(text, ("mlp_post",))["mlp_post"][:, 1:], windows.half[window]
        for i, neuron in enumerate(study.neurons):
            column = post[neuron.layer, :, neuron.neuron]
            for side, top in enumerate((column.max(), -column.min())):
                kept = arrays["around"][i, half, side, :, BEFORE].astype(np.float32)
                among = window in arrays["places"][i, half, side] // length
                assert among or top <= kept.min() * 1.002 + 1e-3


@pytest.mark.real_model
def test_what_neurons_push_is_the_same_again(lm: LanguageModel) -> None:
    arrays, _ = read_arrays(neurons.FILE)
    random = np.random.default_rng(4)
    for i in random.choice(len(arrays["neuron"]), 3, replace=False):
        layer, neuron = map(int, arrays["neuron"][i])
        tokens = arrays["pushed"][i].ravel().tolist()
        write = lm.neuron_write(layer)[neuron : neuron + 1]
        logits = lm.readout(write, norm_scale=1.0, token_ids=tokens)[0]
        # The scale and what all tokens get alike are those of the whole study: a line through them.
        kept = arrays["push"][i].ravel().astype(np.float64)
        assert np.corrcoef(logits, kept)[0, 1] > 0.9999
