"""The index of neurons: built, resumed, opened, refused, and what it says of one neuron."""

from __future__ import annotations

import re

import numpy as np
import pytest

import llm_viz
from llm_viz.analyses import neuron_index
from llm_viz.analyses.neuron_index import batches, path_of, read_windows, stored
from llm_viz.analyses.neurons import Neuron, NeuronIndex, ends_of, label_of, place_of
from llm_viz.analyses.text_windows import Text, TextWindows, cut_texts
from llm_viz.model import LanguageModel

WORDS = ["the", "cat", "sat", "on", "mat", "and", "dog", "ran", "to", "red", "house", "by", "river"]


@pytest.fixture(scope="module")
def windows(tiny: LanguageModel) -> TextWindows:
    random = np.random.default_rng(3)
    texts = [Text(f"source {i % 2}", " ".join(random.choice(WORDS, 120))) for i in range(8)]
    return cut_texts(tiny, texts, n=24, most=4)


@pytest.fixture(scope="module")
def index(tiny: LanguageModel, windows: TextWindows, tmp_path_factory) -> NeuronIndex:
    return NeuronIndex.build(tiny, windows, tmp_path_factory.mktemp("index") / "made.safetensors")


class StoppedError(Exception):
    """Stands for whatever ends a process."""


def stop_after(monkeypatch, n_batches: int) -> None:
    """Let the reading end before so many batches are read."""
    real = neuron_index.Peaks.read
    read = iter(range(n_batches))

    def reads(self, *arguments) -> None:
        if next(read, None) is None:
            raise StoppedError
        real(self, *arguments)

    monkeypatch.setattr(neuron_index.Peaks, "read", reads)


def test_no_batch_holds_windows_of_both_halves(windows: TextWindows) -> None:
    plan = batches(windows)
    assert sorted(np.concatenate(plan).tolist()) == list(range(len(windows)))
    assert all(len(set(windows.half[rows])) == 1 for rows in plan)


