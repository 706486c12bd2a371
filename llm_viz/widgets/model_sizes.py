"""`ModelSizes`: how many weights language models have, and for what, on one straight axis."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any
from xml.etree.ElementTree import Element

import traitlets

from llm_viz.analyses.sizes import PUBLISHED_MODELS, ModelShape, sizes_of
from llm_viz.model import LanguageModel
from llm_viz.style import COLOURS, written
from llm_viz.widgets import still
from llm_viz.widgets.base import View

ZOOMS = 4  # each shows a tenth of the axis before


class ModelSizes(View):
    """Whole models as bars: attention, feed-forward layers, embeddings. None is left off the scale.

    Args:
        lm: a model whose weights are counted live, to stand among the others.
        published: models whose weights are counted from their published shapes.
        traits: any other trait, such as ``title`` or ``zoom`` (0 to 3: the axis ends at the
            largest model, or at a tenth, a hundredth, a thousandth of that).

    Raises:
        ValueError: no model at all, or one that is read from outside.

    Examples:
        >>> llm_viz.widgets.ModelSizes(lm)                               # doctest: +SKIP
    """

    front_end = "model_sizes"
    heading = "Language models to true scale"

    models = traitlets.List(traitlets.Dict()).tag(sync=True)
    zoom = traitlets.Int(0, min=0, max=ZOOMS - 1).tag(sync=True, linked=True)

    def __init__(
        self,
        lm: LanguageModel | None = None,
        published: Iterable[ModelShape] = PUBLISHED_MODELS,
        **traits: Any,
    ) -> None:
        models = [_published(shape) for shape in published]
        if lm is not None:
            models.append(_live(lm))
        if not models:
            raise ValueError("there is no model to show; give one, or published shapes")
        models.sort(key=lambda model: -model["total"])
        super().__init__(models=models, **traits)

    def still(self) -> Element:
        """A bar for each model on the whole axis, and its parts in numbers."""
        most = self.models[0]["total"]
        bars = [
            still.Bar(model["name"], model["total"] / most, f"{model['total']:,}")
            for model in self.models
        ]
        parts = [
            (
                model["name"],
                written(model["attention"] / model["total"]),
                written(model["mlp"] / model["total"]),
                written((model["embedding"] + model["unembedding"]) / model["total"]),
                model["source"],
            )
            for model in self.models
        ]
        columns = ("model", "attention", "feed-forward", "embeddings", "counted from")
        return still.figure(
            self.title or self.heading,
            "",
            still.bars(("model", "weights"), bars, COLOURS["mlp"]),
            still.table(columns, parts),
        )


def _live(lm: LanguageModel) -> dict[str, Any]:
    d, sizes = lm.dims, sizes_of(lm.weight_counts())
    return {
        "name": lm.info.id,
        "ours": True,
        "n_layers": d.n_layers,
        "n_heads": d.n_heads,
        "d_model": d.d_model,
        "d_mlp": d.d_mlp,
        **asdict(sizes),
        "total": sizes.total,
        "source": "the weights themselves, as they are loaded",
    }


def _published(shape: ModelShape) -> dict[str, Any]:
    sizes = shape.sizes
    return {
        "name": f"{shape.name} ({shape.year})",
        "ours": False,
        "n_layers": shape.n_layers,
        "n_heads": shape.n_heads,
        "d_model": shape.d_model,
        "d_mlp": shape.d_mlp,
        **asdict(sizes),
        "total": sizes.total,
        "source": shape.source,
    }
