"""Build hook of the package: bundles the front end before a wheel is packed.

An editable install has no use for bundles that would go stale: `make` (or
`python llm_viz/js/build.py`) keeps those of a checkout up to date.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class FrontEndHook(BuildHookInterface[Any]):
    """Runs the one build script, `llm_viz/js/build.py`, which does nothing if nothing changed."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        del build_data  # which files are packed is said in pyproject.toml
        if version == "editable":
            return
        script = Path(self.root) / "llm_viz" / "js" / "build.py"
        spec = importlib.util.spec_from_file_location("llm_viz_front_end", script)
        if spec is None or spec.loader is None:
            raise FileNotFoundError(f"{script} is missing: the source tree is not complete")
        front_end = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(front_end)
        front_end.build()
