"""Every head of the model off by itself, every attention layer, every FFN, and groups of heads.

Six texts, each with an answer and a rival whose odds are compared: see
`llm_viz.analyses.switched`. The groups of heads were not chosen by what switching them off does
here. Induction, previous-token and duplicate-token heads are those that look hardest where their
name says, on random repeated tokens (`llm_viz.analyses.repeated_token_scores`). The writers are
the two heads that write most of the difference between the names of the first text, by direct
attribution (`llm_viz.analyses.logit_attribution`). Beside them stand as many heads drawn by lot.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from tqdm.auto import tqdm

from llm_viz.analyses.switched import (
    Array,
    Edit,
    Grid,
    SwitchedOff,
    every_head,
    every_layer,
    parts_of,
    switched_off,
    whole_kinds,
)
from llm_viz.model import LanguageModel, load_model
from llm_viz.studies.results import DATA, Parts, Provenance, of_text, read_arrays, write_arrays
from llm_viz.studies.switched_file import pack, unpack

STUDY = "switches"
FILE = DATA / "switches.safetensors"
SEED = 0


class Prompt(NamedTuple):
    """A text, and the two tokens that may follow it; None: those that the model favours."""

    text: str
    answer: str | None
    rival: str | None


PROMPTS = (
    Prompt("When Mary and John went to the store, John gave a drink to", " Mary", " John"),
    Prompt("When Mary and John went to the restaurant, John gave his keys to", " Mary", " the"),
    Prompt(
        "Seven lamp river Tokyo green chair doctor violin. "
        "Seven lamp river Tokyo green chair doctor",
        " violin",
        None,
    ),
    Prompt("The capital of France is", " Paris", " London"),
    Prompt("The keys to the cabinet", " are", " is"),
    Prompt("She opened the window because the room was too", None, None),
)
GROUPS: dict[str, tuple[str, ...]] = {
    "the induction heads": ("L18H6", "L17H4", "L17H3", "L17H5", "L18H7", "L23H2"),
    "the two strongest writers": ("L23H3", "L29H1"),
    "the previous-token heads": ("L16H0", "L11H1", "L1H2", "L2H1"),
    "the duplicate-token heads": ("L14H3", "L8H0", "L2H4", "L5H6"),
}
BY_LOT = "six heads drawn by lot"


@dataclass(frozen=True, eq=False)
class Switches:
    """The result of the study.

    Attributes:
        results: of each text; its rows are the heads, the attention layers and the FFNs one by one,
            then the groups.
        groups: by name, the parts of each.
        provenance: where the numbers come from.
    """

    results: tuple[SwitchedOff, ...]
    groups: Mapping[str, tuple[str, ...]]
    provenance: Provenance

    def find(self, text: str) -> SwitchedOff:
        """The result of a text, by its beginning.

        Raises:
            KeyError: none of the texts begins so, or several do.
        """
        return of_text(self.results, text)


def load(path: Path = FILE) -> Switches:
    """The result as it was computed last."""
    arrays, told = read_arrays(path)
    results = tuple(unpack(arrays[str(i)].tobytes()) for i in range(len(arrays)))
    groups = {name: tuple(parts) for name, parts in told["groups"].items()}
    return Switches(results, groups, Provenance(**told["provenance"]))


def run(afresh: bool = False) -> Path:
    """Compute the study, or go on with it, and write its file."""
    lm = load_model(device="cpu")
    groups = {**GROUPS, BY_LOT: drawn_by_lot(lm.dims)}
    settings = {
        "prompts": [list(prompt) for prompt in PROMPTS],
        "groups": {name: list(parts) for name, parts in groups.items()},
        "seed": SEED,
    }
    if not afresh and FILE.exists() and load(FILE).provenance.agrees(lm.info.weight_hash, settings):
        return FILE
    parts = Parts(STUDY, lm.info.weight_hash, settings, afresh=afresh)
    plan = edits(lm.dims, groups.values())
    arrays = {
        str(i): parts.array(str(i), partial(_packed, lm, prompt, plan))
        for i, prompt in enumerate(tqdm(PROMPTS, "switches", unit="text"))
    }
    packages = ("numpy", "torch")
    made = Provenance.of(STUDY, lm.info.id, lm.info.weight_hash, settings, packages)
    write_arrays(FILE, arrays, {"groups": settings["groups"], "provenance": asdict(made)})
    parts.clear()
    return FILE


def edits(grid: Grid, groups: Iterable[Iterable[str]]) -> list[Edit]:
    """All that is switched off in turn."""
    return [
        *every_head(grid),
        *every_layer(grid, "attention"),
        *every_layer(grid, "mlp"),
        *whole_kinds(grid).values(),
        *(parts_of(grid, group) for group in groups),
    ]


def drawn_by_lot(grid: Grid) -> tuple[str, ...]:
    """As many heads as there are induction heads, none of which is in a group."""
    known = {part for parts in GROUPS.values() for part in parts}
    others = [edit[0].label for edit in every_head(grid) if edit[0].label not in known]
    drawn = np.random.default_rng(SEED).choice(others, len(GROUPS["the induction heads"]), False)
    return tuple(map(str, drawn))


def _packed(lm: LanguageModel, prompt: Prompt, plan: list[Edit]) -> Array:
    result = switched_off(lm, prompt.text, plan, answer=prompt.answer, rival=prompt.rival)
    return np.frombuffer(pack(result), np.uint8)