def test_an_interrupted_index_goes_on_and_equals_an_uninterrupted_one(
    tiny: LanguageModel, windows: TextWindows, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr(neuron_index, "BATCH", 3)
    monkeypatch.setattr(neuron_index, "SAVE_AFTER", 0.0)
    whole = read_windows(tiny, windows, tmp_path / "whole")
    with monkeypatch.context() as stopped:
        stop_after(stopped, 4)
        with pytest.raises(StoppedError):
            read_windows(tiny, windows, tmp_path / "part")
    held = stored(tmp_path / "part", tiny.info.weight_hash, windows)
    assert held is not None
    assert held[1] == 4
    with pytest.raises(FileNotFoundError, match=r"no whole index of .* \(found: 4 of \d+ batches"):
        NeuronIndex.open(tiny, windows, tmp_path / "part")
    resumed = read_windows(tiny, windows, tmp_path / "part")
    for name, array in whole.items():
        np.testing.assert_array_equal(resumed[name], array)
    with monkeypatch.context() as nothing_left:
        stop_after(nothing_left, 0)
        read_windows(tiny, windows, tmp_path / "part")


def test_an_index_of_another_model_or_other_texts_is_never_used(
    tiny: LanguageModel, windows: TextWindows, tiny_folder, tmp_path
) -> None:
    other = llm_viz.load_model(tiny_folder("gpt2"), device="cpu")
    path = tmp_path / "index"
    read_windows(tiny, windows, path)
    assert stored(path, other.info.weight_hash, windows) is None
    fewer = TextWindows(
        windows.token_ids[1:], windows.text[1:], windows.half[1:], windows.sources, windows.shown
    )
    assert stored(path, tiny.info.weight_hash, fewer) is None
    assert len({path_of(tiny.info.weight_hash, w) for w in (windows, fewer)}) == 2
    assert path_of(tiny.info.weight_hash, windows) != path_of(other.info.weight_hash, windows)


def test_a_damaged_index_is_built_anew(tiny: LanguageModel, windows: TextWindows, tmp_path) -> None:
    path = tmp_path / "index"
    good = read_windows(tiny, windows, path)
    content = path.read_bytes()
    undone = [
        content.replace(b'\\"done\\"', b'\\"gone\\"'),
        re.sub(rb'(\\"done\\": )\d', rb"\1x", content),
    ]
    assert content not in undone
    for damaged in (content[: len(content) // 2], b"", b"\xff" * 100, *undone):
        path.write_bytes(damaged)
        assert stored(path, tiny.info.weight_hash, windows) is None
        with pytest.raises(FileNotFoundError, match=r"found: none\); build it with"):
            NeuronIndex.open(tiny, windows, path)
    again = read_windows(tiny, windows, path)
    np.testing.assert_array_equal(again["places"], good["places"])


def test_what_is_known_of_a_neuron(tiny: LanguageModel, index: NeuronIndex) -> None:
    neuron = index.neuron(tiny, 1, 7, contexts=3, words=4)
    assert isinstance(neuron, Neuron)
    assert neuron.label == "L1N7"
    assert neuron.histogram.sum() == index.windows.n_tokens
    assert len(neuron.edges) == len(neuron.histogram) + 1
    for side, sign in zip(neuron.sides, (1, -1), strict=True):
        peaks = [sign * context.activations[context.peak] for context in side.contexts]
        assert peaks == sorted(peaks, reverse=True)
        assert peaks[-1] > 0
        assert [c.held_out for c in side.contexts].count(True) == 3
        for context in side.contexts:
            assert len(context.tokens) == len(context.activations) <= 17
            assert (
                abs(context.activations[context.peak])
                == np.abs(sign * np.maximum(sign * context.activations, 0)).max()
            )
            assert context.source in {"source 0", "source 1"}
    positive, negative = neuron.sides
    assert [t for t, _ in positive.promoted] == [t for t, _ in negative.suppressed]
    assert positive.promoted[0][1] == pytest.approx(-negative.suppressed[0][1])
    assert all(
        a >= b for (_, a), (_, b) in zip(positive.promoted, positive.promoted[1:], strict=False)
    )


def test_contexts_show_the_tokens_and_what_the_model_computes_there(
    tiny: LanguageModel, index: NeuronIndex
) -> None:
    layer, neuron = 2, 11
    for context in index.neuron(tiny, layer, neuron).sides[1].contexts:
        found = False
        for window in index.windows.token_ids:
            shown = [tiny.tokenizer.show(int(i)) for i in window]
            for at in range(len(shown) - len(context.tokens) + 1):
                if tuple(shown[at : at + len(context.tokens)]) != context.tokens:
                    continue
                trace = tiny.run(tiny.tokenizer.decode(window.tolist()), ("mlp_post",))
                if list(trace.token_ids[1:]) != window.tolist():
                    continue  # the window begins within a word
                row = trace["mlp_post"][layer, 1 + at : 1 + at + len(shown), neuron]
                row = row[: len(context.tokens)]
                found |= bool(np.allclose(row, context.activations, atol=2e-3))
        assert found


def test_pushes_are_those_of_the_unembedding(tiny: LanguageModel, index: NeuronIndex) -> None:
    pushes = index.pushes(tiny, 1, [7, 9])
    write = tiny.neuron_write(1)[[7, 9]]
    logits = tiny.readout(write, norm_scale=index.scale)[:, index.windows.shown]
    np.testing.assert_allclose(
        pushes, logits - logits.mean(axis=1, keepdims=True), rtol=1e-3, atol=1e-6
    )


def test_search_finds_the_neurons_that_push_a_word_most(
    tiny: LanguageModel, index: NeuronIndex
) -> None:
    found = index.search(tiny, " the", k=5)
    assert len(found) == 5
    column = index.windows.shown.tolist().index(tiny.token_id(" the"))
    every = np.stack(
        [index.pushes(tiny, layer, range(tiny.dims.d_mlp))[:, column] for layer in range(3)]
    )
    assert found[0][2] == pytest.approx(np.abs(every).max(), rel=1e-3)
    for label, side, push in found:
        layer, neuron = place_of(label)
        sign = {"positive": 1, "negative": -1}[side]
        assert push == pytest.approx(sign * every[layer, neuron], rel=1e-3, abs=1e-6)


def test_a_word_is_found_as_typed_before_any_other_spelling(
    tiny: LanguageModel, index: NeuronIndex
) -> None:
    def token(word: str) -> str:
        return tiny.tokenizer.decode([index._token(tiny, word)])

    known = {tiny.tokenizer.decode([i]) for i in range(len(tiny.tokenizer))}
    words = {text for text in known if text.strip().isalpha() and text.isascii()}
    bare = {text for text in words if not text.startswith(" ")}
    spaced = {text for text in words if text[0] == " " and text[1:] not in known}
    assert bare
    assert spaced
    for text in bare | spaced:
        assert token(text) == text  # with the space or without it
    for text in spaced:
        assert token(text[1:]) == text
        if not {text.upper(), text[1:].upper(), text.title(), text[1:].title()} & known:
            assert token(text[1:].upper()) == text
    for i in index.windows.shown.tolist():
        assert index._token(tiny, tiny.tokenizer.show(i)) == i
    for nothing in ("", "housecat"):
        with pytest.raises(ValueError, match="token"):
            token(nothing)


def test_a_label_is_read_as_it_is_written() -> None:
    assert place_of(label_of(24, 659)) == (24, 659)
    for wrong in ("", "L1", "L1N", "N1L2", "L1N2 ", "l1n2", "L-1N2", "L1N²"):
        with pytest.raises(ValueError, match="names no neuron; write layer and number"):
            place_of(wrong)


def test_the_ends_of_pushes() -> None:
    pushes = np.array([[0.0, 3, -1, 2], [1, -5, 4, 0]])
    assert ends_of(pushes, 2).tolist() == [[[1, 3], [2, 0]], [[2, 0], [1, 3]]]
    assert ends_of(pushes[0], 9).tolist() == [[1, 3, 0, 2], [2, 0, 3, 1]]


def test_bad_input_is_one_clear_sentence(
    tiny: LanguageModel, index: NeuronIndex, tiny_folder
) -> None:
    with pytest.raises(IndexError, match="layer 3 is out of range; it goes from 0 to 2"):
        index.neuron(tiny, 3, 0)
    with pytest.raises(IndexError, match="neuron -1 is out of range; it goes from 0 to 39"):
        index.neuron(tiny, 0, -1)
    with pytest.raises(ValueError, match="is not one token but"):
        index.search(tiny, "housecat")
    other = llm_viz.load_model(tiny_folder("gpt2"), device="cpu")
    with pytest.raises(ValueError, match="made with other weights than those of"):
        index.neuron(other, 0, 0)
    bloom = llm_viz.load_model(tiny_folder("bloom"), device="cpu")
    with pytest.raises(ValueError, match="read from outside"):
        NeuronIndex.build(bloom, index.windows)
