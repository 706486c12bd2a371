"""`NextToken`: the probability of every next token, under the reader's hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from xml.etree.ElementTree import Element

import traitlets

from llm_viz.model import LanguageModel
from llm_viz.sampling import check_sampling, next_token_distribution
from llm_viz.style import COLOURS, written
from llm_viz.trace import Trace
from llm_viz.widgets import still
from llm_viz.widgets.assets import asset_path, publish_vocabulary, shown_tokens
from llm_viz.widgets.base import View

MOST_BARS = 50


class NextToken(View):
    """What may come next: the likeliest tokens as bars, and all the others as a tail.

    Args:
        source: a model, a trace, or a list of traces. With a model the reader can type a text.
        text: with a model, the prompt or prompts to choose from.
        labels: how the prompts are called in the list; their texts if left out.
        temperature, top_k, top_p, min_p: see `llm_viz.next_token_distribution`.
        traits: any other trait, such as ``title``, ``caption``, ``bars``, ``scale`` or ``seed``.

    Raises:
        ValueError: no text, a parameter out of range, or a trace without logits.

    Examples:
        >>> llm_viz.widgets.NextToken(lm, "The cat sat on the")      # doctest: +SKIP
    """

    front_end = "next_token"
    heading = "What comes next?"

    traces = traitlets.List(traitlets.Bytes()).tag(sync=True)
    labels = traitlets.List(traitlets.Unicode()).tag(sync=True)
    prompt = traitlets.Int(0).tag(sync=True, linked=True)
    names = traitlets.Dict().tag(sync=True)  # of the likeliest tokens: before the vocabulary comes
    text = traitlets.Unicode("").tag(sync=True)
    own = traitlets.Bytes(b"").tag(sync=True, from_json=lambda value, _: bytes(value))
    temperature = traitlets.Float(1.0, min=0).tag(sync=True, linked=True)
    top_k = traitlets.Int(None, allow_none=True, min=1).tag(sync=True, linked=True)
    top_p = traitlets.Float(None, allow_none=True, min=0, max=1).tag(sync=True, linked=True)
    min_p = traitlets.Float(None, allow_none=True, min=0, max=1).tag(sync=True, linked=True)
    scale = traitlets.Enum(["linear", "log"], "linear").tag(sync=True, linked=True)
    bars = traitlets.Int(12, min=1, max=MOST_BARS).tag(sync=True)
    seed = traitlets.Int(0, min=0, max=2**32 - 1).tag(sync=True, linked=True)
    draws = traitlets.Int(0, min=0, max=10_000).tag(sync=True, linked=True)

    def __init__(
        self,
        source: LanguageModel | Trace | Sequence[Trace],
        text: str | Sequence[str] | None = None,
        *,
        labels: Sequence[str] | None = None,
        temperature: float = 1.0,
        top_k: int | None = None,
        top_p: float | None = None,
        min_p: float | None = None,
        **traits: Any,
    ) -> None:
        check_sampling(temperature, top_k, top_p, min_p)
        self._lm = source if isinstance(source, LanguageModel) else None
        traces = _traces(source, text)
        if labels is not None and len(labels) != len(traces):
            raise ValueError(f"{len(labels)} labels for {len(traces)} prompts; give one for each")
        vocabulary = _vocabulary(source, traces)
        super().__init__(
            traces=[trace.encode() for trace in traces],
            labels=list(labels or (trace.text for trace in traces)),
            names=_names(traces, vocabulary),
            assets={"vocabulary": vocabulary},
            temperature=temperature,
            top_k=top_k,
            top_p=top_p,
            min_p=min_p,
            **traits,
        )
        of_traces = {"kind": "number", "whole": True, "min": 0, "max": len(traces) - 1}
        self.linked = {**self.linked, "prompt": of_traces}

    def trace_for(self, text: str) -> Trace:
        """The logits after the last token of a text."""
        if self._lm is None:
            return super().trace_for(text)
        if not text.strip():
            raise ValueError("the text is empty; type at least one character")
        return self._lm.run(text, sites=("logits",), positions=[-1])

    def still(self) -> Element | None:
        """The first text's bars as the sliders were set."""
        trace = Trace.decode(self.traces[self.prompt]) if self.traces else None
        if trace is None:
            return None
        made = next_token_distribution(
            trace.logits_at(), self.temperature, self.top_k, self.top_p, self.min_p
        )
        best = made.order[: self.bars]
        names = shown_tokens(self.assets["vocabulary"], best)
        rows = [
            still.Bar(name, float(made.probs[token]), written(made.probs[token]))
            for name, token in zip(names, best, strict=True)
        ]
        rest = max(0.0, 1.0 - sum(row.share for row in rows))
        rows.append(still.Bar("all other tokens", rest, written(rest)))
        picture = still.bars(("next token", "probability"), rows, COLOURS["probability"])
        text = f"{trace.text} … (temperature {self.temperature:g})"
        return still.figure(self.title or self.heading, text, picture)


def _traces(
    source: LanguageModel | Trace | Sequence[Trace], text: str | Sequence[str] | None
) -> list[Trace]:
    if isinstance(source, LanguageModel):
        texts = [text] if isinstance(text, str) else list(text or ())
        if not texts:
            raise ValueError("give a text, or a list of texts, for the model to continue")
        return source.run_many(texts, sites=("logits",), positions=[-1])
    if text is not None:
        raise ValueError("a trace brings its own text; leave text out, or give a model")
    traces = [source] if isinstance(source, Trace) else list(source)
    if not traces:
        raise ValueError("the list of traces is empty; give at least one")
    if len({trace.model.vocabulary for trace in traces}) > 1:
        raise ValueError("the traces come from models with different vocabularies")
    return [trace.select(("logits",), positions=[-1]) for trace in traces]


def _names(traces: Sequence[Trace], vocabulary: str) -> dict[str, str]:
    """The names of all tokens that can have a bar: they are the likeliest at any temperature."""
    best = {
        int(token)
        for trace in traces
        for token in next_token_distribution(trace.logits_at()).order[:MOST_BARS]
    }
    return dict(zip(map(str, best), shown_tokens(vocabulary, best), strict=True))


def _vocabulary(source: object, traces: list[Trace]) -> str:
    if isinstance(source, LanguageModel):
        return publish_vocabulary(source)
    name = traces[0].model.vocabulary
    asset_path(name)  # raises, with advice, if this machine does not have it
    return name
