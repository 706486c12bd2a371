"""ModelSizes: the live model among the published ones."""

from __future__ import annotations

import pytest
from traitlets import TraitError

import llm_viz
from llm_viz.analyses import PUBLISHED_MODELS
from llm_viz.widgets import ModelSizes


def test_the_live_model_stands_in_its_place(tiny) -> None:
    widget = ModelSizes(tiny)
    totals = [model["total"] for model in widget.models]
    assert totals == sorted(totals, reverse=True)
    assert [model["ours"] for model in widget.models] == [False] * len(PUBLISHED_MODELS) + [True]
    ours = widget.models[-1]
    assert ours["total"] == tiny.n_parameters
    parts = ("embedding", "attention", "mlp", "norm", "unembedding")
    assert all(sum(m[part] for part in parts) == m["total"] for m in widget.models)


def test_published_models_alone_and_none_at_all() -> None:
    widget = ModelSizes(published=PUBLISHED_MODELS[-1:], zoom=2)
    assert [model["name"] for model in widget.models] == ["GPT-3 (2020)"]
    with pytest.raises(ValueError, match="no model to show"):
        ModelSizes(published=())


def test_bad_input(tiny_folder) -> None:
    closed = llm_viz.load_model(tiny_folder("bloom"), device="cpu")
    with pytest.raises(ValueError, match="counting its weights by part"):
        ModelSizes(closed)
    with pytest.raises(TraitError, match="zoom"):
        ModelSizes(zoom=4)


def test_its_still_picture(tiny) -> None:
    text = ModelSizes(tiny)._repr_mimebundle_()[0]["text/html"]
    assert f"{tiny.n_parameters:,}" in text
    assert "174,604," in text
    assert "66 %" in text
