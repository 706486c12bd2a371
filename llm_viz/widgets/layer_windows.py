"""`LayerWindows`: FFNs or attentions of layers in a row go off, and facts or copies with them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import traitlets

from llm_viz.analyses.layer_windows import KINDS, Said, Window, WindowsOff, said
from llm_viz.model import Edits, LanguageModel
from llm_viz.studies import knowing_copying
from llm_viz.studies.facts_and_copies import typical_texts
from llm_viz.studies.knowing_copying import KnowingCopying
from llm_viz.studies.knowing_results import GROUPS, HALVES, pack
from llm_viz.style import COLOURS
from llm_viz.widgets import still
from llm_viz.widgets.base import View

CALLED = {"fact": "facts", "copy": "copies"}
MOST_TOKENS = 200  # of the reader's own text
FIRST_WIDTH = 2  # of the window that is off at first


class LayerWindows(View):
    """What goes with the FFNs, or the attentions, of some layers: what is known, or what is copied.

    Two groups of questions that the whole model gets right: facts that nothing in the prompt tells,
    and copies of what it just told. A reader moves a window of layers that are off, and sees which
    answers are lost. With a kernel and a model, a question of the reader's own as well.

    Args:
        study: what `llm_viz.studies.knowing_copying.load` gives; None loads it.
        lm: the model that the study is of; None leaves the reader's own question disabled.
        traits: any other trait, such as ``title``, ``kind`` (``"mlp"`` or ``"attention"``),
            ``start`` and ``width`` of the window, ``half`` of the items that is counted
            (``"reporting"``, ``"choosing"`` or ``"all"``) or ``item``, the place in the study of
            the one that is looked at (-1: none).

    Raises:
        ValueError: the study is of another model, or the kind is unknown.
        IndexError: the window does not lie within the model, or there is no such item.

    Examples:
        >>> llm_viz.widgets.LayerWindows(kind="attention", start=16, width=4)  # doctest: +SKIP
    """

    front_end = "layer_windows"
    heading = "Known or copied: what goes with a window of layers?"

    study = traitlets.Bytes().tag(sync=True)  # packed, see knowing_results
    own = traitlets.Dict().tag(sync=True)  # the reader's question and what came of it
    kind = traitlets.Enum(list(KINDS), "mlp").tag(sync=True, linked=True)
    start = traitlets.Int(0, min=0).tag(sync=True, linked=True)
    width = traitlets.Int(1, min=1).tag(sync=True, linked=True)
    half = traitlets.Enum([*HALVES, "all"], "reporting").tag(sync=True, linked=True)
    item = traitlets.Int(-1, min=-1).tag(sync=True, linked=True)

    def __init__(
        self,
        study: KnowingCopying | Path | None = None,
        lm: LanguageModel | None = None,
        **traits: Any,
    ) -> None:
        if not isinstance(study, KnowingCopying):
            study = knowing_copying.load(study or knowing_copying.FILE)
        if lm is not None and lm.info.weight_hash != study.provenance.weight_hash:
            raise ValueError(
                f"the study is of {study.provenance.model}, not of {lm.info.id} as it is loaded "
                "here; leave lm out, or load the model of the study"
            )
        self._study = study
        self._lm = lm
        kind = traits.get("kind", "mlp")
        if kind not in KINDS:
            raise ValueError(f"kind is {kind!r}; expected one of {', '.join(KINDS)}")
        first = study.choice(kind, FIRST_WIDTH, "fact").window
        window = {"start": first.start, "width": first.width}
        super().__init__(study=pack(study), **(window | traits))
        if self._window not in study.windows:
            raise IndexError(
                f"a window of width {self.width} cannot start at layer {self.start}; the layers go "
                f"from 0 to {study.n_layers - 1}"
            )
        if self.item >= len(study.items):
            raise IndexError(
                f"there is no item {self.item}; the items go from 0 to {len(study.items) - 1}"
            )
        whole = {"kind": "number", "whole": True}
        self.linked = {
            **self.linked,
            "start": whole | {"min": 0, "max": study.n_layers - 1},
            "width": whole | {"min": 1, "max": study.n_layers},
            "item": whole | {"min": -1, "max": len(study.items) - 1},
        }

    @property
    def _window(self) -> Window:
        return Window(self.kind, self.start, self.width)

    @cached_property
    def _off(self) -> WindowsOff:
        """What switches windows off as in the study: its means take a few seconds."""
        return WindowsOff(self._model(), typical_texts())

    def _model(self) -> LanguageModel:
        if self._lm is None:
            raise ValueError(
                "this widget was made without a model; make it with LayerWindows(lm=lm) to ask a "
                "question of your own"
            )
        return self._lm

    def still(self) -> Element:
        """What is still right with the window off, and with each window that was chosen."""
        half = next((each for each in HALVES if each == self.half), None)
        chosen = [each.window for each in self._study.chosen if each.window.kind == self.kind]
        rows = []
        for window in dict.fromkeys([self._window, *chosen]):
            for group in GROUPS:
                kept = self._study.kept(window, group, half)
                rows.append(
                    still.Bar(
                        f"{window.label}: {CALLED[group]}",
                        kept.right / kept.of,
                        f"{kept.right} of {kept.of}",
                    )
                )
        counted = {
            "choosing": "Counted on the half of the items on which windows were chosen.",
            "reporting": "Counted on the half of the items that chose no window.",
            "all": "Counted on all items, also those on which windows were chosen.",
        }[self.half]
        picture = still.bars(("switched off", "still right"), rows, COLOURS["off"])
        return still.figure(self.title or self.heading, counted, picture)

    def _answer(self, message: Mapping[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
        match message.get("kind"):
            case "hello":
                self._model()  # or say that there is none
                return {}, []
            case "own":
                window = Window(
                    message["window"]["kind"],
                    int(message["window"]["start"]),
                    int(message["window"]["width"]),
                )
                return {"own": self._ask(str(message["text"]), str(message["answer"]), window)}, []
            case _:
                return super()._answer(message)

    def _ask(self, text: str, answer: str, window: Window) -> dict[str, Any]:
        """A question of the reader's own, with everything on and with a window off."""
        lm = self._model()
        text, answer = text.rstrip(), answer.strip()
        if not text or not answer:
            raise ValueError("type the beginning of a sentence, and the word that should follow")
        length = len(lm.readable(text))
        if length > MOST_TOKENS:
            raise ValueError(
                f"the text has {length:,} tokens; this view reads at most {MOST_TOKENS}. Shorten it"
            )
        token = lm.token_id(f" {answer}")
        found = said(lm, text, token, [Edits(), self._off.ablation(window)])
        return {
            "text": text,
            "answer": lm.tokenizer.show(token),
            "window": {"kind": window.kind, "start": window.start, "width": window.width},
            "before": self._outcome(found, 0, token),
            "after": self._outcome(found, 1, token),
        }

    def _outcome(self, found: Said, at: int, token: int) -> dict[str, Any]:
        best = int(found.best[at])
        return {
            "logProb": float(found.log_probs[at]),
            "best": self._model().tokenizer.show(best),
            "right": best == token,
        }
