"""`LogitLens`: what every layer would predict at every position, and how the answer takes shape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element

import numpy as np
import traitlets

from llm_viz.analyses.lens import Lens, Token, logit_lens
from llm_viz.model import LanguageModel
from llm_viz.style import COLOURS, written
from llm_viz.widgets import still
from llm_viz.widgets.assets import publish_vocabulary, shown_tokens
from llm_viz.widgets.base import View
from llm_viz.widgets.lens_file import pack, unpack

MOST_POSITIONS = 64  # columns of the grid
MOST_TOKENS = 4  # that an author may have followed
FAVOURITES = 3  # of the final prediction that are followed at each position


class LogitLens(View):
    """The model read at every layer as if that were the last: a grid of what it would say.

    Layers go up, the embedding at the bottom; positions go from left to right. Two texts stand side
    by side; of more, the reader chooses. With a kernel the reader can type a text.

    Args:
        lm: the model.
        texts: one text or several.
        tokens: the text of single tokens, with their spaces (``" Paris"``), or their ids: their
            rank and probability are followed at every position, beside those of the tokens that
            the model itself favours there.
        labels: how the texts are called in the list; they themselves if left out.
        positions: of each text, which are shown; negative counts from the end. None: all.
        k: how many of the likeliest tokens of each cell can be looked at.
        halves: read also between each block's attention and its feed-forward layer.
        traits: any other trait, such as ``title``, ``caption``, ``layer`` (-1 is the embedding, a
            half less than a layer's number is after its attention only), ``position`` or
            ``beside`` (which text stands beside the first; None: no other).

    Raises:
        ValueError: no text, an empty one or one of too many positions, a token that is none or
            several, too many tokens, or a model that predicts none or cannot be opened.
        IndexError: a position is out of range.

    Examples:
        >>> prompt = "The capital of Japan is the city of"
        >>> llm_viz.widgets.LogitLens(lm, prompt, tokens=[" Tokyo"])       # doctest: +SKIP
    """

    front_end = "lens"
    heading = "What would each layer say?"

    traces = traitlets.List(traitlets.Bytes()).tag(sync=True)  # packed, see lens_file
    labels = traitlets.List(traitlets.Unicode()).tag(sync=True)
    names = traitlets.Dict().tag(sync=True)  # of the first tokens seen: before the vocabulary comes
    n_layers = traitlets.Int(1, min=1).tag(sync=True)
    halves = traitlets.Bool(False).tag(sync=True)
    text = traitlets.Unicode("").tag(sync=True)
    own = traitlets.Bytes(b"").tag(sync=True, from_json=lambda value, _: bytes(value))
    prompt = traitlets.Int(0, min=-1).tag(sync=True, linked=True)
    beside = traitlets.Int(None, allow_none=True, min=0).tag(sync=True, linked=True)
    layer = traitlets.Float(-1, min=-1).tag(sync=True, linked=True)
    position = traitlets.Int(-1, min=-1).tag(sync=True, linked=True)
    position_beside = traitlets.Int(-1, min=-1).tag(sync=True, linked=True)

    def __init__(
        self,
        lm: LanguageModel,
        texts: str | Sequence[str],
        *,
        tokens: Sequence[Token] = (),
        labels: Sequence[str] | None = None,
        positions: Sequence[int] | None = None,
        k: int = 10,
        halves: bool = False,
        **traits: Any,
    ) -> None:
        self._lm = lm
        self._positions = positions
        self._k = k
        self._tokens = [lm.token_id(token) for token in _few(tokens)]
        self._halves = halves
        given = [texts] if isinstance(texts, str) else list(texts)
        if not given:
            raise ValueError("give a text, or a list of texts, for the model to read")
        if labels is not None and len(labels) != len(given):
            raise ValueError(f"{len(labels)} labels for {len(given)} texts; give one for each")
        lenses = [self._read(text) for text in given]
        n_layers = lm.dims.n_layers
        first: dict[str, Any] = {
            "layer": n_layers - 1,
            "beside": 1 if len(given) == 2 else None,
        }
        super().__init__(
            traces=[pack(lens, lm.dims.d_vocab) for lens in lenses],
            labels=list(labels or given),
            names=_names(lenses),
            n_layers=n_layers,
            halves=halves,
            assets={"vocabulary": publish_vocabulary(lm)},
            **(first | traits),
        )
        longest = max(max(lens.positions) for lens in lenses)
        whole = {"kind": "number", "whole": True}
        self.linked = {
            **self.linked,
            "prompt": whole | {"min": 0, "max": len(given) - 1},
            "beside": whole | {"min": 0, "max": len(given) - 1, "none": True},
            "layer": {"kind": "number", "min": -1, "max": n_layers - 1},
            "position": whole | {"min": -1, "max": longest},
            "position_beside": whole | {"min": -1, "max": longest},
        }

    def still(self) -> Element | None:
        """What each layer would say after the last token, the last layer on top."""
        if not self.traces:
            return None
        told, arrays = unpack(self.traces[max(self.prompt, 0)])
        tops = arrays["token_ids"][::-1, -1, 0]
        probs = np.exp(arrays["log_probs"][::-1, -1, 0])
        step = 0.5 if told["halves"] else 1
        layers = [told["layers"] - 1 - step * i for i in range(len(tops))]
        names = shown_tokens(self.assets["vocabulary"], tops)
        rows = [
            still.Bar(f"{_called(layer)}: {name}", float(p), written(float(p)))
            for layer, name, p in zip(layers, names, probs, strict=True)
        ]
        columns = ("layer and what it would say next", "probability")
        picture = still.bars(columns, rows, COLOURS["probability"])
        return still.figure(self.title or self.heading, f"{told['text']} …", picture)

    def _read(self, text: str) -> Lens:
        if not text.strip():
            raise ValueError("the text is empty; type at least one character")
        length = len(self._lm.readable(text))
        shown = length if self._positions is None else len(self._positions)
        if shown > MOST_POSITIONS:
            raise ValueError(
                f"the grid would have {shown:,} positions; it shows at most {MOST_POSITIONS}. "
                f"Shorten the text, or give positions=range(-{MOST_POSITIONS}, 0)"
            )
        return logit_lens(
            self._lm,
            text,
            k=self._k,
            halves=self._halves,
            positions=self._positions,
            tokens=self._tokens,
            follow=min(FAVOURITES, self._k),
        )

    def _answer(self, message: Mapping[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
        if message.get("kind") == "trace":
            lens = self._read(str(message.get("text")))
            return {}, [pack(lens, self._lm.dims.d_vocab)]
        return super()._answer(message)


def _few(tokens: Sequence[Token]) -> list[Token]:
    chosen: list[Token] = [tokens] if isinstance(tokens, str) else list(tokens)
    if len(chosen) > MOST_TOKENS:
        raise ValueError(
            f"{len(chosen)} tokens are to be followed; at most {MOST_TOKENS} can be told apart"
        )
    return chosen


def _names(lenses: Sequence[Lens]) -> dict[str, str]:
    """The names of all tokens that stand in the grids and of those that are followed."""
    needed = {
        int(token)
        for lens in lenses
        for token in (*lens.token_ids[..., 0].flat, *lens.paths.token_ids.flat)
    }
    return {str(i): lens.shown[i] for lens in lenses for i in needed if i in lens.shown}


def _called(layer: float) -> str:
    if layer < 0:
        return "embedding" if layer == -1 else "layer 0, attention only"
    return f"layer {layer:g}" if layer == int(layer) else f"layer {layer + 0.5:g}, attention only"
