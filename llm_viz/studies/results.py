"""What all studies share: where their results lie, where they come from, and how to resume.

The parts of a study that are done wait in the cache until it is whole. So an interrupted study goes
on where it stopped, and the result is written whole or not at all.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
import safetensors
import safetensors.numpy

from llm_viz.files import written_whole
from llm_viz.model.assets import cache_dir

Array = np.ndarray[Any, np.dtype[Any]]
KEY = "llm_viz_study"  # in the metadata of a safetensors file
DATA = Path(__file__).resolve().parent.parent / "data"


@dataclass(frozen=True)
class Provenance:
    """Where the numbers of a study come from.

    Attributes:
        command: what computed them.
        model, weight_hash: which model, and the fingerprint of its weights.
        settings: what was asked for, seeds included.
        versions: of Python and the packages that computed.
        device: what it ran on.
        date: when, as year-month-day.
    """

    command: str
    model: str
    weight_hash: str
    settings: Mapping[str, Any]
    versions: Mapping[str, str]
    device: str
    date: str

    @classmethod
    def of(
        cls,
        study: str,
        model: str,
        weight_hash: str,
        settings: Mapping[str, Any],
        packages: Iterable[str],
        device: str = "cpu",
    ) -> Provenance:
        """The provenance of a study that this process computes now with these packages."""
        versions = {name: version(name) for name in ("llm-viz", *packages)}
        return cls(
            command=f"python -m llm_viz.studies {study}",
            model=model,
            weight_hash=weight_hash,
            settings=settings,
            versions={"python": platform.python_version(), **versions},
            device=f"{device} ({platform.machine()}, {os.cpu_count()} cores)",
            date=datetime.now(UTC).date().isoformat(),
        )

    def agrees(self, weight_hash: str, settings: Mapping[str, Any]) -> bool:
        """True if the same model was asked for the same."""
        return (self.weight_hash, self.settings) == (weight_hash, settings)


class _OfText(Protocol):
    @property
    def text(self) -> str: ...


OfText = TypeVar("OfText", bound=_OfText)


def of_text(results: Iterable[OfText], beginning: str) -> OfText:
    """The result of a text, by its beginning.

    Raises:
        KeyError: none of the texts begins so, or several do.
    """
    found = [result for result in results if result.text.startswith(beginning)]
    if len(found) != 1:
        raise KeyError(f"{len(found)} texts of the study begin with {beginning!r}; expected one")
    return found[0]


class Parts:
    """The finished parts of one study in the cache, for one model and one set of settings.

    Args:
        study: its name.
        weight_hash, settings: which model, and what is asked for.
        afresh: forget the parts that an earlier run left.
    """

    def __init__(
        self, study: str, weight_hash: str, settings: Mapping[str, Any], *, afresh: bool = False
    ) -> None:
        asked = json.dumps([weight_hash, settings], sort_keys=True)
        digest = hashlib.sha256(asked.encode()).hexdigest()[:12]
        self.folder = cache_dir() / "studies" / f"{study}-{digest}"
        if afresh:
            self.clear()

    def get(self, name: str, make: Callable[[], Any]) -> Any:
        """A part as JSON holds it: made now, unless an earlier run got so far."""
        path = self.folder / f"{name}.json"
        if not path.exists():
            write_json(path, make())
        return read_json(path)

    def array(self, name: str, make: Callable[[], Array]) -> Array:
        """A part that is one array: made now, unless an earlier run got so far."""
        path = self.folder / f"{name}.npy"
        if not path.exists():
            with written_whole(path) as part, part.open("wb") as file:
                np.save(file, make(), allow_pickle=False)
        made: Array = np.load(path, allow_pickle=False)
        return made

    def clear(self) -> None:
        """Forget them."""
        shutil.rmtree(self.folder, ignore_errors=True)


def write_json(path: Path, content: Any) -> None:
    """Write JSON without blanks, whole or not at all."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    with written_whole(path) as part:
        part.write_text(f"{text}\n", encoding="utf-8")


def read_json(path: Path) -> Any:
    """What `write_json` wrote."""
    return json.loads(path.read_text(encoding="utf-8"))


def write_arrays(path: Path, arrays: Mapping[str, Array], told: Mapping[str, Any]) -> None:
    """Write arrays and what is told of them as one safetensors file, whole or not at all."""
    content = safetensors.numpy.save(dict(arrays), {KEY: json.dumps(told)})
    with written_whole(path) as part:
        # save_file would make a file that no other user may read, also once it is installed
        part.write_bytes(content)


def read_arrays(path: Path) -> tuple[dict[str, Array], dict[str, Any]]:
    """What `write_arrays` wrote."""
    with safetensors.safe_open(path, framework="np") as file:
        told: dict[str, Any] = json.loads(file.metadata()[KEY])
        return {name: file.get_tensor(name) for name in file.keys()}, told  # noqa: SIM118
