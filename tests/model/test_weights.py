"""Counting weights by part: nothing left out, nothing twice."""

from __future__ import annotations

import math

import pytest

import llm_viz
from llm_viz.model import WeightCount
from llm_viz.model.weights import GROUPS, count_weights

FAMILIES = ["llama", "llama3", "mistral", "qwen2", "qwen3", "gpt2", "gpt_neox", "gpt_neox_serial"]


def shapes(counts: tuple[WeightCount, ...], layer: int | None) -> dict[str, tuple[int, ...]]:
    return {row.part: row.shape for row in counts if row.layer == layer}


@pytest.mark.parametrize("family", FAMILIES)
def test_the_counts_add_up_in_every_family(tiny_folder, family) -> None:
    lm = llm_viz.load_model(tiny_folder(family), device="cpu")
    counts = lm.weight_counts()
    assert sum(row.count for row in counts) == lm.n_parameters
    assert len({(row.part, row.layer) for row in counts}) == len(counts)
    assert {row.layer for row in counts} == {None, *range(lm.dims.n_layers)}
    assert all(row.part in GROUPS for row in counts)


def test_shared_keys_and_a_tied_unembedding(tiny) -> None:
    counts = tiny.weight_counts()
    assert shapes(counts, 1) == {
        "attn_norm": (24,),
        "W_Q": (24, 24),
        "W_K": (8, 24),  # two key/value heads of 4
        "W_V": (8, 24),
        "W_O": (24, 24),
        "mlp_norm": (24,),
        "W_gate": (40, 24),
        "W_in": (40, 24),
        "W_out": (24, 40),
    }
    assert shapes(counts, None) == {"W_E": (300, 24), "final_norm": (24,), "W_U": (300, 24)}
    (unembedding,) = (row for row in counts if row.part == "W_U")
    assert (unembedding.tied, unembedding.count) == (True, 0)


def test_biases_positions_and_no_gate(tiny_folder) -> None:
    counts = llm_viz.load_model(tiny_folder("gpt2"), device="cpu").weight_counts()
    of_layer = {row.part: row for row in counts if row.layer == 0}
    assert "W_gate" not in of_layer
    assert (of_layer["W_in"].shape, of_layer["W_in"].biases) == ((96, 24), 96)
    assert of_layer["W_K"].count == 24 * 24 + 24
    assert of_layer["attn_norm"].count == 48
    assert shapes(counts, None)["W_pos"] == (64, 24)


def test_an_unembedding_of_its_own_counts(tiny_folder) -> None:
    counts = llm_viz.load_model(tiny_folder("mistral"), device="cpu").weight_counts()
    (unembedding,) = (row for row in counts if row.part == "W_U")
    assert (unembedding.tied, unembedding.count) == (False, 300 * 24)


def test_a_model_read_from_outside_is_not_counted_by_part(tiny_folder) -> None:
    lm = llm_viz.load_model(tiny_folder("bloom"), device="cpu")
    with pytest.raises(ValueError, match="counting its weights by part is not possible"):
        lm.weight_counts()
    with pytest.raises(TypeError, match="Outside does not show its parts"):
        count_weights(lm.network)


@pytest.mark.real_model
def test_the_real_model_counts_to_the_last_weight(lm) -> None:
    counts = lm.weight_counts()
    assert sum(row.count for row in counts) == lm.n_parameters == 134_515_008
    assert shapes(counts, 29)["W_K"] == (192, 576)
    assert shapes(counts, 29)["W_gate"] == (1536, 576)
    assert sum(row.count for row in counts if row.group == "mlp") == 30 * 3 * 576 * 1536


@pytest.mark.real_model
def test_an_encoder_has_no_unembedding() -> None:
    encoder = llm_viz.load_model("all-minilm-l6-v2", device="cpu")
    counts = encoder.weight_counts()
    assert sum(row.count for row in counts) == encoder.n_parameters
    assert {row.part for row in counts} & {"W_U", "final_norm"} == set()
    assert math.prod(shapes(counts, None)["W_E"]) == 30_522 * 384
