"""Finds what the front end's build has made (`js/build.py`); it is not in the source tree."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable


def built(name: str) -> Traversable:
    """The built file of this name, such as ``"host.js"`` or ``"views/next_token.css"``.

    Raises:
        FileNotFoundError: the front end is not built.
    """
    file = files("llm_viz") / "static" / name
    if not file.is_file():
        raise FileNotFoundError(
            f"the front end is not built: static/{name} is missing; run `make html`, or "
            "`python llm_viz/js/build.py` in the source tree"
        )
    return file
