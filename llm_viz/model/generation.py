"""Text grown one token at a time: read, choose, append, repeat.

The prompt is read once; after that each step reads only the newest token, because the keys and
values of the earlier ones are kept. What is chosen is decided by `llm_viz.sampling`, exactly, on
the CPU: the same seed gives the same text on every device up to the device's own rounding.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import torch

from llm_viz.sampling import check_sampling, next_token_distribution

if TYPE_CHECKING:
    from llm_viz.model.language_model import LanguageModel

Stop = Literal["length", "stop token", "context full", "interrupted"]


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
class Step:
    """One token of a growing text.

    Attributes:
        token_id: its id.
        token: as shown to people.
        prob: the probability that the model itself gave it (temperature 1, nothing cut).
    """

    token_id: int
    token: str
    prob: float


@dataclass(frozen=True)
class Generation:
    """A text that a model wrote.

    Attributes:
        prompt: the text it was given.
        text: what it added.
        steps: the added tokens, one by one.
        seconds: how long it took, reading the prompt included.
        stopped: why it ended.
    """

    prompt: str
    text: str
    steps: tuple[Step, ...]
    seconds: float
    stopped: Stop

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
    sampling: Sampling,
    on_step: Callable[[Step], object] | None = None,
) -> Generation:
    """Grow a text; Ctrl-C (or a stopped cell) ends it early and keeps what was written."""
    steps: list[Step] = []
    stopped: Stop = "length"
    began = time.perf_counter()
    try:
        for step in stream(lm, text, max_new_tokens, sampling):
            steps.append(step)
            if on_step is not None:
                on_step(step)
        if steps and steps[-1].token_id in lm.tokenizer.stop_ids:
            stopped = "stop token"
        elif len(steps) < max_new_tokens:
            stopped = "context full"
    except KeyboardInterrupt:
        stopped = "interrupted"
    seconds = time.perf_counter() - began
    written = [s.token_id for s in steps if s.token_id not in lm.tokenizer.stop_ids]
    return Generation(text, lm.tokenizer.decode(written), tuple(steps), seconds, stopped)


def stream(lm: LanguageModel, text: str, max_new_tokens: int, sampling: Sampling) -> Iterator[Step]:
    """The tokens one by one, as they are chosen; ends after a stop token or a full context."""
    if max_new_tokens < 0:
        raise ValueError(f"max_new_tokens is {max_new_tokens}; it must be 0 or more")
    ids = lm.readable(text)
    room = min(max_new_tokens, lm.dims.n_ctx - len(ids))
    generator = np.random.default_rng(sampling.seed)
    network = lm.network
    cache = network.new_cache(1, len(ids) + room)
    new = torch.tensor([ids], device=lm.device)
    for _ in range(room):
        x = network.forward(new, edits=lm.edits, cache=cache)
        with torch.inference_mode():
            logits = network.readout(x[0, -1]).float().cpu().numpy()
        chosen = _choose(logits, sampling, generator)
        shifted = logits - logits[chosen]
        prob = float(1 / np.exp(shifted, dtype=np.float64).sum())
        yield Step(chosen, lm.tokenizer.show(chosen), prob)
        if chosen in lm.tokenizer.stop_ids:
            return
        new = torch.tensor([[chosen]], device=lm.device)


def _choose(
    logits: np.ndarray[tuple[int], np.dtype[np.float32]],
    sampling: Sampling,
    generator: np.random.Generator,
) -> int:
    if sampling.temperature == 0:
        return int(logits.argmax())  # what the exact distribution would give, without the sort
    distribution = next_token_distribution(
        logits, sampling.temperature, sampling.top_k, sampling.top_p, sampling.min_p
    )
    return int(distribution.draw(generator))
