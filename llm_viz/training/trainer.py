"""`train`: from texts to a folder with a trained GPT, and a log of how it got there.

Stopped at any moment, by Ctrl-C, a full disk or a pulled plug, it goes on from its last checkpoint
when called again, and ends with the same weights (bit for bit on a CPU). One step of learning is
`llm_viz.training.learner`; how a run is kept is `llm_viz.training.checkpoints`.
"""

from __future__ import annotations

import contextlib
import math
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import tokenizers
from torch import Tensor
from tqdm.auto import tqdm

from llm_viz.model.loading import choose_device
from llm_viz.training.bpe import START, train_bpe
from llm_viz.training.checkpoints import Checkpoint, disk_errors_told
from llm_viz.training.gpt import GPT, GPTConfig
from llm_viz.training.gpt_folder import save_gpt
from llm_viz.training.journal import Journal, Record
from llm_viz.training.learner import Learner, Plan
from llm_viz.training.token_text import TokenText

CHECKPOINT, LOG = "checkpoint.safetensors", "log.jsonl"
SYNC = 10  # steps between two looks at the losses; a GPU waits for each look
PATIENCE = 20  # steps over which a loss is averaged before it is called exploded
MARGIN = 1.1  # how much worse than pure guessing, ln(d_vocab), it may be until then


class ExplodedError(RuntimeError):
    """The loss is no number any more, or worse than that of a model that knows nothing."""


@dataclass(frozen=True)
class Moment:
    """A model as it is while it learns; look, but do not change it.

    Attributes:
        step: how many steps it has learned.
        model: the GPT; after the first step its gradients are those of the last one, clipped.
        tokenizer: its tokens.
        held_out: loss on text that it does not learn from, in nats a token.
        bits_per_character: the same loss in bits a character.
    """

    step: int
    model: GPT
    tokenizer: tokenizers.Tokenizer
    held_out: float
    bits_per_character: float

    def write(
        self, prompt: str = "", n_new: int = 40, *, temperature: float = 0.8, seed: int = 0
    ) -> str:
        """What the model writes on from a prompt, the prompt included."""
        ids = self.tokenizer.encode(prompt, add_special_tokens=False).ids
        start = self.tokenizer.encode(START, add_special_tokens=False).ids
        written = self.model.generate([*start, *ids], n_new, temperature=temperature, seed=seed)
        return self.tokenizer.decode(written)


@dataclass(frozen=True)
class Run:
    """A training run in its folder, which `llm_viz.load_model` reads.

    Attributes:
        folder: the model, its checkpoint and its log.
        step: how many steps were learned.
        finished: whether that is all of them; if not, train again to go on.
    """

    folder: Path
    step: int
    finished: bool

    def records(self) -> list[Record]:
        """The log, a record for each step.

        ``loss`` (of the step's batch, before it was learned from, nats a token), ``rate``,
        ``grad_norm`` (before clipping) and ``seconds``; where the held-out text was asked, also
        ``held_out`` and ``bits_per_character``. The last one has only these two.
        """
        return Journal(self.folder / LOG).records()


def train(
    texts: str | Sequence[str],
    folder: str | os.PathLike[str],
    config: GPTConfig | None = None,
    plan: Plan | None = None,
    *,
    device: str = "auto",
    compiled: bool = False,
    every: int = 100,
    watch: Callable[[Moment], None] | None = None,
    progress: bool = True,
) -> Run:
    """Train a GPT on texts, or go on with a run that stopped.

    Args:
        texts: each begins with the start token; a twentieth of all is held out to test on.
        folder: where the run lives. Called again with the same texts, sizes and plan, it goes on.
        config: the sizes.
        plan: how to learn.
        device: ``"auto"`` takes CUDA, then Apple's MPS, then the CPU.
        compiled: let `torch.compile` write the kernels; worth its minute on a GPU.
        every: steps between two checkpoints, tests on held-out text and calls of ``watch``.
        watch: is told of the model before the first step, and from then on; for samples, say.
        progress: show a progress bar.

    Returns:
        The run. Ctrl-C ends it early, after the step at hand and with a checkpoint.

    Raises:
        ValueError: the texts are too short for the vocabulary or the context, or ``every`` is
            below 1.
        ExplodedError: the learning rate was too high; the last good checkpoint is kept.
        CheckpointError: the folder's checkpoint is damaged, or of another run; or the disk is full.
    """
    config, plan, folder = config or GPTConfig(), plan or Plan(), Path(folder)
    if every < 1:
        raise ValueError(f"every is {every}; expected a whole number of steps, from 1 on")
    tokenizer = train_bpe(texts, config.d_vocab)
    text = TokenText.of(texts, tokenizer, config.n_ctx)
    learner = Learner(config, plan, text, device=choose_device(device), compiled=compiled)
    run = _Running(learner, tokenizer, folder, watch)
    run.resume()
    with (
        _interrupts_wait() as interrupted,
        tqdm(
            total=plan.steps,
            initial=learner.step,
            desc="training",
            unit="step",
            disable=not progress,
        ) as bar,
    ):
        while learner.step < plan.steps and not interrupted():
            if learner.step % every == 0:
                run.keep()
            run.learn()
            if learner.step % SYNC == 0:
                bar.set_postfix(loss=f"{run.look():.2f}", refresh=False)
            bar.update()
        if learner.step < plan.steps:
            run.put_down()
        else:
            run.keep()
    with disk_errors_told(folder):
        save_gpt(folder, learner.model, tokenizer)
    return Run(folder, learner.step, finished=learner.step == plan.steps)


