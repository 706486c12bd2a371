"""A training run put down in one file, so that it can be taken up again as if it had never stopped.

The file is safetensors: arrays, and facts about them as JSON. It is written whole or not at all,
never unpickled, and carries a SHA-256 of everything in it. What the arrays mean is left to
`llm_viz.training.learner`.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import safetensors
import safetensors.torch
from safetensors import SafetensorError
from torch import Tensor

from llm_viz.files import written_whole


class CheckpointError(RuntimeError):
    """A checkpoint cannot be written, or is not one that can be taken up."""


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A run at one moment.

    Attributes:
        facts: what JSON can hold: sizes, plan, step.
        tensors: weights, the optimiser's memory, random numbers; on the CPU.
    """

    facts: Mapping[str, Any]
    tensors: Mapping[str, Tensor]

    def write(self, path: Path) -> None:
        """Write it in the place of an older one, which stays if this one cannot be written.

        Raises:
            CheckpointError: the disk is full, or does not let us write.
        """
        facts = json.dumps(self.facts, sort_keys=True)
        metadata = {"facts": facts, "sha256": _digest(facts, self.tensors)}
        with disk_errors_told(path.parent), written_whole(path) as part:
            part.write_bytes(safetensors.torch.save(dict(self.tensors), metadata))

    @classmethod
    def read(cls, path: Path) -> Checkpoint:
        """Read it back and check that it is what was written.

        Raises:
            CheckpointError: it is cut short, altered, or no checkpoint at all.
        """
        again = f"put back a copy of it, or delete {path.name} to begin from nothing"
        try:
            with safetensors.safe_open(path, framework="pt") as file:
                metadata = file.metadata() or {}
                tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        except (SafetensorError, OSError) as error:
            raise CheckpointError(
                f"the checkpoint {path} is damaged or cut short ({error}); {again}"
            ) from error
        facts = metadata.get("facts", "")
        if metadata.get("sha256") != _digest(facts, tensors):
            raise CheckpointError(
                f"the checkpoint {path} is not as it was written (its SHA-256 differs); {again}"
            )
        return cls(json.loads(facts), tensors)


@contextlib.contextmanager
def disk_errors_told(folder: Path) -> Iterator[None]:
    """A full disk is said in a sentence: whatever a run wrote before stays, and it can go on.

    Raises:
        CheckpointError: the block met an error of the operating system.
    """
    try:
        yield
    except OSError as error:
        raise CheckpointError(
            f"could not write to {folder} ({error.strerror}); what was written before is kept: "
            "make room, then train again to go on"
        ) from error


def _digest(facts: str, tensors: Mapping[str, Tensor]) -> str:
    digest = hashlib.sha256(facts.encode())
    for name in sorted(tensors):
        tensor = tensors[name]
        digest.update(f"{name}{tensor.dtype}{tuple(tensor.shape)}".encode())
        digest.update(tensor.contiguous().numpy().tobytes())
    return digest.hexdigest()
