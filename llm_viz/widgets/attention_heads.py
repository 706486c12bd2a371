"""`AttentionHeads`: every head of every layer at a glance, and one of them as large as can be."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element

import numpy as np
import traitlets

from llm_viz.model import LanguageModel
from llm_viz.style import COLOURS, written
from llm_viz.trace import Trace, index_in
from llm_viz.widgets import still
from llm_viz.widgets.base import View
from llm_viz.widgets.heads_file import Head, cells, codes, pack, unpack

MOST_BYTES = 2 * 2**20  # that the whole patterns of one text may weigh
MOST_TOKENS = 2048  # of a text, however few heads of it travel
STILL_ROWS = 10
# How each score is called, and its unit; `js/src/strings/heads.js` has the same names.
SCORES = {
    "previous_token": "on the token before",
    "current_token": "on the token itself",
    "first_token": "on the first token",
    "duplicate_token": "on an earlier copy of the token",
    "induction": "on what followed an earlier copy",
    "entropy": "spread of the look, in bits",
    "mean_distance": "mean distance, in tokens",
}
IN_UNITS = ("entropy", "mean_distance")  # the others are shares


class AttentionHeads(View):
    """Who looks at whom: all heads as small pictures, one as a matrix or as arcs between tokens.

    Layers go up, layer 0 at the bottom; heads go from left to right. The small pictures are framed
    and sorted by a score of `llm_viz.analyses.attention`. Several heads can be averaged.

    By default every head of every text travels with the widget, so that all of them can be looked
    at on a page without Python. What a text may weigh is limited to `MOST_BYTES`. For a longer text
    name the ``heads`` that travel: all heads are shown small, and any other is sent by Python when
    it is looked at.

    Args:
        lm: the model; it also reads the reader's own text.
        texts: one text or several to choose from.
        labels: how the texts are called in the list; they themselves if left out.
        positions: of each text, which tokens are shown; negative counts from the end. None: all.
            A look at a token that is not shown is left out, and how much is left out is said.
        heads: (layer, head) of those that travel whole; None: all.
        traits: any other trait, such as ``title``, ``caption``, ``prompt``, ``layer``, ``head``,
            ``position`` (the token whose looks are shown; None: all tokens'), ``score``, ``order``,
            ``picture``, ``mask_first`` or ``mean`` (the heads that are averaged, such as
            ``"L18H6 L17H4"``).

    Raises:
        ValueError: no text, an empty one, one that is too long or weighs too much.
        IndexError: a layer, a head or a position is out of range.

    Examples:
        >>> text = "When Mary and John went to the store, John gave a drink to"
        >>> llm_viz.widgets.AttentionHeads(lm, text, layer=18, head=6)     # doctest: +SKIP
        >>> llm_viz.widgets.AttentionHeads(lm, long, heads=[(18, 6)])      # doctest: +SKIP
    """

    front_end = "attention_heads"
    heading = "Who looks at whom?"

    traces = traitlets.List(traitlets.Bytes()).tag(sync=True)  # packed, see heads_file
    labels = traitlets.List(traitlets.Unicode()).tag(sync=True)
    text = traitlets.Unicode("").tag(sync=True)
    own = traitlets.Bytes(b"").tag(sync=True, from_json=lambda value, _: bytes(value))
    prompt = traitlets.Int(0, min=-1).tag(sync=True, linked=True)
    layer = traitlets.Int(0, min=0).tag(sync=True, linked=True)
    head = traitlets.Int(0, min=0).tag(sync=True, linked=True)
    position = traitlets.Int(None, allow_none=True, min=0).tag(sync=True, linked=True)
    score = traitlets.Enum(list(SCORES), "previous_token").tag(sync=True, linked=True)
    order = traitlets.Enum(["layer", "score"], "layer").tag(sync=True, linked=True)
    picture = traitlets.Enum(["matrix", "arcs"], "matrix").tag(sync=True, linked=True)
    mask_first = traitlets.Bool(True).tag(sync=True, linked=True)
    mean = traitlets.Unicode("").tag(sync=True, linked=True)

    def __init__(
        self,
        lm: LanguageModel,
        texts: str | Sequence[str],
        *,
        labels: Sequence[str] | None = None,
        positions: Sequence[int] | None = None,
        heads: Sequence[Head] | None = None,
        **traits: Any,
    ) -> None:
        given = [texts] if isinstance(texts, str) else list(texts)
        if not given:
            raise ValueError("give a text, or a list of texts, for the model to read")
        if labels is not None and len(labels) != len(given):
            raise ValueError(f"{len(labels)} labels for {len(given)} texts; give one for each")
        self._lm = lm
        self._positions = positions
        self._heads = None if heads is None else [_existing(lm, *head) for head in heads]
        self._run: tuple[str, Trace] | None = None
        self._edits: dict[str, object] = {}  # what was switched off when each text was read
        layer, head = _existing(lm, traits.pop("layer", 0), traits.pop("head", 0))
        packed = []
        for text in given:
            self._check_positions(text)
            packed.append(self._pack(text, self._heads))
        super().__init__(
            traces=packed,
            labels=list(labels or given),
            layer=layer,
            head=head,
            **traits,
        )
        last = max(unpack(each)[0]["positions"][-1] for each in packed)
        most = {
            "prompt": len(given) - 1,
            "layer": lm.dims.n_layers - 1,
            "head": lm.dims.n_heads - 1,
            "position": last,
        }
        self.linked = {
            **self.linked,
            **{name: {**self.linked[name], "min": 0, "max": n} for name, n in most.items()},
        }

    def still(self) -> Element:
        """The heads that score highest, with their scores."""
        data = self.own if self.prompt == -1 else self.traces[self.prompt]
        told, arrays = unpack(data)
        title = self.title or self.heading
        scores = arrays["scores"][told["scores"].index(self.score)]
        found = np.flatnonzero(np.isfinite(scores))
        if not len(found):
            return still.figure(title, f"{told['text']} … No token is repeated here.")
        best = found[np.argsort(-scores.flat[found], kind="stable")][:STILL_ROWS]
        whole = max(1.0, float(scores.flat[best[0]])) if self.score in IN_UNITS else 1.0
        rows = []
        for i in best:
            layer, head = divmod(int(i), scores.shape[1])
            value = float(scores[layer, head])
            said = f"{value:.1f}" if self.score in IN_UNITS else written(value)
            rows.append(still.Bar(f"L{layer}H{head}", value / whole, said))
        picture = still.bars(("head", SCORES[self.score]), rows, COLOURS["attention"])
        text = f"{told['text']} … The {len(best)} heads of {scores.size} that score highest."
        return still.figure(title, text, picture)

    def _pack(self, text: str, heads: Sequence[Head] | None) -> bytes:
        """A text of the author's, or one sentence that says why it is too much."""
        shown = self._shown(text)
        weight = self._weight(heads, len(shown))
        if weight > MOST_BYTES:
            count = self._lm.dims.n_layers * self._lm.dims.n_heads if heads is None else len(heads)
            fits = self._fits(count)
            raise ValueError(
                f"the patterns of {count} heads over {len(shown):,} tokens weigh "
                f"{weight / 1e6:,.1f} MB; a text may bring {MOST_BYTES / 1e6:.1f} MB, which is "
                f"{fits:,} tokens. Give positions=range(-{fits}, 0), or name fewer heads, "
                "heads=[(0, 0)]: Python sends the others when they are looked at"
            )
        if len(shown) > MOST_TOKENS:
            raise ValueError(
                f"{len(shown):,} tokens are to be shown; this view shows at most {MOST_TOKENS:,}. "
                f"Shorten the text, or give positions=range(-{MOST_TOKENS}, 0)"
            )
        if self._edits.get(text) is not self._lm.edits:
            self._run = None
        self._edits[text] = self._lm.edits
        return pack(self._trace(text), shown, heads)

    def _pack_own(self, text: str) -> bytes:
        """The reader's text: all heads if they are light enough, else none: Python sends them."""
        heads = None if self._weight(None, len(self._shown(text))) <= MOST_BYTES else ()
        return self._pack(text, heads)

    def _shown(self, text: str) -> list[int]:
        if not text.strip():
            raise ValueError("the text is empty; type at least one character")
        length = len(self._lm.readable(text))
        asked = range(length) if self._positions is None else self._positions
        found = {position % length for position in asked if -length <= position < length}
        return sorted(found) or list(range(length))  # another text may be shorter

    def _check_positions(self, text: str) -> None:
        length = len(self._lm.readable(text)) if text.strip() else 0
        for position in self._positions or ():
            if length:
                index_in(position, length, "position")

    def _weight(self, heads: Sequence[Head] | None, n: int) -> int:
        d = self._lm.dims
        count = d.n_layers * d.n_heads if heads is None else len(heads)
        return count * cells(n, causal=self._lm.is_causal)

    def _fits(self, count: int) -> int:
        """Of how many tokens ``count`` heads may travel."""
        room = MOST_BYTES // count
        return math.isqrt(2 * room) - 1 if self._lm.is_causal else math.isqrt(room)

    def _trace(self, text: str) -> Trace:
        """What Python keeps of one text: enough for any head of it, never all patterns."""
        if self._run is None or self._run[0] != text:
            if self._edits.setdefault(text, self._lm.edits) is not self._lm.edits:
                raise ValueError(
                    "other parts of the model are switched off than when this text was read; "
                    "switch them as they were, or make the widget again"
                )
            self._run = None  # one at a time: a long text holds hundreds of megabytes
            self._run = (text, self._lm.run(text, sites=("pattern",)))
        return self._run[1]

    def _answer(self, message: Mapping[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
        text = str(message.get("text"))
        match message.get("kind"):
            case "trace":
                return {}, [self._pack_own(text)]
            case "head":
                shown = self._shown(text)
                head = _existing(self._lm, message.get("layer"), message.get("head"))
                return {}, [codes(self._trace(text), head, shown).tobytes()]
        return super()._answer(message)


def _existing(lm: LanguageModel, layer: Any, head: Any) -> Head:
    for name, value, size in (("layer", layer, lm.dims.n_layers), ("head", head, lm.dims.n_heads)):
        if not isinstance(value, int) or not 0 <= value < size:
            raise IndexError(f"{name} {value!r} is out of range; it goes from 0 to {size - 1}")
    return layer, head