class _Running:
    """What goes on around the learner: the log, the checkpoint, and a look at the losses."""

    def __init__(
        self,
        learner: Learner,
        tokenizer: tokenizers.Tokenizer,
        folder: Path,
        watch: Callable[[Moment], None] | None,
    ) -> None:
        self._learner, self._tokenizer, self._watch = learner, tokenizer, watch
        self._path, self._journal = folder / CHECKPOINT, Journal(folder / LOG)
        self._records: list[Record] = []  # of steps whose losses nobody has read yet
        self._unread: list[tuple[Tensor, Tensor]] = []
        self._tested: Record = {}
        self._recent: deque[float] = deque(maxlen=PATIENCE)
        self._began, self._saved = time.monotonic(), -1

    def resume(self) -> None:
        """Go on from the folder's checkpoint, if there is one."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        if self._path.exists():
            checkpoint = Checkpoint.read(self._path)
            self._learner.take_up(checkpoint)
            self._began -= checkpoint.facts["seconds"]
            self._recent.extend(checkpoint.facts["recent"])
            self._saved = self._learner.step
        self._journal.cut_back(self._learner.step)

    def learn(self) -> None:
        """One step; its losses are read later."""
        step, rate = self._learner.step, self._learner.plan.rate_at(self._learner.step)
        self._unread.append(self._learner.learn())
        seconds = round(time.monotonic() - self._began, 3)
        self._records.append({"step": step, "rate": rate, "seconds": seconds, **self._tested})
        self._tested = {}

    def look(self) -> float:
        """Read the losses since the last look, log them, and stop if they explode."""
        for record, (loss, length) in zip(self._records, self._unread, strict=True):
            record |= {"loss": loss.item(), "grad_norm": length.item()}
            self._recent.append(record["loss"])
        records, self._records, self._unread = self._records, [], []
        self._log(records)
        for record in records:
            for what in ("loss", "grad_norm"):
                if not math.isfinite(record[what]):
                    raise self._exploded(record, f"{what} is {record[what]}")
        mean, guessing = self._mean(), math.log(self._learner.model.config.d_vocab)
        if records and len(self._recent) == PATIENCE and mean > MARGIN * guessing:
            raise self._exploded(
                records[-1],
                f"the loss was {mean:.2f} over the last {PATIENCE} steps, and "
                f"{guessing:.2f} is pure guessing",
            )
        return mean

    def put_down(self) -> None:
        """Write a checkpoint, unless the losses have exploded or it is written already."""
        self.look()
        if self._saved != self._learner.step:
            seconds = time.monotonic() - self._began
            kept = self._learner.checkpoint(seconds=seconds, recent=list(self._recent))
            kept.write(self._path)
            self._saved = self._learner.step

    def keep(self) -> None:
        """Write a checkpoint, test on the held-out text, and tell who watches."""
        self.put_down()
        loss = self._learner.test()
        bits = self._learner.text.bits_per_character(loss)
        self._tested = {"held_out": loss, "bits_per_character": bits}
        if self._learner.step == self._learner.plan.steps:
            self._log([{"step": self._learner.step, **self._tested}])
        if self._watch is not None:
            self._watch(
                Moment(self._learner.step, self._learner.model, self._tokenizer, loss, bits)
            )

    def _log(self, records: list[Record]) -> None:
        with disk_errors_told(self._path.parent):
            self._journal.append(records)

    def _mean(self) -> float:
        return sum(self._recent) / len(self._recent) if self._recent else math.nan

    def _exploded(self, record: Record, what: str) -> ExplodedError:
        return ExplodedError(
            f"training exploded at step {record['step']}: {what}, at a learning rate of "
            f"{record['rate']:.2g}; the checkpoint of step {self._saved} is kept in "
            f"{self._path.parent}: train in another folder with a lower rate"
        )


@contextlib.contextmanager
def _interrupts_wait() -> Iterator[Callable[[], bool]]:
    """Ctrl-C lets the step at hand end; a second one does not wait. Gives whether one came.

    Only the main thread hears of interrupts; in another, nothing changes.
    """
    came: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return

    def heard(number: int, _: FrameType | None) -> None:
        came.append(number)
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, heard)
    try:
        yield lambda: bool(came)
    finally:
        signal.signal(signal.SIGINT, before)
