"""What a head writes for values given to it."""

from __future__ import annotations

import numpy as np
import pytest

import llm_viz
from llm_viz.model import LanguageModel


@pytest.mark.parametrize("family", ["llama", "gpt2", "qwen3", "gpt_neox"])
def test_of_a_heads_mixture_it_gives_the_heads_output(tiny_folder, family: str) -> None:
    lm = llm_viz.load_model(tiny_folder(family), device="cpu")
    trace = lm.run("the cat sat", ("z", "head_out"))
    for layer, head in ((0, 0), (2, 3)):
        written = lm.head_write(layer, head, trace["z"][layer, head])
        np.testing.assert_allclose(written, trace["head_out"][layer, head], rtol=1e-4, atol=1e-6)


def test_what_it_cannot_take_is_refused(tiny: LanguageModel, tiny_folder) -> None:
    values = np.zeros((2, tiny.dims.d_head), np.float32)
    assert tiny.head_write(0, 0, values[:0]).shape == (0, tiny.dims.d_model)
    with pytest.raises(IndexError, match="layer 3 is out of range; it goes from 0 to 2"):
        tiny.head_write(3, 0, values)
    with pytest.raises(IndexError, match="head -1 is out of range"):
        tiny.head_write(0, -1, values)
    with pytest.raises(ValueError, match=r"shape \(2, 3\); expected \(n, 4\)"):
        tiny.head_write(0, 0, values[:, :3])
    bloom = llm_viz.load_model(tiny_folder("bloom"), device="cpu")
    with pytest.raises(ValueError, match="read from outside"):
        bloom.head_write(0, 0, values)


@pytest.mark.parametrize("family", ["llama", "gpt2"])
def test_what_neurons_write_adds_up_to_the_layers_output(tiny_folder, family: str) -> None:
    lm = llm_viz.load_model(tiny_folder(family), device="cpu")
    trace = lm.run("the cat sat", ("mlp_post", "mlp_out"))
    for layer in (0, 2):
        write = lm.neuron_write(layer)
        assert write.shape == (lm.dims.d_mlp, lm.dims.d_model)
        bias = trace["mlp_out"][layer] - trace["mlp_post"][layer] @ write
        np.testing.assert_allclose(bias, np.broadcast_to(bias[0], bias.shape), atol=1e-5)


def test_neurons_of_a_layer_that_is_not_there(tiny: LanguageModel, tiny_folder) -> None:
    with pytest.raises(IndexError, match="layer 3 is out of range; it goes from 0 to 2"):
        tiny.neuron_write(3)
    bloom = llm_viz.load_model(tiny_folder("bloom"), device="cpu")
    with pytest.raises(ValueError, match="reading what its neurons write is not possible"):
        bloom.neuron_write(0)
