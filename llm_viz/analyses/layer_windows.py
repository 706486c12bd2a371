"""Windows of layers: what a model still says when several FFNs, or attentions, in a row are off.

A part that is off writes its mean over some other texts (mean ablation), so that what follows finds
what it is used to, but nothing about this text. One layer alone is seldom missed, since its
neighbours do like work; a window takes away what they have in common. To know which, every window
is tried: 465 of each kind for 30 layers.

They are not run one by one. With everything off from a start on, the stream that leaves a layer is
also the stream that leaves the window which ends there. So a window is tried by putting that stream
into the unchanged model, which then has only the layers above the window to compute.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from llm_viz.model import Edits, LanguageModel, Reference
from llm_viz.sampling import log_softmax

Array = np.ndarray[Any, np.dtype[Any]]
Kind = Literal["mlp", "attention"]
KINDS: tuple[Kind, ...] = get_args(Kind)
CALLED = {"mlp": "FFN", "attention": "attention"}


@dataclass(frozen=True, order=True)
class Window:
    """Some layers in a row, of which the FFNs or the attentions are off.

    Attributes:
        kind: ``"mlp"`` or ``"attention"``.
        start: its first layer.
        width: how many layers it has.
    """

    kind: Kind
    start: int
    width: int

    @property
    def layers(self) -> range:
        """The layers, from the first on."""
        return range(self.start, self.start + self.width)

    @property
    def label(self) -> str:
        """``"L9 FFN"``; ``"FFNs 9-10"``; ``"attentions 16-19"``."""
        called = CALLED[self.kind]
        if self.width == 1:
            return f"L{self.start} {called}"
        return f"{called}s {self.start}-{self.start + self.width - 1}"


@dataclass(frozen=True, eq=False)
class Said:
    """What was said under each of several changes.

    Attributes:
        log_probs: (edit,) of the answer, in nats.
        best: (edit,) the likeliest token.
    """

    log_probs: Array
    best: Array


def every_window(kind: Kind, n_layers: int) -> tuple[Window, ...]:
    """All windows of one kind, by start and then by width."""
    return tuple(
        Window(kind, start, width)
        for start in range(n_layers)
        for width in range(1, n_layers - start + 1)
    )


class WindowsOff:
    """Tries windows of layers on texts, with one set of means in the place of what is off.

    Args:
        lm: a model that predicts tokens and can be opened.
        reference: whose means stand in, as `LanguageModel.reference` makes it of ``attn_out`` and
            ``mlp_out``; or the texts.
    """

    def __init__(self, lm: LanguageModel, reference: Reference | Sequence[str]) -> None:
        self.lm = lm
        if not isinstance(reference, Reference):
            reference = lm.reference(reference, ("attn_out", "mlp_out"))
        layers = range(lm.dims.n_layers)
        self._mean: dict[Kind, list[Edits]] = {
            "mlp": [lm.ablation(mlps=[i], by="mean", reference=reference) for i in layers],
            "attention": [lm.ablation(attns=[i], by="mean", reference=reference) for i in layers],
        }

    def ablation(self, window: Window) -> Edits:
        """The change that switches a window off.

        Raises:
            IndexError: it does not lie within the model.
        """
        n_layers = self.lm.dims.n_layers
        if not (0 <= window.start < window.start + window.width <= n_layers):
            raise IndexError(
                f"there are no layers {window.start} to {window.start + window.width - 1}; the "
                f"layers go from 0 to {n_layers - 1}, and a window has one or more"
            )
        off = Edits()
        for layer in window.layers:
            off |= self._mean[window.kind][layer]
        return off

    def every(self, text: str, answer: int | str, kind: Kind) -> Said:
        """The answer to a text with each window of a kind off, in the order of `every_window`."""
        lm = self.lm
        n_layers = lm.dims.n_layers
        # Side by side, all from each start on off; each run in its own row of one batch.
        ends = [Window(kind, start, n_layers - start) for start in range(n_layers)]
        side_by_side = Edits()
        for row, each in enumerate(ends):
            side_by_side |= self.ablation(each).in_row(row)
        with lm.edit(side_by_side):
            traces = lm.run_many([text] * n_layers, ("resid_post",), batch_size=n_layers)
        plan = [
            lm.patching(trace["resid_post"][end], "resid_post", layers=end)
            for start, trace in enumerate(traces)
            for end in range(start, n_layers)
        ]
        return said(lm, text, answer, plan)

    def some(self, text: str, answer: int | str, windows: Sequence[Window]) -> Said:
        """The answer to a text with some windows off, each by itself."""
        return said(self.lm, text, answer, [self.ablation(window) for window in windows])


def said(lm: LanguageModel, text: str, answer: int | str, plan: Sequence[Edits]) -> Said:
    """The answer to a text under each of some changes.

    Args:
        lm: a model that predicts tokens and can be opened.
        text: what it reads; its prediction after the last token counts.
        answer: by id or by exact text (``" Paris"``).
        plan: changes, see `LanguageModel.sweep`.
    """
    token = lm.token_id(answer)
    logits = lm.sweep(text, plan).logits[:, 0]
    # a row at a time: in double precision all of them would fill the memory
    return Said(np.array([log_softmax(row)[token] for row in logits]), logits.argmax(axis=-1))
