"""`QueryKey`: one token looks at another in one head, step by step, every number real.

What the page carries of a text is said in `llm_viz.widgets.query_key_file`.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element

import numpy as np
import traitlets

from llm_viz.analyses.query_key import match, traced
from llm_viz.model import LanguageModel
from llm_viz.style import COLOURS, written
from llm_viz.trace import Trace, index_in
from llm_viz.widgets import still
from llm_viz.widgets.base import View
from llm_viz.widgets.query_key_file import pack, unpack

MOST_TOKENS = 48
MOST_BYTES = 150_000  # of one text on a page
MOST_SHIFT = 64  # places that both tokens can be moved along


class QueryKey(View):
    """A query meets a key: turn, dot product, scale, mask, softmax, and the value that is moved.

    Args:
        lm: the model; it also reads the reader's own text, and any head of it.
        texts: one or several to choose from, of at most 48 tokens each.
        heads: the (layer, head) pairs that the page carries of each text.
        tokens: whose logits can be followed through each head besides those that it moves most; by
            id or by exact text (``" Mary"``).
        labels: how the texts are called in the list; they themselves if left out.
        traits: any other trait, such as ``title``, ``caption``, ``layer`` and ``head`` (the first
            pair if left out), ``query`` (-1: the last token), ``key`` (None: the one it looks at
            most), ``token``, ``pair`` of dimensions (None: the one that counts most), or ``shift``.

    Raises:
        ValueError: no text or head, an empty text or one that is too long, more than 150 kB of one
            text, a text for a token that is not one token, or a model that is read from outside.
        IndexError: a layer, head, position or id is out of range.

    Examples:
        >>> text = "When Mary and John went to the store, John gave a drink to"
        >>> llm_viz.widgets.QueryKey(lm, text, heads=[(23, 3), (28, 1)])   # doctest: +SKIP
    """

    front_end = "query_key"
    heading = "A query meets a key"

    texts = traitlets.List(traitlets.Bytes()).tag(sync=True)  # packed, see query_key_file
    labels = traitlets.List(traitlets.Unicode()).tag(sync=True)
    shape = traitlets.Dict().tag(sync=True)  # layers and heads of the model
    text = traitlets.Unicode("").tag(sync=True)
    own = traitlets.Bytes(b"").tag(sync=True, from_json=lambda value, _: bytes(value))
    # A head that a text was not packed with, fetched from Python: the text again, with this head.
    fetched = traitlets.Bytes(b"").tag(sync=True, from_json=lambda value, _: bytes(value))
    prompt = traitlets.Int(0, min=-1).tag(sync=True, linked=True)
    layer = traitlets.Int(0, min=0).tag(sync=True, linked=True)
    head = traitlets.Int(0, min=0).tag(sync=True, linked=True)
    query = traitlets.Int(-1, min=-1).tag(sync=True, linked=True)
    key = traitlets.Int(None, allow_none=True, min=0).tag(sync=True, linked=True)
    pair = traitlets.Int(None, allow_none=True, min=0).tag(sync=True, linked=True)
    shift = traitlets.Int(0, min=0, max=MOST_SHIFT).tag(sync=True, linked=True)
    token = traitlets.Int(None, allow_none=True, min=0).tag(sync=True, linked=True)

    def __init__(
        self,
        lm: LanguageModel,
        texts: str | Sequence[str],
        heads: Sequence[tuple[int, int]],
        *,
        tokens: Sequence[int | str] = (),
        labels: Sequence[str] | None = None,
        **traits: Any,
    ) -> None:
        given = [texts] if isinstance(texts, str) else list(texts)
        if not given:
            raise ValueError("give a text, or a list of texts, for the heads to read")
        if labels is not None and len(labels) != len(given):
            raise ValueError(f"{len(labels)} labels for {len(given)} texts; give one for each")
        self._lm = lm
        pairs = [self._pair(each) for each in heads]
        if not pairs:
            raise ValueError("give the heads that the page carries, such as heads=[(23, 3)]")
        self._tokens = [lm.token_id(token) for token in _listed(tokens)]
        self._trace: Trace | None = None  # of the text that was read last
        self._edits = lm.edits  # what was changed then
        packed = [self._pack(text, pairs) for text in given]
        for text, data in zip(given, packed, strict=True):
            if len(data) > MOST_BYTES:
                raise ValueError(
                    f"{len(pairs)} heads of {text[:40]!r} weigh {len(data):,} bytes; a page "
                    f"carries at most {MOST_BYTES:,} of a text. Name fewer heads, or shorten it"
                )
        lengths = [len(unpack(data)[0]["tokens"]) for data in packed]
        first = lengths[traits.get("prompt", 0)]
        for name in ("query", "key"):
            position = traits.get(name)
            if position is not None and not -first <= position < first:
                raise IndexError(f"{name} {position} is out of range; the text has {first} tokens")
        if (traits.get("key") or 0) < 0:
            traits["key"] += first
        if traits.get("query", -1) < -1:
            traits["query"] += first
        super().__init__(
            texts=packed,
            labels=list(labels or given),
            shape={"layers": lm.dims.n_layers, "heads": lm.dims.n_heads},
            **({"layer": pairs[0][0], "head": pairs[0][1]} | traits),
        )
        most = {
            "prompt": len(given),
            "layer": lm.dims.n_layers,
            "head": lm.dims.n_heads,
            "query": max(lengths),
            "key": max(lengths),
            "pair": max(1, len(lm.config.rotary or ())),
            "token": max(1, lm.dims.d_vocab),
        }
        bounds = {name: {**self.linked[name], "max": n - 1} for name, n in most.items()}
        self.linked = {**self.linked, **bounds, "prompt": {**bounds["prompt"], "min": 0}}

    @traitlets.validate("layer", "head")
    def _check_head(self, proposal: Any) -> int:
        name, value = proposal["trait"].name, proposal["value"]
        size = getattr(self._lm.dims, f"n_{name}s")
        if value >= size:
            raise IndexError(f"{name} {value} is out of range; it goes from 0 to {size - 1}")
        return int(value)

    def still(self) -> Element:
        """How the chosen query's look is shared among the keys."""
        own = self.prompt == -1 and self.own
        told, _ = unpack(self.own if own else self.texts[max(self.prompt, 0)])
        last = len(told["tokens"]) - 1
        query = last if self.query == -1 else min(self.query, last)
        trace = self._read(told["text"])
        row = trace.head("pattern", self.layer, self.head)[query]
        key = int(np.argmax(row)) if self.key is None else min(self.key, last)
        found = match(self._lm, trace, self.layer, self.head, query, key)
        seen = np.flatnonzero(~found.masked)
        bars = [
            still.Bar(f"{i} {found.tokens[i]}", float(row[i]), written(float(row[i]))) for i in seen
        ]
        text = (
            f"{told['text']} … In head L{found.layer}H{found.head}, {found.tokens[query]} "
            f"(position {query}) looks at {found.tokens[key]} (position {key}): "
            f"{found.products.sum():.2f} times {found.scale:g} is a score of {found.score:.2f}, "
            f"and its share is {written(found.share)}."
        )
        columns = ("position and token", "share of the look")
        picture = still.bars(columns, bars, COLOURS["attention"])
        return still.figure(self.title or self.heading, text, picture)

    def _answer(self, message: Mapping[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
        if message.get("kind") != "head":
            return super()._answer(message)
        pair = self._pair((message.get("layer"), message.get("head")))
        return {}, [self._pack(str(message.get("text")), [pair])]

    def _pair(self, given: Any) -> tuple[int, int]:
        """A (layer, head) pair that this model has, counted from 0."""
        try:
            layer, head = map(operator.index, given)
        except (TypeError, ValueError):
            raise TypeError(
                f"heads holds {given!r}; expected (layer, head) pairs such as [(23, 3)]"
            ) from None
        d = self._lm.dims
        return index_in(layer, d.n_layers, "layer"), index_in(head, d.n_heads, "head")

    def _pack(self, text: str, heads: Sequence[tuple[int, int]]) -> bytes:
        if not text.strip():
            raise ValueError("the text is empty; type at least one character")
        return pack(self._lm, self._read(text), heads, self._tokens)

    def _read(self, text: str) -> Trace:
        held = self._trace
        if held is None or held.text != text or self._edits is not self._lm.edits:
            length = len(self._lm.readable(text))
            if length > MOST_TOKENS:
                raise ValueError(
                    f"the text has {length:,} tokens; this view shows at most {MOST_TOKENS}. "
                    "Shorten it"
                )
            held = traced(self._lm, text)
            self._trace, self._edits = held, self._lm.edits
        return held


def _listed(tokens: int | str | Sequence[int | str]) -> list[int | str]:
    return [tokens] if isinstance(tokens, int | str) else list(tokens)
