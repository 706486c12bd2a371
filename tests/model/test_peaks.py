"""The strongest places of neurons, kept while texts are read: what all activations would give."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import llm_viz
from llm_viz.model import LanguageModel
from llm_viz.model.interventions import NO_EDITS
from llm_viz.model.peaks import EDGES
from llm_viz.model.reading import read

N, LENGTH = 14, 9  # windows, tokens of each
BEFORE, AFTER = 4, 2


def activations(lm: LanguageModel, windows: np.ndarray) -> np.ndarray:
    """(window, layer, pos, neuron) all of them, the start token's left out."""
    start = [] if lm.tokenizer.start_id is None else [lm.tokenizer.start_id]
    batch = [[*start, *map(int, window)] for window in windows]
    found = read(lm.network, NO_EDITS, batch, ("mlp_post",), None)
    return np.stack([arrays["mlp_post"][:, len(start) :] for arrays, _ in found])


def windows_of(lm: LanguageModel, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(5, 280, (N, LENGTH))


@pytest.mark.parametrize("family", ["llama", "gpt2", "gpt_neox"])
def test_it_keeps_what_all_activations_give(tiny_folder, family: str) -> None:
    lm = llm_viz.load_model(tiny_folder(family), device="cpu")
    windows, k = windows_of(lm), 3
    peaks = lm.neuron_peaks(k=k, groups=2, before=BEFORE, after=AFTER)
    for rows, group in ((range(5), 0), (range(5, 9), 1), (range(9, N), 0)):
        peaks.read(windows[list(rows)], np.array(rows) * LENGTH, group)
    kept = peaks.arrays()
    every = activations(lm, windows)
    group_of = np.array([0] * 5 + [1] * 4 + [0] * 5)
    for group in (0, 1):
        members = np.flatnonzero(group_of == group)
        for side, sign in enumerate((1, -1)):
            signed = sign * every[members]  # (window, layer, pos, neuron)
            best = signed.max(axis=2)
            for layer in range(lm.dims.n_layers):
                for neuron in range(lm.dims.d_mlp):
                    order = np.argsort(-best[:, layer, neuron])[:k]
                    strong = order[best[order, layer, neuron] > 0]
                    values = kept["values"][layer, group, side, neuron]
                    places = kept["places"][layer, group, side, neuron]
                    np.testing.assert_allclose(
                        values[: len(strong)], best[strong, layer, neuron], rtol=1e-4, atol=1e-6
                    )
                    # Where a family's activations come close to their lowest, ties are broken
                    # by rounding; so each place is asked what stands there.
                    rows, columns = np.divmod(places[: len(strong)], LENGTH)
                    assert set(rows) <= set(members)
                    assert len(set(rows)) == len(rows)
                    there = sign * every[rows, layer, columns, neuron]
                    np.testing.assert_allclose(there, values[: len(strong)], rtol=1e-4, atol=1e-6)
                    assert (places[len(strong) :] == -1).all()
                    assert (values[len(strong) :] == 0).all()
    layer, group, side = 1, 0, 1
    for neuron, row in enumerate(kept["places"][layer, group, side]):
        for rank, place in enumerate(row[row >= 0]):
            window, at = divmod(int(place), LENGTH)
            there = np.arange(max(0, at - BEFORE), min(LENGTH, at + AFTER + 1))
            around = kept["around"][layer, group, side, neuron, rank][there - at + BEFORE]
            np.testing.assert_allclose(around, -every[window, layer, there, neuron], atol=2e-3)


def test_every_activation_falls_into_its_bin(tiny: LanguageModel) -> None:
    windows = windows_of(tiny)
    peaks = tiny.neuron_peaks(k=1, groups=1, before=0, after=0)
    peaks.read(windows, np.arange(N) * LENGTH, 0)
    counts = peaks.arrays()["counts"]
    every = activations(tiny, windows)
    assert (counts.sum(axis=-1) == N * LENGTH).all()
    values = np.clip(every[:, 2, :, 7].ravel(), -63, 63)
    assert counts[2, 7].tolist() == np.histogram(values, EDGES)[0].tolist()
    wide = np.clip(every, -63, 63).reshape(-1)
    assert counts.sum(axis=(0, 1)).tolist() == np.histogram(wide, EDGES)[0].tolist()


def test_the_edges_are_symmetric_and_rise() -> None:
    assert (np.diff(EDGES) > 0).all()
    np.testing.assert_array_equal(EDGES, -EDGES[::-1])
    with pytest.raises(ValueError, match="read-only"):
        EDGES[0] = 1


@settings(max_examples=15, deadline=None)
@given(cuts=st.sets(st.integers(1, N - 1), max_size=5), k=st.integers(1, N + 2))
def test_the_order_of_batches_does_not_matter(tiny: LanguageModel, cuts: set[int], k: int) -> None:
    windows = windows_of(tiny, seed=1)
    whole = tiny.neuron_peaks(k=k, groups=1, before=1, after=1)
    whole.read(windows, np.arange(N) * LENGTH, 0)
    parts = tiny.neuron_peaks(k=k, groups=1, before=1, after=1)
    bounds = [0, *sorted(cuts), N]
    for first, end in reversed(list(pairwise(bounds))):
        parts.read(windows[first:end], np.arange(first, end) * LENGTH, 0)
    one, other = whole.arrays(), parts.arrays()
    for name in ("values", "around"):
        np.testing.assert_allclose(one[name], other[name], rtol=2e-3, atol=1e-6)
    assert (one["places"] == other["places"]).mean() > 0.999  # equal values may change places


def test_it_goes_on_from_what_was_kept(tiny: LanguageModel) -> None:
    windows, places = windows_of(tiny), np.arange(N) * LENGTH
    at_once = tiny.neuron_peaks(k=4, groups=1, before=1, after=1)
    first, second = (tiny.neuron_peaks(k=4, groups=1, before=1, after=1) for _ in range(2))
    at_once.read(windows[:6], places[:6], 0)
    at_once.read(windows[6:], places[6:], 0)
    first.read(windows[:6], places[:6], 0)
    second.restore(first.arrays())
    second.read(windows[6:], places[6:], 0)
    for name, array in at_once.arrays().items():
        np.testing.assert_array_equal(second.arrays()[name], array)


def test_what_it_cannot_read_is_refused(tiny: LanguageModel, tiny_folder) -> None:
    asked = {"k": 1, "groups": 1, "before": 0, "after": 0}
    with (
        tiny.ablate(mlps=[1]),
        pytest.raises(ValueError, match="parts of the model are changed; leave the `with` block"),
    ):
        tiny.neuron_peaks(**asked)
    bloom = llm_viz.load_model(tiny_folder("bloom"), device="cpu")
    with pytest.raises(ValueError, match="read from outside: reading its neurons is not possible"):
        bloom.neuron_peaks(**asked)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="torch finds no CUDA GPU here")
def test_the_gpu_keeps_the_same(tiny_folder) -> None:
    kept = []
    for device in ("cpu", "cuda"):
        lm = llm_viz.load_model(tiny_folder("llama"), device=device)
        peaks = lm.neuron_peaks(k=3, groups=1, before=1, after=1)
        peaks.read(windows_of(lm), np.arange(N) * LENGTH, 0)
        kept.append(peaks.arrays())
    here, there = kept
    np.testing.assert_allclose(here["values"], there["values"], atol=1e-4)
    assert (here["places"] == there["places"]).mean() > 0.99
    assert np.abs(here["counts"] - there["counts"]).sum() <= 1e-3 * here["counts"].sum()
