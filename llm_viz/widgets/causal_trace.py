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
MOST_RUNNING = 2  # traces in several views of one widget that go on side by side
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
            restored: ``"hidden"``, ``"attention"`` or ``"mlp"``; the first that was traced, if
            left out), ``layer`` or ``position`` (-1: the last token; the subject's last, if left
            out).

    Raises:
        ValueError: no text, or one that cannot be traced (see `causal_trace`) or is too long; the
            study is of another model; or the kind was not traced.
        IndexError: there is no such prompt, layer or position.

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
        self._running: dict[int, Generator[tuple[int, int], None, Tracing]] = {}  # latest last
        traced = self._of_study(facts) if isinstance(facts, Study) else self._of_facts(facts)
        if labels is not None and len(labels) != len(traced):
            raise ValueError(f"{len(labels)} labels for {len(traced)} texts; give one for each")
        super().__init__(
            traces=[pack(each) for each in traced],
            labels=list(labels or [each.text for each in traced]),
            **traits,
        )
        shown = self._shown()
        if "kind" not in traits:
            self.kind = shown.kinds[0]
        if "position" not in traits:
            self.position = shown.subject[-1]
        self._must_be_in(shown)
        whole = {"kind": "number", "whole": True}
        self.linked = {
            **self.linked,
            "prompt": whole | {"min": 0, "max": len(traced) - 1},
            "layer": whole | {"min": 0, "max": max(each.n_layers for each in traced) - 1},
            "position": whole | {"min": -1, "max": max(len(each.tokens) for each in traced) - 1},
        }

    def still(self) -> Element | None:
        """The cells of one kind that give most of the answer back."""
        traced = self._shown()
        answer = traced.shown[traced.answer]
        kind: Kind = self.kind if self.kind in traced.kinds else traced.kinds[0]
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

    def _shown(self) -> Tracing:
        """The trace that is looked at."""
        if self.prompt == -1:
            if not self.own:
                raise IndexError(
                    "prompt is -1, the reader's own text, but nobody has traced one yet; expected "
                    f"0 to {len(self.traces) - 1}"
                )
            return unpack(self.own)
        if self.prompt >= len(self.traces):
            raise IndexError(f"prompt is {self.prompt}; expected 0 to {len(self.traces) - 1}")
        return unpack(self.traces[self.prompt])

    def _must_be_in(self, traced: Tracing) -> None:
        """That a trace has the chosen kind, layer and position."""
        if self.kind not in traced.kinds:
            raise ValueError(
                f"kind is {self.kind!r}, which was not traced for {traced.text!r}; expected "
                f"{', '.join(traced.kinds)}"
            )
        if self.layer >= traced.n_layers:
            raise IndexError(f"layer is {self.layer}; expected 0 to {traced.n_layers - 1}")
        if self.position >= len(traced.tokens):
            raise IndexError(
                f"position is {self.position}; expected 0 to {len(traced.tokens) - 1}, or -1 for "
                "the last token"
            )

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
                return self._step(message)
            case _:
                return super()._answer(message)

    def _step(self, message: Mapping[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
        """One more step of a reader's trace: how far it is, and the trace once it is whole.

        A trace begins with a number of the asker's choice, ``run``, and goes on under it. Views of
        one widget so trace side by side; the one that has waited longest makes room for a new one.
        """
        self._model()  # or say that there is none
        run = int(message["run"])
        if message.get("begin"):
            steps = self._begin(*(str(message[name]) for name in ("text", "subject", "answer")))
        elif run in self._running:
            steps = self._running.pop(run)
        else:
            raise ValueError(
                "this trace was given up for newer ones in other views of the widget; press Trace "
                "to begin it again"
            )
        try:
            done, of = next(steps)
        except StopIteration as end:
            return {}, [pack(end.value)]
        self._running[run] = steps
        if len(self._running) > MOST_RUNNING:
            del self._running[next(iter(self._running))]
        return {"done": done, "of": of}, []

    def _begin(
        self, text: str, subject: str, answer: str
    ) -> Generator[tuple[int, int], None, Tracing]:
        token = f" {answer.strip()}" if answer.strip() else None  # as words stand in a text
        return tracing_steps(
            self._readable(text), text, subject, token, seeds=SEEDS, positions_each=POSITIONS_EACH
        )


def _called(kind: Kind, layer: int, traced: Tracing) -> str:
    if kind == "hidden":
        return f"the stream after layer {layer}"
    reach = traced.restored(kind, layer)
    what = "attention" if kind == "attention" else "FFNs"
    return f"{what} {reach[0]}-{reach[-1]}"
