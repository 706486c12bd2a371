"""Look inside a real language model: run it, keep what it computed, and show it.

``import llm_viz`` is light: torch, plotly and the widgets are imported when first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from llm_viz.sampling import NextTokenDistribution, next_token_distribution
from llm_viz.trace import Trace

if TYPE_CHECKING:
    from llm_viz import widgets
    from llm_viz.export import export_html
    from llm_viz.model import LanguageModel, load_model, load_vectors

__version__ = "0.1.0"
__all__ = [
    "LanguageModel",
    "NextTokenDistribution",
    "Trace",
    "export_html",
    "load_model",
    "load_vectors",
    "next_token_distribution",
    "widgets",
]

_LAZY = {
    "LanguageModel": "llm_viz.model",
    "export_html": "llm_viz.export",
    "load_model": "llm_viz.model",
    "load_vectors": "llm_viz.model",
}


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(importlib.import_module(_LAZY[name]), name)
    if name == "widgets":
        return importlib.import_module("llm_viz.widgets")
    raise AttributeError(f"module 'llm_viz' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_LAZY, "widgets"])
