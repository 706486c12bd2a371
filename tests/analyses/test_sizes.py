"""Weights counted from shapes: the papers' totals, and the live count of small models."""

from __future__ import annotations

import pytest

import llm_viz
from llm_viz.analyses import sizes
from llm_viz.analyses.sizes import PUBLISHED_MODELS, ModelShape

BY_NAME = {shape.name: shape for shape in PUBLISHED_MODELS}


@pytest.mark.parametrize("shape", PUBLISHED_MODELS, ids=lambda shape: shape.name)
def test_the_papers_totals(shape) -> None:
    # "70B" is a name: the released file holds 69.0 billion.
    assert shape.sizes.total == pytest.approx(shape.published, rel=0.015)
    assert shape.source


@pytest.mark.parametrize(
    ("name", "total"),
    [
        ("GPT-1", 116_534_784),
        ("GPT-2 small", 124_439_808),
        ("GPT-2 XL", 1_557_611_200),
        ("LLaMA 7B", 6_738_415_616),
        ("LLaMA 65B", 65_285_660_672),
        ("LLaMA 2 70B", 68_976_648_192),
    ],
)
def test_the_released_files_to_the_last_weight(name, total) -> None:
    assert BY_NAME[name].sizes.total == total


def test_gpt_3_is_mostly_feed_forward() -> None:
    gpt3 = BY_NAME["GPT-3"]
    matrices = 49_152 * 12_288 * 2
    assert matrices == pytest.approx(1.2e9, rel=0.01)
    assert gpt3.sizes.mlp == 96 * (matrices + 49_152 + 12_288)
    assert gpt3.sizes.mlp == pytest.approx(116e9, rel=0.001)
    assert gpt3.sizes.mlp / gpt3.published == pytest.approx(0.663, abs=5e-4)
    assert gpt3.sizes.share("mlp") == pytest.approx(0.664, abs=5e-4)
    assert gpt3.heads == 9_216


def test_they_stand_smallest_first_and_shares_add_up() -> None:
    totals = [shape.sizes.total for shape in PUBLISHED_MODELS]
    assert totals == sorted(totals)
    for shape in PUBLISHED_MODELS:
        parts = ("embedding", "attention", "mlp", "norm", "unembedding")
        assert sum(shape.sizes.share(part) for part in parts) == pytest.approx(1)


def shape_of(lm, *, tied: bool, learned: bool, biases: bool) -> ModelShape:
    d = lm.dims
    return ModelShape(
        name="tiny",
        year=0,
        n_layers=d.n_layers,
        n_heads=d.n_heads,
        n_kv_heads=d.n_kv_heads,
        d_model=d.d_model,
        d_head=d.d_head,
        d_mlp=d.d_mlp,
        d_vocab=d.d_vocab,
        n_ctx=d.n_ctx,
        gated=lm.config.gated,
        tied=tied,
        learned_positions=learned,
        biases=biases,
        final_norm=True,
        published=0,
        source="",
    )


@pytest.mark.parametrize(
    ("family", "choices"),
    [
        ("llama", {"tied": True, "learned": False, "biases": False}),
        ("mistral", {"tied": False, "learned": False, "biases": False}),
        ("gpt2", {"tied": True, "learned": True, "biases": True}),
        ("gpt_neox", {"tied": False, "learned": False, "biases": True}),
    ],
)
def test_the_formula_is_the_live_count(tiny_folder, family, choices) -> None:
    lm = llm_viz.load_model(tiny_folder(family), device="cpu")
    assert sizes.sizes_of(lm.weight_counts()) == shape_of(lm, **choices).sizes


@pytest.mark.real_model
def test_the_real_model(lm) -> None:
    shape = shape_of(lm, tied=True, learned=False, biases=False)
    assert sizes.sizes_of(lm.weight_counts()) == shape.sizes
    assert shape.heads == 270
