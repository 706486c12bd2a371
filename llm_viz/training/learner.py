"""A GPT that learns: one step at a time, put down and taken up at any of them.

A step shows the model a batch of windows, asks how badly it guessed each next token, and nudges
every weight downhill: AdamW (Loshchilov and Hutter, "Decoupled weight decay regularization", 2019),
gradients clipped, a rate that warms up and then falls along a cosine. When to stop, what to write
down and whom to tell is left to `llm_viz.training.trainer`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from llm_viz.training.checkpoints import Checkpoint, CheckpointError
from llm_viz.training.gpt import GPT, GPTConfig
from llm_viz.training.token_text import TokenText

MEMORY = ("exp_avg", "exp_avg_sq")  # what AdamW keeps for every weight


@dataclass(frozen=True)
class Plan:
    """How to learn; with the sizes, the text and a seed it fixes every weight.

    Attributes:
        steps: how many batches to learn from.
        batch: windows in a batch.
        rate: the highest learning rate.
        last_rate: what it falls to, as a share of the highest.
        warmup: steps until it is highest.
        decay: how strongly matrices shrink towards zero; norms do not.
        betas: how long AdamW remembers gradients, and their squares.
        clip: longest gradient that is followed as it is; a longer one is cut to this length.
        seed: of the first weights and of the windows.

    Raises:
        ValueError: a value is out of its range.
    """

    steps: int = 600
    batch: int = 32
    rate: float = 3e-3
    last_rate: float = 0.1
    warmup: int = 50
    decay: float = 0.1
    betas: tuple[float, float] = (0.9, 0.95)
    clip: float = 1.0
    seed: int = 0

    def __post_init__(self) -> None:
        for name, least in {"steps": 1, "batch": 1, "warmup": 0, "seed": 0}.items():
            value = getattr(self, name)
            if not isinstance(value, int) or value < least:
                raise ValueError(f"{name} is {value!r}; expected a whole number from {least} on")
        for name in ("rate", "clip"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value > 0):
                raise ValueError(f"{name} is {value!r}; expected a number above 0")
        if not 0 <= self.last_rate <= 1:
            raise ValueError(f"last_rate is {self.last_rate!r}; expected a share from 0 to 1")
        if not (math.isfinite(self.decay) and self.decay >= 0):
            raise ValueError(f"decay is {self.decay!r}; expected a number from 0 on")

    def rate_at(self, step: int) -> float:
        """The learning rate of a step: up in a straight line, then down along a cosine."""
        if step < self.warmup:
            return self.rate * (step + 1) / self.warmup
        way = (step - self.warmup) / max(1, self.steps - self.warmup)
        return self.rate * (
            self.last_rate + (1 - self.last_rate) * (1 + math.cos(math.pi * way)) / 2
        )


class Learner:
    """A model, its optimiser and its random numbers at one step.

    Args:
        config: the sizes.
        plan: how to learn.
        text: what to learn from.
        device: where to compute; on CUDA in bfloat16, as far as torch's autocast finds that safe.
        compiled: let `torch.compile` write the kernels; worth its minute on a GPU.

    Attributes:
        model: the GPT; its gradients are those of the last step, clipped.
        step: how many steps it has learned.
    """

    def __init__(
        self,
        config: GPTConfig,
        plan: Plan,
        text: TokenText,
        *,
        device: torch.device,
        compiled: bool = False,
    ) -> None:
        self.plan, self.text, self.step = plan, text, 0
        self.model = GPT(config, plan.seed).to(device)
        self._device = device
        self._forward: Callable[[Tensor], Tensor] = (
            torch.compile(self.model) if compiled else self.model
        )
        self._weights = dict(self.model.named_parameters())
        matrices = [weight for weight in self._weights.values() if weight.ndim == 2]
        rest = [weight for weight in self._weights.values() if weight.ndim != 2]
        groups = [
            {"params": matrices, "weight_decay": plan.decay},
            {"params": rest, "weight_decay": 0.0},
        ]
        self._optimizer = torch.optim.AdamW(groups, plan.rate, plan.betas, fused=True)
        self._random = torch.Generator().manual_seed(plan.seed)

    def learn(self) -> tuple[Tensor, Tensor]:
        """One step; the loss of its batch (nats a token), and how long the gradient was.

        Both stay on the device: a GPU need not wait until somebody reads them.
        """
        read, told = self._moved(
            self.text.batch(self.model.config.n_ctx, self.plan.batch, self._random)
        )
        for group in self._optimizer.param_groups:
            group["lr"] = self.plan.rate_at(self.step)
        self._optimizer.zero_grad(set_to_none=True)
        loss = self._loss(read, told)
        loss.backward()  # type: ignore[no-untyped-call]
        length = torch.nn.utils.clip_grad_norm_(self._weights.values(), self.plan.clip)
        self._optimizer.step()
        self.step += 1
        return loss.detach(), length.detach()

    @torch.no_grad()
    def test(self) -> float:
        """The loss on the text that is held out, in nats a token."""
        read, told = self._moved(self.text.test(self.model.config.n_ctx))
        parts = zip(*(torch.split(part, self.plan.batch) for part in (read, told)), strict=True)
        return sum(self._loss(r, t).item() * len(r) for r, t in parts) / len(read)

    def checkpoint(self, **facts: Any) -> Checkpoint:
        """Everything that the next step hangs on, and further facts to keep with it."""
        tensors: dict[str, Tensor] = {
            f"model.{name}": weight for name, weight in self._weights.items()
        }
        for name, weight in self._weights.items():
            memory = self._optimizer.state.get(weight, {})
            tensors |= {f"{key}.{name}": memory[key] for key in MEMORY if memory}
        tensors["random"] = self._random.get_state()
        on_cpu = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
        return Checkpoint({**self._identity(), "step": self.step, **facts}, on_cpu)

    def take_up(self, checkpoint: Checkpoint) -> None:
        """Go on from a checkpoint as if there had been no break.

        Raises:
            CheckpointError: it is of other sizes, of another plan or of another text.
        """
        for what, ours in self._identity().items():
            theirs = checkpoint.facts.get(what)
            if theirs != ours:
                raise CheckpointError(
                    f"the checkpoint is of another {what} ({_difference(theirs, ours)}); train "
                    "with the same one to go on, or in another folder to begin from nothing"
                )
        self.step = checkpoint.facts["step"]
        self._random.set_state(checkpoint.tensors["random"])
        with torch.no_grad():
            for name, weight in self._weights.items():
                weight.copy_(checkpoint.tensors[f"model.{name}"])
                if self.step:
                    self._optimizer.state[weight] = {
                        "step": torch.tensor(float(self.step), device=self._device),
                        **{
                            key: checkpoint.tensors[f"{key}.{name}"].to(self._device, copy=True)
                            for key in MEMORY
                        },
                    }

    def _loss(self, read: Tensor, told: Tensor) -> Tensor:
        with torch.autocast(self._device.type, torch.bfloat16, self._device.type == "cuda"):
            logits = self._forward(read)
        return F.cross_entropy(logits.float().flatten(0, 1), told.flatten())

    def _moved(self, pair: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
        return pair[0].to(self._device), pair[1].to(self._device)

    def _identity(self) -> dict[str, Any]:
        """What must be the same for a run to be the same run."""
        plan = {**asdict(self.plan), "betas": list(self.plan.betas)}
        return {"config": asdict(self.model.config), "plan": plan, "text": self.text.fingerprint()}


def _difference(theirs: Any, ours: Any) -> str:
    """The first value in which two tables differ, in words."""
    if not (isinstance(theirs, dict) and isinstance(ours, dict)):
        return "its fingerprint differs"
    name = next(name for name in ours if theirs.get(name) != ours[name])
    return f"{name} is {theirs.get(name)}; expected {ours[name]}"
