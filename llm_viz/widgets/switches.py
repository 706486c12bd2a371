"""`Switches`: parts of the model are switched off, and the prediction moves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element

import traitlets

from llm_viz.analyses.switched import (
    Edit,
    Measure,
    Part,
    SwitchedOff,
    every_head,
    every_layer,
    label,
    parts_of,
    switched_off,
    whole_kinds,
)
from llm_viz.model import LanguageModel
from llm_viz.studies.switched_file import pack, unpack
from llm_viz.studies.switches import Switches as Study
from llm_viz.style import COLOURS, written
from llm_viz.widgets import still
from llm_viz.widgets.base import View

Token = int | str
COLUMNS = ("heads", "attention", "mlp")
MOST_TOKENS = 200  # of a text: every run of it takes its time, and there are hundreds
LONGEST_OFF = 6000  # characters of `off` in an address: every part of 30 layers and more
STILL_ROWS = 10


class Switches(View):
    """A switch for every head: what each is worth to a prediction, and to a text.

    The grid is coloured by what switching off one part alone does. A page without a kernel knows
    each part alone and the groups; with a kernel any combination can be tried, and the reader's own
    text.

    Args:
        lm: the model; None if a study's results are to be shown without one.
        texts: one text or several, every part of which is switched off now (a few seconds each); or
            the result of the study, ``llm_viz.studies.switches.load()``.
        answers, rivals: of each text, the token whose probability is shown and the one that its
            logit is compared with; None: those that the model favours.
        groups: parts that one button switches off together, by name: heads as ``"L18H6"`` or
            ``(18, 6)``, layers as ``"L16 attention"`` or ``"L9 FFN"``. A study brings its own.
        labels: how the texts are called in the list; they themselves if left out.
        columns: what has switches: ``"heads"``, ``"attention"`` (whole layers), ``"mlp"``.
        off: what is off at first, such as ``["L18H6"]``.
        traits: any other trait, such as ``title``, ``caption``, ``prompt`` or ``measure`` (of what
            the grid is coloured by: ``"difference"`` or ``"loss"``).

    Raises:
        ValueError: no text, an empty or a long one; a token or a part is not understood; the study
            is of another model; or the model predicts none or is read from outside.
        IndexError: a layer or a head is out of range.

    Examples:
        >>> prompt = "When Mary and John went to the store, John gave a drink to"
        >>> llm_viz.widgets.Switches(                                        # doctest: +SKIP
        ...     lm, prompt, answers=[" Mary"], rivals=[" John"], groups={"movers": [(23, 3)]}
        ... )
    """

    front_end = "switches"
    heading = "Switch a head off"

    traces = traitlets.List(traitlets.Bytes()).tag(sync=True)  # packed, see switched_file
    labels = traitlets.List(traitlets.Unicode()).tag(sync=True)
    shape = traitlets.Dict().tag(sync=True)
    columns = traitlets.List(traitlets.Enum(list(COLUMNS))).tag(sync=True)
    groups = traitlets.List(traitlets.Dict()).tag(sync=True)
    text = traitlets.Unicode("").tag(sync=True)
    own = traitlets.Bytes(b"").tag(sync=True, from_json=lambda value, _: bytes(value))
    found = traitlets.Bytes(b"").tag(sync=True, from_json=lambda value, _: bytes(value))
    prompt = traitlets.Int(0, min=-1).tag(sync=True, linked=True)
    off = traitlets.Unicode("").tag(sync=True, linked=True)
    several = traitlets.Bool(False).tag(sync=True, linked=True)
    measure = traitlets.Enum(["difference", "loss"], "difference").tag(sync=True, linked=True)

    def __init__(
        self,
        lm: LanguageModel | None,
        texts: str | Sequence[str] | Study,
        *,
        answers: Sequence[Token | None] | None = None,
        rivals: Sequence[Token | None] | None = None,
        groups: Mapping[str, Iterable[Part]] | None = None,
        labels: Sequence[str] | None = None,
        columns: Sequence[str] = ("heads",),
        off: str | Iterable[Part] = (),
        **traits: Any,
    ) -> None:
        self._lm = lm
        self._groups: dict[str, Edit] = {}
        if isinstance(texts, Study):
            if answers or rivals or groups:
                raise ValueError("a study has its own answers, rivals and groups; give texts")
            results = self._of_study(texts)
        else:
            results = self._of_texts(texts, answers, rivals, groups or {}, columns)
        first = results[0]
        if labels is not None and len(labels) != len(results):
            raise ValueError(f"{len(labels)} labels for {len(results)} texts; give one for each")
        super().__init__(
            traces=[pack(result) for result in results],
            labels=list(labels or [result.text for result in results]),
            shape={"layers": first.n_layers, "heads": first.n_heads},
            columns=list(columns),
            groups=[
                {"name": name, "off": label(parts)}
                for name, parts in {**self._groups, **whole_kinds(first)}.items()
            ],
            off=label(parts) if (parts := parts_of(first, off)) else "",
            **traits,
        )
        prompts = {"kind": "number", "whole": True, "min": 0, "max": len(results) - 1}
        self.linked = {
            **self.linked,
            "prompt": prompts,
            "off": {"kind": "text", "most": LONGEST_OFF},
        }

    def still(self) -> Element | None:
        """The parts that are missed most, or least, when they alone are off."""
        packed = self.own if self.prompt == -1 else self.traces[self.prompt]
        result = unpack(packed)
        of: Measure = "loss" if self.measure == "loss" else "difference"
        changes = result.changes(of)
        single = [row for row, edit in enumerate(result.edits) if len(edit) == 1]
        best = sorted(single, key=lambda row: -abs(changes[row]))[:STILL_ROWS]
        most = max([abs(changes[row]) for row in best], default=0.0) or 1.0
        rows = [
            still.Bar(
                result.labels[row],
                abs(changes[row]) / most,
                _words(changes[row]),
                COLOURS["mlp" if (changes[row] > 0) == (of == "loss") else "attention"],
            )
            for row in best
        ]
        answer, rival = result.shown[result.answer], result.shown[result.rival]
        what = f"logit of {answer} less that of {rival}, {result.logit_difference[0]:.2f}"
        if self.measure == "loss":
            what = f"loss of the text, {result.losses[0]:.2f} nats a token,"
        text = (
            f"{result.text} … {answer} has a probability of {written(float(result.p_answer[0]))}. "
            f"With one part switched off, the {what} moves by this much at most."
        )
        picture = still.bars(("switched off", "moves it"), rows, COLOURS["off"])
        return still.figure(self.title or self.heading, text, picture)

    def _of_study(self, study: Study) -> list[SwitchedOff]:
        lm, made = self._lm, study.provenance
        if lm is not None and made.weight_hash != lm.info.weight_hash:
            raise ValueError(
                f"the study is of {made.model}, not of {lm.info.id} as it is loaded here; give "
                "texts instead"
            )
        self._groups = {
            name: parts_of(study.results[0], parts) for name, parts in study.groups.items()
        }
        return list(study.results)

    def _of_texts(
        self,
        texts: str | Sequence[str],
        answers: Sequence[Token | None] | None,
        rivals: Sequence[Token | None] | None,
        groups: Mapping[str, Iterable[Part]],
        columns: Sequence[str],
    ) -> list[SwitchedOff]:
        given = [texts] if isinstance(texts, str) else list(texts)
        if not given:
            raise ValueError("give a text, or a list of texts, for the model to read")
        for name, tokens in (("answers", answers), ("rivals", rivals)):
            if tokens is not None and (isinstance(tokens, str) or len(tokens) != len(given)):
                raise ValueError(
                    f"{name} is {tokens!r}; expected a list with one token, or None, for each of "
                    f"{len(given)} texts"
                )
        dims = self._model().dims
        self._groups = {name: parts_of(dims, parts) for name, parts in groups.items()}
        singles = [
            edit
            for column, each in (
                ("heads", every_head(dims)),
                ("attention", every_layer(dims, "attention")),
                ("mlp", every_layer(dims, "mlp")),
            )
            if column in columns
            for edit in each
        ]
        none = [None] * len(given)
        return [
            self._read(text, [*singles, *self._all_groups()], answer, rival)
            for text, answer, rival in zip(given, answers or none, rivals or none, strict=True)
        ]

    def _all_groups(self) -> list[Edit]:
        return [*whole_kinds(self._model().dims).values(), *self._groups.values()]

    def _model(self) -> LanguageModel:
        if self._lm is None:
            raise ValueError(
                "without a model only the results of a study can be shown; make the widget with a "
                "model to try anything else"
            )
        return self._lm

    def _read(
        self,
        text: str,
        edits: Iterable[Iterable[Part]],
        answer: Token | None = None,
        rival: Token | None = None,
    ) -> SwitchedOff:
        lm = self._model()
        if not text.strip():
            raise ValueError("the text is empty; type at least one character")
        length = len(lm.readable(text))
        if length > MOST_TOKENS:
            raise ValueError(
                f"the text has {length:,} tokens; this view reads at most {MOST_TOKENS}. Shorten it"
            )
        return switched_off(lm, text, edits, answer=answer, rival=rival)

    def _answer(self, message: Mapping[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
        text = str(message.get("text"))
        match message.get("kind"):
            case "hello":
                self._model()  # or say that there is none
                return {}, []
            case "read":
                singles = every_head(self._model().dims) if message.get("every") else []
                return {}, [pack(self._read(text, [*singles, *self._all_groups()]))]
            case "switch":
                parts = [part for part in str(message.get("off")).split(",") if part.strip()]
                tokens = {name: int(message[name]) for name in ("answer", "rival")}
                return {}, [pack(self._read(text, [parts], **tokens))]
            case _:
                return super()._answer(message)


def _words(change: float) -> str:
    return f"{'up' if change > 0 else 'down'} by {abs(change):.2f}"
