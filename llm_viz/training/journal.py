"""The log of a training run: one line of JSON for every step, for people and programs."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from llm_viz.files import written_whole

Record = dict[str, Any]


class Journal:
    """A file of JSON lines, in the order of their ``step``.

    Args:
        path: of the file; made with its first line.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, records: list[Record]) -> None:
        """Add lines; what is no finite number is written as null."""
        with self.path.open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(_finite(record)) + "\n" for record in records)

    def records(self) -> list[Record]:
        """All lines; what a killed process left unfinished at the end is passed over."""
        if not self.path.exists():
            return []
        found = []
        for line in self.path.read_text(encoding="utf-8").splitlines():
            try:
                found.append(json.loads(line))
            except json.JSONDecodeError:
                break
        return found

    def cut_back(self, step: int) -> None:
        """Keep what was logged before a step: what comes after is about to be done again."""
        kept = [record for record in self.records() if record["step"] < step]
        with written_whole(self.path) as part:
            part.write_text("".join(json.dumps(record) + "\n" for record in kept), "utf-8")


def _finite(record: Record) -> Record:
    return {
        name: None if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in record.items()
    }
