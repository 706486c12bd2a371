"""The index of all neurons on disk: built once a model and corpus, resumed where it was stopped.

What is kept is said by `llm_viz.model.peaks.Peaks`; this module reads the windows through it, a
batch at a time, and saves as it goes. The file's name and header hold the fingerprints of the
model's weights and of the windows, so that an index of another model or corpus is never taken for
this one, and the header says how many batches are in it. However long the texts, the index of a
model of 135 M parameters takes 102 MB, on disk and in memory.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np
import safetensors
import safetensors.numpy
from tqdm.auto import tqdm

from llm_viz.analyses.text_windows import TextWindows
from llm_viz.files import written_whole
from llm_viz.model import LanguageModel
from llm_viz.model.assets import cache_dir
from llm_viz.model.peaks import Peaks

Array = np.ndarray[Any, np.dtype[Any]]

KEY = "llm_viz_neuron_index"  # in the metadata of the file
VERSION = 1
K = 12  # windows kept of each neuron, side and half
BEFORE, AFTER = 12, 4  # activations kept around each place
BATCH = 16  # windows read side by side
SAVE_AFTER = 120.0  # seconds; a save takes about one


def path_of(weight_hash: str, windows: TextWindows) -> Path:
    """Where the index of a model over some windows lies."""
    asked = json.dumps(_made_for(weight_hash, windows))
    return (
        cache_dir() / "neurons" / f"{hashlib.sha256(asked.encode()).hexdigest()[:16]}.safetensors"
    )


def batches(windows: TextWindows) -> list[Array]:
    """Which windows are read together: `BATCH` at most, all of one half; the halves take turns."""
    first, second = (np.flatnonzero(windows.half == half) for half in (0, 1))
    pairs = zip_longest(*(_in_batches(half) for half in (first, second)))
    return [rows for pair in pairs for rows in pair if rows is not None]


def read_windows(
    lm: LanguageModel, windows: TextWindows, path: Path | None = None, *, afresh: bool = False
) -> dict[str, Array]:
    """Read all windows, or go on with it, and give what `Peaks.arrays` says.

    Args:
        lm: the model.
        windows: what it reads.
        path: of the index; the cache's own if left out.
        afresh: begin again, whatever is there.
    """
    path = path or path_of(lm.info.weight_hash, windows)
    peaks: Peaks = lm.neuron_peaks(k=K, groups=2, before=BEFORE, after=AFTER)
    plan = batches(windows)
    held = None if afresh else stored(path, lm.info.weight_hash, windows)
    done = 0
    if held is not None:
        arrays, done = held
        peaks.restore(arrays)
    length = windows.token_ids.shape[1]
    saved = time.monotonic()
    bar = tqdm(total=len(plan) * BATCH, initial=done * BATCH, desc="neurons", unit="window")
    with bar:
        for number in range(done, len(plan)):
            rows = plan[number]
            peaks.read(windows.token_ids[rows], rows * length, int(windows.half[rows[0]]))
            bar.update(BATCH)
            last = number + 1 == len(plan)
            if last or time.monotonic() - saved > SAVE_AFTER:
                _save(path, peaks.arrays(), lm.info.weight_hash, windows, number + 1)
                saved = time.monotonic()
    return peaks.arrays()


def stored(
    path: Path, weight_hash: str, windows: TextWindows
) -> tuple[dict[str, Array], int] | None:
    """The arrays of an index and how many batches are in them.

    None if there is none, if it was made with another model or over other windows, or if the file
    is damaged: it is then built from the beginning.
    """
    try:
        with safetensors.safe_open(path, framework="np") as file:
            told: dict[str, Any] = json.loads(file.metadata()[KEY])
            if told["for"] != _made_for(weight_hash, windows):
                return None
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            return arrays, int(told["done"])
    except (OSError, KeyError, TypeError, ValueError, safetensors.SafetensorError):
        return None


def _in_batches(rows: Array) -> list[Array]:
    return [rows[i : i + BATCH] for i in range(0, len(rows), BATCH)]


def _made_for(weight_hash: str, windows: TextWindows) -> list[Any]:
    return [VERSION, weight_hash, windows.digest, K, BEFORE, AFTER]


def _save(
    path: Path, arrays: Mapping[str, Array], weight_hash: str, windows: TextWindows, done: int
) -> None:
    told = {"for": _made_for(weight_hash, windows), "done": done}
    with written_whole(path) as part:
        safetensors.numpy.save_file(dict(arrays), part, {KEY: json.dumps(told)})
