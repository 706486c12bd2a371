"""Text grown one token at a time: read, choose, append, repeat.

The prompt is read once; after that each step reads only the newest token, because the keys and
values of the earlier ones are kept. What is chosen is decided by `llm_viz.sampling`, exactly, on
the CPU: the same seed gives the same text on every device up to the device's own rounding.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import torch

from llm_viz.sampling import check_sampling, next_token_distribution

if TYPE_CHECKING:
    from llm_viz.model.language_model import LanguageModel

Logits = np.ndarray[Any, np.dtype[np.float32]]
Stop = Literal["", "length", "stop token", "context full", "interrupted"]


@dataclass(frozen=True)
class Sampling:
    """How the next token is chosen; see `llm_viz.next_token_distribution`."""

    temperature: float = 0.8
    top_k: int | None = None
    top_p: float | None = None
    min_p: float | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        check_sampling(self.temperature, self.top_k, self.top_p, self.min_p)
        if self.seed != int(self.seed) or self.seed < 0:
            raise ValueError(f"seed is {self.seed!r}; it must be a whole number, 0 or more")


@dataclass(frozen=True)
class Candidate:
    """A token that could come next.

    Attributes:
        token_id: its id.
        token: as shown to people.
        prob: the probability that the model itself gives it (temperature 1, nothing cut).
        chance: its probability in the distribution that is drawn from.
    """

    token_id: int
    token: str
    prob: float
    chance: float


@dataclass(frozen=True)
class Step(Candidate):
    """One token of a growing text.

    Attributes:
        alternatives: the most likely tokens at this step, best first, as many as were asked for;
            the chosen one may be among them.
    """

    alternatives: tuple[Candidate, ...] = ()


@dataclass(frozen=True)
class Generation:
    """A text that a model wrote.

    Attributes:
        prompt: the text it was given.
        text: what it added.
        steps: the added tokens, one by one.
        seconds: how long it took, reading the prompt included; texts that were written side by
            side share it.
        stopped: why it ended; empty if it may go on.
        sampling: how its tokens were chosen.
    """

    prompt: str
    text: str
    steps: tuple[Step, ...]
    seconds: float
    stopped: Stop
    sampling: Sampling

    @property
    def token_ids(self) -> list[int]:
        return [step.token_id for step in self.steps]

    @property
    def tokens(self) -> list[str]:
        return [step.token for step in self.steps]

    @property
    def tokens_per_second(self) -> float:
        return len(self.steps) / self.seconds if self.seconds else 0.0

    def __str__(self) -> str:
        return self.prompt + self.text


def generate(
    lm: LanguageModel,
    text: str,
    max_new_tokens: int,
    samplings: Sequence[Sampling],
    on_step: Callable[[Step], object] | None = None,
    alternatives: int = 0,
) -> list[Generation]:
    """Grow one text for each sampling, side by side.

    Ctrl-C (or a stopped cell) ends all of them early and keeps what was written. ``on_step`` hears
    of the first one's tokens. Each step keeps so many ``alternatives``.
    """
    written: list[list[Step]] = [[] for _ in samplings]
    interrupted = False
    began = time.perf_counter()
    try:
        for steps in grow(lm, text, max_new_tokens, samplings, alternatives):
            for path, step in zip(written, steps, strict=True):
                if step is not None:
                    path.append(step)
            if on_step is not None and steps[0] is not None:
                on_step(steps[0])
    except KeyboardInterrupt:
        interrupted = True
    seconds = time.perf_counter() - began
    made = []
    for sampling, path in zip(samplings, written, strict=True):
        stopped: Stop = "length"
        if path and path[-1].token_id in lm.tokenizer.stop_ids:
            stopped = "stop token"
        elif interrupted:
            stopped = "interrupted"
        elif len(path) < max_new_tokens:
            stopped = "context full"
        kept = [step.token_id for step in path if step.token_id not in lm.tokenizer.stop_ids]
        added = lm.tokenizer.decode(kept)
        made.append(Generation(text, added, tuple(path), seconds, stopped, sampling))
    return made


def grow(
    lm: LanguageModel,
    text: str,
    max_new_tokens: int,
    samplings: Sequence[Sampling],
    alternatives: int = 0,
) -> Iterator[list[Step | None]]:
    """The next token of every text, as they are chosen; None for a text that has ended.

    Ends when all have met a stop token, or the context is full.
    """
    if max_new_tokens < 0:
        raise ValueError(f"max_new_tokens is {max_new_tokens}; it must be 0 or more")
    if alternatives < 0:
        raise ValueError(f"alternatives is {alternatives}; it must be 0 or more")
    ids = lm.readable(text)
    room = min(max_new_tokens, lm.dims.n_ctx - len(ids))
    generators = [np.random.default_rng(sampling.seed) for sampling in samplings]
    going = [True] * len(samplings)
    cache = lm.network.new_cache(len(samplings), len(ids) + room)
    new = torch.tensor([ids] * len(samplings), device=lm.device)
    for _ in range(room):
        x = lm.network.forward(new, edits=lm.edits, cache=cache)
        with torch.inference_mode():
            logits = lm.network.readout(x[:, -1]).float().cpu().numpy()
        steps: list[Step | None] = []
        for row, sampling in enumerate(samplings):
            if not going[row]:
                steps.append(None)
                continue
            step = _step(lm, logits[row], sampling, generators[row], alternatives)
            steps.append(step)
            going[row] = step.token_id not in lm.tokenizer.stop_ids
        yield steps
        if not any(going):
            return
        # A text that has ended is fed its start again: its row is read, and ignored.
        new = torch.tensor([[s.token_id if s else ids[0]] for s in steps], device=lm.device)


def _step(
    lm: LanguageModel,
    logits: Logits,
    sampling: Sampling,
    generator: np.random.Generator,
    alternatives: int,
) -> Step:
    if sampling.temperature == 0:
        chosen = int(logits.argmax())  # what the exact distribution would give, without the sort
        order = np.argsort(-logits, kind="stable") if alternatives else np.array([chosen])
        chances = (order == chosen).astype(float)
    else:
        distribution = next_token_distribution(
            logits, sampling.temperature, sampling.top_k, sampling.top_p, sampling.min_p
        )
        chosen = int(distribution.draw(generator))
        order, chances = distribution.order, distribution.probs[distribution.order]
    weights = np.exp(logits - logits[chosen], dtype=np.float64)
    prob = 1 / float(weights.sum())
    best = [
        Candidate(int(i), lm.tokenizer.show(int(i)), prob * float(weights[i]), float(chance))
        for i, chance in zip(order[:alternatives], chances, strict=False)
    ]
    chance = float(chances[order == chosen][0])
    return Step(chosen, lm.tokenizer.show(chosen), prob, chance, tuple(best))
