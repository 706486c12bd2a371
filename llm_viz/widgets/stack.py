"""`Stack`: the whole model as a building to walk through, with the reader's sentence inside."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any
from xml.etree.ElementTree import Element

import traitlets

from llm_viz.analyses.sizes import sizes_of
from llm_viz.analyses.stages import ACTIVE, stages
from llm_viz.model import LanguageModel, WeightCount
from llm_viz.style import COLOURS, written
from llm_viz.widgets import still
from llm_viz.widgets.base import View
from llm_viz.widgets.stack_file import check_length, pack

STAGES = ("text", "tokens", "embedding", "attention", "mlp", "norm", "unembedding", "next")
_TOP = ("norm", "unembedding", "next")  # an encoder has none of them
STREAM = "stream"  # no box, but a chapter of its own

# A relative path, or another site by http; never another scheme such as javascript:.
_HREF = re.compile(r"(?:https?://|(?![\w+.-]*:)(?!//))[\w!#$%&'()*+,./:;=?@~\[\]-]+", re.ASCII)
_ENCODER_CAPTION = "Press Up and climb with the sentence. Which tokens look at which?"
_GROUPS = {
    "embedding": "Embedding",
    "attention": "Attention",
    "mlp": "Feed-forward",
    "norm": "Norms",
    "unembedding": "Unembedding",
}


class Stack(View):
    """The whole model, bottom to top: words go in, every floor adds, a prediction comes out.

    Args:
        lm: the model; it also reads the reader's own text.
        texts: one or several to choose from, of at most 64 tokens each.
        labels: how they are called in the list; the texts themselves if left out.
        chapters: where a stage is opened: from ``"text"``, ``"tokens"``, ``"embedding"``,
            ``"attention"``, ``"mlp"``, ``"norm"``, ``"unembedding"``, ``"next"`` or ``"stream"`` to
            a relative path or an http(s) address. Stages without one say that a later chapter
            opens them.
        traits: any other trait, such as ``title``, ``stage``, ``layer`` or ``position``.

    Raises:
        ValueError: no text, an empty one or one that is too long; a chapter of an unknown stage or
            with another kind of address; a model that is read from outside.

    Examples:
        >>> llm_viz.widgets.Stack(lm, "The cat sat on the")              # doctest: +SKIP
    """

    front_end = "stack"
    heading = "The whole model, floor by floor"

    texts = traitlets.List(traitlets.Bytes()).tag(sync=True)
    labels = traitlets.List(traitlets.Unicode()).tag(sync=True)
    prompt = traitlets.Int(0, min=-1).tag(sync=True, linked=True)
    text = traitlets.Unicode("").tag(sync=True)
    own = traitlets.Bytes(b"").tag(sync=True, from_json=lambda value, _: bytes(value))
    architecture = traitlets.Dict().tag(sync=True)
    chapters = traitlets.Dict(value_trait=traitlets.Unicode()).tag(sync=True)
    stage = traitlets.Enum(STAGES, "text").tag(sync=True, linked=True)
    layer = traitlets.Int(0, min=0).tag(sync=True, linked=True)
    position = traitlets.Int(-1, min=-1).tag(sync=True, linked=True)

    def __init__(
        self,
        lm: LanguageModel,
        texts: str | Sequence[str],
        *,
        labels: Sequence[str] | None = None,
        chapters: Mapping[str, str] | None = None,
        **traits: Any,
    ) -> None:
        self._lm = lm
        counts = lm.weight_counts()  # says so if the model is closed
        given = [texts] if isinstance(texts, str) else list(texts)
        if not given:
            raise ValueError("give a text, or a list of texts, to follow through the model")
        if labels is not None and len(labels) != len(given):
            raise ValueError(f"{len(labels)} labels for {len(given)} texts; give one for each")
        longest = max(len(lm.token_ids(text)) for text in given)
        if traits.get("position", -1) >= longest:
            raise ValueError(f"position is {traits['position']}; expected -1 to {longest - 1}")
        packed = [self._follow(text) for text in given]
        if not lm.dims.d_vocab:
            traits.setdefault("caption", _ENCODER_CAPTION)
        super().__init__(
            texts=packed,
            labels=list(labels or given),
            architecture=_architecture(lm, counts),
            chapters=dict(chapters or {}),
            **traits,
        )
        floors = [s for s in STAGES if lm.dims.d_vocab or s not in _TOP]
        whole = {"kind": "number", "whole": True}
        self.linked = {
            **self.linked,
            "stage": {"kind": "choice", "values": floors},
            "prompt": {**whole, "min": 0, "max": len(given) - 1},
            "layer": {**whole, "min": 0, "max": lm.dims.n_layers - 1},
            "position": {**whole, "min": -1, "max": longest - 1},
        }

    @traitlets.validate("stage")
    def _check_stage(self, proposal: Any) -> str:
        stage: str = proposal["value"]
        if not self._lm.dims.d_vocab and stage in _TOP:
            raise ValueError(f"{self._lm.info.id} is an encoder: it has no stage {stage!r}")
        return stage

    @traitlets.validate("chapters")
    def _check_chapters(self, proposal: Any) -> dict[str, str]:
        chapters: dict[str, str] = proposal["value"]
        known = (*STAGES, STREAM)
        for stage, href in chapters.items():
            if stage not in known:
                raise ValueError(f"there is no stage {stage!r}; the stages are {', '.join(known)}")
            if not _HREF.fullmatch(href):
                raise ValueError(
                    f"the chapter of {stage!r} is at {href!r}; expected a relative path or an "
                    "address that begins with http:// or https://"
                )
        return chapters

    @traitlets.validate("layer")
    def _check_layer(self, proposal: Any) -> int:
        layer: int = proposal["value"]
        n_layers = self._lm.dims.n_layers
        if layer >= n_layers:
            raise ValueError(f"layer is {layer}; expected 0 to {n_layers - 1}")
        return layer

    def still(self) -> Element:
        """Where the weights are: a bar for each part, and a table of the matrices."""
        name, total = self.architecture["name"], self.architecture["total"]
        held = asdict(sizes_of(self._lm.weight_counts()))
        groups = [
            still.Bar(label, held[key] / total, f"{held[key]:,} ({written(held[key] / total)})")
            for key, label in _GROUPS.items()
            if held[key]
        ]
        matrices = [
            (
                part["part"],
                " × ".join(f"{size:,}" for size in part["shape"]),
                "each of " + str(part["layers"]) if part["layers"] else "once",
                "the embedding's" if part["tied"] else f"{part['count']:,}",
            )
            for part in self.architecture["parts"]
        ]
        return still.figure(
            self.title or self.heading,
            f"{name}: {total:,} weights in {self.architecture['n_layers']} layers",
            still.bars(("part", "weights"), groups, COLOURS["stream"]),
            still.table(("matrix", "shape", "layers", "weights in all"), matrices),
        )

    def _answer(self, message: Mapping[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
        if message.get("kind") != "trace":
            return super()._answer(message)
        return {}, [self._follow(str(message.get("text")))]

    def _follow(self, text: str) -> bytes:
        if not text.strip():
            raise ValueError("the text is empty; type at least one character")
        check_length(len(self._lm.readable(text)))
        return pack(stages(self._lm, text), self._lm.tokenizer.show)


def _architecture(lm: LanguageModel, counts: Sequence[WeightCount]) -> dict[str, Any]:
    """What the view says of the model's shape; equal matrices of all layers make one row."""
    d, config = lm.dims, lm.config
    rows: dict[tuple[str, tuple[int, ...]], dict[str, Any]] = {}
    for row in counts:
        kind: dict[str, Any] = {
            "part": row.part,
            "group": row.group,
            "shape": list(row.shape),
            "biases": row.biases,
            "tied": row.tied,
            "count": 0,
            "layers": 0,
        }
        held = rows.setdefault((row.part, row.shape), kind)
        held["count"] += row.count
        held["layers"] += row.layer is not None
    positions = any(row.part == "W_pos" for row in counts)
    return {
        "name": lm.info.id,
        "n_layers": d.n_layers,
        "n_heads": d.n_heads,
        "n_kv_heads": d.n_kv_heads,
        "d_model": d.d_model,
        "d_head": d.d_head,
        "d_mlp": d.d_mlp,
        "d_vocab": next(row.shape[0] for row in counts if row.part == "W_E"),
        "gated": config.gated,
        "causal": config.causal,
        "parallel": config.parallel,
        "post_norm": config.post_norm,
        "learned_positions": positions,
        "predicts": bool(d.d_vocab),
        "active": ACTIVE,
        "total": sum(row.count for row in counts),
        "parts": list(rows.values()),
    }
