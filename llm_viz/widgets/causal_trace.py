"""`CausalTrace`: the subject of a text corrupted, one thing restored, and what is then said."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element

import traitlets

from llm_viz.analyses.tracing import Kind, Token, Tracing, causal_trace, tracing_steps
from llm_viz.model import LanguageModel
from llm_viz.studies.causal_traces import CausalTraces as Study
from llm_viz.studies.tracing_file import pack, unpack
from llm_viz.style import COLOURS, written
from llm_viz.widgets import still
from llm_viz.widgets.base import View

KINDS: tuple[Kind, ...] = ("hidden", "attention", "mlp")
COLOUR_OF: dict[Kind, str] = {
    "hidden": COLOURS["stream"],
    **{k: COLOURS[k] for k in ("attention", "mlp")},
}
MOST_TOKENS = 24  # of a text: there is a run for every layer and token
SEEDS = range(3)  # noises of a reader's own text, who is waiting
POSITIONS_EACH = 1  # of a step of it: between two, a newer question is heard
STILL_ROWS = 10

Fact = tuple[str, str] | tuple[str, str, Token]


class CausalTrace(View):
    """A map of layers and tokens: how much of an answer comes back when this is restored.

    With a kernel a reader can type a text, its subject and its answer.

    Args:
        lm: the model; None if a study's traces are to be shown without one.
        facts: texts with their subjects and, if the author likes, their answers, which are traced
            now (half a minute each); traces; or the result of the study,
            ``llm_viz.studies.causal_traces.load()``.
        labels: how the texts are called in the list; they themselves if left out.
        traits: any other trait, such as ``title``, ``caption``, ``prompt``, ``kind`` (what is
            restored: ``"hidden"``, ``"attention"`` or ``"mlp"``), ``layer`` or ``position`` (-1:
            the last token).

    Raises:
        ValueError: no text, or one that cannot be traced (see `causal_trace`) or is too long; or
            the study is of another model.

    Examples:
        >>> llm_viz.widgets.CausalTrace(                                  # doctest: +SKIP
        ...     lm, [("The capital of Japan is", "Japan", " Tokyo")], kind="mlp", layer=2
        ... )
    """

    front_end = "causal_trace"
    heading = "Where does the answer come from?"

    traces = traitlets.List(traitlets.Bytes()).tag(sync=True)  # packed, see tracing_file
    labels = traitlets.List(traitlets.Unicode()).tag(sync=True)
    text = traitlets.Unicode("").tag(sync=True)
    subject = traitlets.Unicode("").tag(sync=True)
    answer = traitlets.Unicode("").tag(sync=True)
    own = traitlets.Bytes(b"").tag(sync=True, from_json=lambda value, _: bytes(value))
    prompt = traitlets.Int(0, min=-1).tag(sync=True, linked=True)
    kind = traitlets.Enum(list(KINDS), "hidden").tag(sync=True, linked=True)
    layer = traitlets.Int(0, min=0).tag(sync=True, linked=True)
    position = traitlets.Int(-1, min=-1).tag(sync=True, linked=True)

    def __init__(
        self,
        lm: LanguageModel | None,
        facts: Sequence[Fact | Tracing] | Study,
        *,
        labels: Sequence[str] | None = None,
        **traits: Any,
    ) -> None:
        self._lm = lm
        self._wanted: tuple[str, ...] = ()
        self._steps: Generator[tuple[int, int], None, Tracing] | None = None
        traced = self._of_study(facts) if isinstance(facts, Study) else self._of_facts(facts)
        if labels is not None and len(labels) != len(traced):
            raise ValueError(f"{len(labels)} labels for {len(traced)} texts; give one for each")
        super().__init__(
            traces=[pack(each) for each in traced],
            labels=list(labels or [each.text for each in traced]),
            **({"position": traced[0].subject[-1]} | traits),
        )
        whole = {"kind": "number", "whole": True}
        self.linked = {
            **self.linked,
            "prompt": whole | {"min": 0, "max": len(traced) - 1},
            "layer": whole | {"min": 0, "max": max(each.n_layers for each in traced) - 1},
            "position": whole | {"min": -1, "max": max(len(each.tokens) for each in traced) - 1},
        }

    def still(self) -> Element | None:
        """The cells of one kind that give most of the answer back."""
        traced = unpack(self.own if self.prompt == -1 else self.traces[self.prompt])
        answer = traced.shown[traced.answer]
        kind: Kind = self.kind
        rows = [
            still.Bar(f"{_called(kind, layer, traced)}, at {traced.tokens[at]}", p, written(p))
            for layer, at, p in traced.top(STILL_ROWS, kind)
        ]
        text = (
            f"{traced.text} … {answer} has a probability of {written(traced.p_clean)}; with "
            f"{', '.join(traced.tokens[at] for at in traced.subject)} corrupted, "
            f"{written(traced.p_corrupted)}. What brings most of it back:"
        )
        columns = ("restored", f"probability of {answer}")
        picture = still.bars(columns, rows, COLOUR_OF[kind])
        return still.figure(self.title or self.heading, text, picture)

    def _of_study(self, study: Study) -> list[Tracing]:
        made = study.provenance
        if self._lm is not None and made.weight_hash != self._lm.info.weight_hash:
            raise ValueError(
                f"the study is of {made.model}, not of {self._lm.info.id} as it is loaded here; "
                "give facts instead"
            )
        return list(study.traces)

    def _of_facts(self, facts: Sequence[Fact | Tracing]) -> list[Tracing]:
        if not facts or isinstance(facts, str):
            raise ValueError(
                "facts are a list of texts with their subjects, such as "
                "[('The capital of Japan is', 'Japan')]"
            )
        return [
            fact if isinstance(fact, Tracing) else causal_trace(self._readable(fact[0]), *fact)
            for fact in facts
        ]

    def _model(self) -> LanguageModel:
        if self._lm is None:
            raise ValueError(
                "without a model only the traces of a study can be shown; make the widget with a "
                "model to trace anything else"
            )
        return self._lm

    def _readable(self, text: str) -> LanguageModel:
        """The model, if it can trace a text while somebody waits."""
        lm = self._model()
        if not text.strip():
            raise ValueError("the text is empty; type at least one character")
        if (length := len(lm.readable(text))) > MOST_TOKENS:
            raise ValueError(
                f"the text has {length:,} tokens; this view traces at most {MOST_TOKENS}. "
                "Shorten it"
            )
        return lm

    def _answer(self, message: Mapping[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
        match message.get("kind"):
            case "hello":
                self._model()  # or say that there is none
                return {}, []
            case "trace":
                wanted = tuple(str(message.get(name)) for name in ("text", "subject", "answer"))
                return self._step(wanted, begin=bool(message.get("begin")))
            case _:
                return super()._answer(message)

    def _step(self, wanted: tuple[str, ...], begin: bool) -> tuple[dict[str, Any], list[bytes]]:
        """One more step of a reader's trace: how far it is, and the trace once it is whole.

        Another text in between ends the one before, which then begins anew if it is asked for.
        """
        if begin or wanted != self._wanted or self._steps is None:
            text, subject, answer = wanted
            token = f" {answer.strip()}" if answer.strip() else None  # as words stand in a text
            self._wanted = wanted
            self._steps = tracing_steps(
                self._readable(text),
                text,
                subject,
                token,
                seeds=SEEDS,
                positions_each=POSITIONS_EACH,
            )
        try:
            done, of = next(self._steps)
        except StopIteration as end:
            self._steps = None
            return {}, [pack(end.value)]
        except BaseException:
            self._steps = None
            raise
        return {"done": done, "of": of}, []


def _called(kind: Kind, layer: int, traced: Tracing) -> str:
    if kind == "hidden":
        return f"the stream after layer {layer}"
    reach = traced.restored(kind, layer)
    what = "attention" if kind == "attention" else "FFNs"
    return f"{what} {reach[0]}-{reach[-1]}"
