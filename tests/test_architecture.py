"""The direction of flow: names -> trace -> model -> analyses -> studies -> widgets -> site.

Reads the imports of every module without running it, so that a back edge fails here even when it
hides inside a function. What `import llm_viz` really loads is looked at in a process of its own.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "llm_viz"

# Each part of the package may import what stands in a row before its own, and itself.
ROWS = (
    ("names", "files", "front_end", "encoding", "packed", "style", "widget_state"),
    ("trace", "sampling"),
    ("model",),
    ("analyses", "training"),
    ("studies", "figures"),
    ("widgets",),
    ("export",),
    ("site",),
)
ROW_OF = {part: row for row, parts in enumerate(ROWS) for part in parts}

# Heavy or interactive libraries, and the only parts that may import them.
HOMES = {
    "torch": {"model", "training"},
    "transformers": {"model", "training"},
    "ipywidgets": {"widgets", "export"},
    "anywidget": {"widgets"},
    "traitlets": {"widgets"},
    "plotly": {"widgets", "figures"},
    "sphinx": {"site"},
}


class Edge(NamedTuple):
    """One import: ``importer`` and ``imported`` are dotted names."""

    importer: str
    imported: str
    line: int

    def __str__(self) -> str:
        return f"{self.importer}:{self.line} imports {self.imported}"


def modules() -> dict[str, Path]:
    """Every module of the package by dotted name; the front end's build script is not one."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        if parts[1] in {"js", "wasm"}:
            continue
        found[".".join(parts).removesuffix(".__init__")] = path
    return found


def imports_of(name: str, source: str, *, is_package: bool = False) -> list[Edge]:
    """All imports in a module, also those inside functions and under TYPE_CHECKING."""
    edges = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            edges += [Edge(name, alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = name.split(".")
                parents = parents[: len(parents) - node.level + is_package]
                base = ".".join([*parents, *filter(None, [base])])
            # `from llm_viz import trace` names a module, `from llm_viz.trace import Trace` does
            # not: the longer name tells the two apart only by its first two parts.
            edges += [Edge(name, f"{base}.{alias.name}", node.lineno) for alias in node.names]
    return edges


def part(module: str) -> str | None:
    """`llm_viz.model.capture` -> `model`; None for what is not ours and for the package's face."""
    words = module.split(".")
    if words[0] != "llm_viz" or len(words) < 2:
        return None
    return words[1]


EDGES = [
    edge
    for name, path in modules().items()
    for edge in imports_of(
        name, path.read_text(encoding="utf-8"), is_package=path.name == "__init__.py"
    )
]


def back_edges(edges: list[Edge]) -> list[str]:
    """The imports that go against the direction."""
    wrong = []
    for edge in edges:
        importer, imported = part(edge.importer), part(edge.imported)
        if importer is None or importer == imported or not edge.imported.startswith("llm_viz."):
            continue
        if imported not in ROW_OF or ROW_OF[imported] >= ROW_OF[importer]:
            wrong.append(str(edge))
    return wrong


def strays(edges: list[Edge]) -> list[str]:
    """The imports of a guarded library outside its home."""
    wrong = []
    for edge in edges:
        homes = HOMES.get(edge.imported.split(".")[0])
        own = edge.importer.removeprefix("llm_viz").lstrip(".")
        if homes is not None and not any(f"{own}.".startswith(f"{home}.") for home in homes):
            wrong.append(str(edge))
    return wrong


def test_every_part_has_a_place():
    parts = {part(name) for name in modules()} - {None}
    assert parts <= ROW_OF.keys(), "say in ROWS where the new part of the package stands"


def test_no_import_goes_back():
    assert EDGES
    assert back_edges(EDGES) == []


def test_heavy_libraries_stay_at_home():
    assert any(edge.imported.split(".")[0] == "torch" for edge in EDGES)
    assert strays(EDGES) == []


@pytest.mark.parametrize(
    ("importer", "source"),
    [
        ("llm_viz.trace", "import llm_viz.model"),
        ("llm_viz.trace", "from llm_viz import widgets"),
        ("llm_viz.model.capture", "from ..widgets import NextToken"),
        ("llm_viz.names", "def f():\n    from llm_viz.trace import Trace"),
    ],
)
def test_a_back_edge_is_noticed(importer, source):
    assert back_edges(imports_of(importer, source))


@pytest.mark.parametrize(
    ("importer", "source"),
    [
        ("llm_viz.trace", "import torch"),
        ("llm_viz", "import torch"),
        ("llm_viz.models", "from torch import nn"),
        ("llm_viz.site.pages", "import plotly.graph_objects as go"),
        ("llm_viz.site.pages", "from ipywidgets import Widget"),
    ],
)
def test_a_stray_is_noticed(importer, source):
    assert strays(imports_of(importer, source))


def test_forward_imports_pass():
    source = "from llm_viz.trace import Trace\nfrom . import base\nimport numpy as np"
    assert back_edges(imports_of("llm_viz.widgets.next_token", source)) == []
    assert strays(imports_of("llm_viz.model.capture", "import torch")) == []


def test_import_llm_viz_is_light():
    code = "import sys, json, llm_viz; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {module.split(".")[0] for module in json.loads(done.stdout)}
    assert "llm_viz" in loaded
    assert (
        loaded & {"torch", "transformers", "plotly", "ipywidgets", "anywidget", "gensim"} == set()
    )
