"""What `WordMap` and `LearningMap` share: a word, groups to colour, and two lists of neighbours."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from xml.etree.ElementTree import Element

import safetensors
import traitlets

from llm_viz.analyses.projection import Array
from llm_viz.widgets import still
from llm_viz.widgets.assets import asset_path
from llm_viz.widgets.base import View
from llm_viz.widgets.word_groups import ALL, NONE


class MapView(View):
    """A map of words: `js/src/word_map/view.js` draws it.

    Attributes:
        groups: what can be coloured, see `llm_viz.widgets.word_groups.told`.
        word: the chosen one.
        colour: which group is coloured; ``"all"``, ``"none"``, or its name.
    """

    groups = traitlets.List(traitlets.Dict()).tag(sync=True)
    word = traitlets.Unicode("").tag(sync=True, linked=True)
    colour = traitlets.Unicode(ALL).tag(sync=True, linked=True)

    @traitlets.default("linked")
    def _rules(self) -> dict[str, dict[str, Any]]:
        names = [group["name"] for group in self.groups]
        return super()._rules() | {"colour": choice([ALL, NONE, *names])}

    def tables(self, text: str, true: Iterable[str], seen: Iterable[str]) -> Element:
        """A still picture: the neighbours in all dimensions beside those on the map."""
        lists = (tuple(true), tuple(seen))
        same = set(lists[0]) & set(lists[1])
        columns = ("", "true neighbours", "nearest on the map")
        rows = [
            (str(rank), *(f"{w} (in both)" if w in same else w for w in pair))
            for rank, pair in enumerate(zip(*lists, strict=True), start=1)
        ]
        told = f"{self.word}: {len(same)} of {len(rows)} are the same. {text}"
        return still.figure(self.title or self.heading, told, still.table(columns, rows))


def choice(values: list[str]) -> dict[str, Any]:
    """What a trait may be that has one of these values, as `llm_viz.widgets.base.rule` says it."""
    return {"kind": "choice", "values": values}


def read_asset(asset: str, key: str, tensor: str) -> tuple[Array, dict[str, Any]]:
    """An array of an asset, and what its header tells."""
    with safetensors.safe_open(asset_path(asset), framework="numpy") as file:
        told: dict[str, Any] = json.loads(file.metadata()[key])
        return file.get_tensor(tensor), told
