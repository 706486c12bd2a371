"""`Generation`: a text that grows token by token, and what else could have stood in each place.

The texts travel in the traits as a study packs them. Those of the reader's own prompt are written
by Python a few tokens at a time, as the view asks for them.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any
from xml.etree.ElementTree import Element

import traitlets

from llm_viz.model import Generation as WrittenText
from llm_viz.model import LanguageModel, Sampling, Step
from llm_viz.model.generation import Stop
from llm_viz.studies import generations
from llm_viz.studies.generations import Generations
from llm_viz.style import COLOURS, written
from llm_viz.widgets import still
from llm_viz.widgets.base import View

MOST_AT_ONCE = 64  # tokens a message: a stopped kernel must not write on for minutes
FIRST_TEMPERATURE = 0.7  # what is shown first, or what comes nearest
NOTHING: dict[str, Any] = {"names": {}, "texts": []}


class Generation(View):
    """Texts growing token by token, by prompt, temperature and seed.

    Args:
        source: a model, which writes now; or the result of the study `llm_viz.studies.generations`;
            or a list of what `lm.generate` or `lm.generate_many` gave (with ``alternatives=5`` each
            token shows what else could have come).
        prompts: with a model, the prompt or prompts to write on from.
        lm: a model for the reader's own prompts; a model as ``source`` serves for them, too.
        temperatures, seeds: with a model, at which to write.
        max_new_tokens: how long a text that is written now may become.
        traits: any other trait, such as ``title``, ``caption``, ``temperature``, ``seed``,
            ``step``, ``speed``, or ``tokens_per_second`` as it was measured.

    Raises:
        ValueError: no prompt or no text, or two texts of one prompt, temperature and seed.

    Examples:
        >>> llm_viz.widgets.Generation(lm, "Once upon a time", seeds=(1, 2))     # doctest: +SKIP
    """

    front_end = "generation"
    heading = "A text, one token at a time"

    texts = traitlets.Dict(NOTHING).tag(sync=True)
    own = traitlets.Dict(NOTHING).tag(sync=True)
    alike = traitlets.List(traitlets.Dict()).tag(sync=True)
    tokens_per_second = traitlets.Float(None, allow_none=True).tag(sync=True)
    text = traitlets.Unicode("").tag(sync=True)
    prompt = traitlets.Int(0, min=-1).tag(sync=True, linked=True)
    temperature = traitlets.Float(FIRST_TEMPERATURE, min=0).tag(sync=True, linked=True)
    seed = traitlets.Int(0, min=0).tag(sync=True, linked=True)
    step = traitlets.Int(0, min=0).tag(sync=True, linked=True)
    speed = traitlets.Float(4, min=1, max=100).tag(sync=True)

    def __init__(
        self,
        source: LanguageModel | Generations | Sequence[WrittenText],
        prompts: str | Sequence[str] | None = None,
        *,
        lm: LanguageModel | None = None,
        temperatures: Sequence[float] = generations.TEMPERATURES,
        seeds: Sequence[int] = generations.SEEDS,
        max_new_tokens: int = 40,
        **traits: Any,
    ) -> None:
        if isinstance(source, LanguageModel):
            lm = lm or source
            texts = _write(source, prompts, temperatures, seeds, max_new_tokens)
        elif prompts is not None:
            raise ValueError(
                "the texts bring their own prompts; leave prompts out, or give a model"
            )
        else:
            texts = list(source.texts if isinstance(source, Generations) else source)
        _check(texts)
        self._lm = lm
        self._max_new_tokens = max_new_tokens
        self._growing = _Growing()
        drawn = [text.sampling for text in texts]
        measured = source.tokens_per_second if isinstance(source, Generations) else None
        first: dict[str, Any] = {
            "temperature": min(
                (sampling.temperature for sampling in drawn),
                key=lambda temperature: abs(temperature - FIRST_TEMPERATURE),
            ),
            "seed": min(sampling.seed for sampling in drawn),
            "step": max(len(text.steps) for text in texts),
            "tokens_per_second": measured,
        }
        super().__init__(
            texts=generations.pack(texts),
            alike=[asdict(found) for found in generations.alike(texts)],
            **(first | traits),
        )
        n_prompts = len({text.prompt for text in texts})
        of_texts: dict[str, dict[str, Any]] = {
            "prompt": {"min": 0, "max": n_prompts - 1, "whole": True},
            "temperature": {"min": 0, "max": max(sampling.temperature for sampling in drawn)},
            "seed": {"min": first["seed"], "max": max(s.seed for s in drawn), "whole": True},
            "step": {"min": 0, "max": first["step"], "whole": True},
        }
        self.linked = {name: {"kind": "number", **rule} for name, rule in of_texts.items()}

    def still(self) -> Element | None:
        """The text that was chosen, with the probability of each of its tokens."""
        made = generations.unpack(self.texts)
        prompts = list(dict.fromkeys(text.prompt for text in made))
        prompt = prompts[max(self.prompt, 0)]
        at = min({m.sampling.temperature for m in made}, key=lambda t: abs(t - self.temperature))
        drawn = (m for m in made if (m.prompt, m.sampling.temperature) == (prompt, at))
        text = next((m for m in drawn if at == 0 or m.sampling.seed == self.seed), None)
        if text is None:
            return None
        steps = text.steps[: self.step]
        rows = [still.Bar(step.token, step.chance, written(step.chance)) for step in steps]
        columns = ("token", f"probability when it was drawn, at temperature {at:g}")
        parts = [still.bars(columns, rows, COLOURS["probability"])]
        if self.alike:
            parts.append(
                still.bars(
                    ("temperature", "share of tokens in common, other seeds"),
                    [
                        still.Bar(f"T = {each['temperature']:g}", share, written(share))
                        for each in self.alike
                        if (share := each["shared"].get(prompt)) is not None
                    ],
                    COLOURS["probability"],
                )
            )
        return still.figure(self.title or self.heading, str(text), *parts)

    def _answer(self, message: Mapping[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
        if message.get("kind") != "generate":
            return super()._answer(message)
        if self._lm is None:
            raise ValueError(
                "this widget shows texts already written and has no model; give it one with lm= to "
                "write on from your own text"
            )
        sampling = Sampling(float(message["temperature"]), seed=int(message["seed"]))
        wanted = (str(message["text"]), sampling)
        if not wanted[0].strip():
            raise ValueError("the text is empty; type at least one character")
        count = min(int(message["count"]), MOST_AT_ONCE)
        text = self._growing.more(
            self._lm, *wanted, self._max_new_tokens, int(message["from"]), count
        )
        return {"packed": generations.pack([text])}, []


class _Growing:
    """The text that is being written for a reader, kept between two requests."""

    def __init__(self) -> None:
        self._wanted: tuple[object, ...] = ()
        self._steps: Iterator[Step] = iter(())
        self._at = 0

    def more(
        self,
        lm: LanguageModel,
        prompt: str,
        sampling: Sampling,
        most: int,
        start: int,
        count: int,
    ) -> WrittenText:
        """The next tokens of a text; ``stopped`` is empty as long as there may be more.

        Each request says where it goes on. If another text came between, this one is written again
        up to there: the same seed gives the same tokens.
        """
        began = time.perf_counter()
        if (self._wanted, self._at) != ((prompt, sampling), start):
            self._steps = lm.stream(
                prompt,
                most,
                sampling.temperature,
                seed=sampling.seed,
                alternatives=generations.ALTERNATIVES,
            )
            self._wanted, self._at = (prompt, sampling), start
            for _ in itertools.islice(self._steps, start):
                pass
        steps = tuple(itertools.islice(self._steps, count))
        self._at += len(steps)
        stopped: Stop = ""
        if steps and steps[-1].token_id in lm.tokenizer.stop_ids:
            stopped = "stop token"
        elif self._at >= most:
            stopped = "length"
        elif len(steps) < count:
            stopped = "context full"
        kept = [step.token_id for step in steps if step.token_id not in lm.tokenizer.stop_ids]
        added = lm.tokenizer.decode(kept)
        return WrittenText(prompt, added, steps, time.perf_counter() - began, stopped, sampling)


def _write(
    lm: LanguageModel,
    prompts: str | Sequence[str] | None,
    temperatures: Sequence[float],
    seeds: Sequence[int],
    max_new_tokens: int,
) -> list[WrittenText]:
    given = [prompts] if isinstance(prompts, str) else list(prompts or ())
    if not given:
        raise ValueError("give a prompt, or a list of prompts, for the model to write on from")
    if not temperatures or not seeds:
        raise ValueError("give at least one temperature and one seed")
    made = [generations.write(lm, p, temperatures, seeds, max_new_tokens) for p in given]
    return [text for texts in made for text in texts]


def _check(texts: Sequence[WrittenText]) -> None:
    if not texts:
        raise ValueError("the list of texts is empty; give at least one")
    seen = set()
    for text in texts:
        name = (text.prompt, text.sampling.temperature, text.sampling.seed)
        if name in seen:
            raise ValueError(
                f"two texts go on from {text.prompt!r} at temperature {name[1]:g} with seed "
                f"{name[2]}; give each its own seed"
            )
        seen.add(name)
