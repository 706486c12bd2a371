"""Puts into the site what its pages load besides the theme: scripts, shared assets, plotly.js.

Everything lies in ``_static/llm_viz/`` of the built site. An asset that is no classic script itself
also lies there as one, because a page opened from a folder (``file://``) may not fetch.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util import logging

from llm_viz.files import written_whole
from llm_viz.widget_state import CLASSIC

logger = logging.getLogger(__name__)

PACKAGE = Path(__file__).resolve().parents[1]
STATIC = PACKAGE / "static"
ADDITIONS = Path(__file__).parent / "additions"
FOLDER = "llm_viz"

HOST = "host.js"
PLOTLY_FIGURES = "plotly_figures.js"
MANAGER = ("manager.js", "manager.css")


def write_if_changed(target: Path, content: bytes) -> None:
    """Write a file whole, unless it holds the same already: an equal file keeps its time."""
    if target.is_file() and target.read_bytes() == content:
        return
    with written_whole(target) as part:
        part.write_bytes(content)


def view_source(name: str, kind: str) -> str | None:
    """The built module (kind "js") or stylesheet ("css") of a view; None if there is none."""
    path = STATIC / "views" / f"{name}.{kind}"
    return path.read_text(encoding="utf-8") if path.is_file() else None


def copy_scripts(app: Sphinx, _builder: object = None) -> None:
    """Copy the page scripts (event ``write-started``)."""
    target = Path(app.outdir) / "_static" / FOLDER
    for name in (HOST, PLOTLY_FIGURES, *MANAGER):
        source = STATIC / name
        if not source.is_file():
            raise ExtensionError(
                f"the front end is not built: llm_viz/static/{name} is missing; "
                "run `python llm_viz/js/build.py`, then build the book again"
            )
        write_if_changed(target / name, source.read_bytes())
    for other in [*STATIC.glob("*.LEGAL.txt"), *ADDITIONS.iterdir()]:
        write_if_changed(target / other.name, other.read_bytes())


def copy_plotly(outdir: Path, page: str) -> str:
    """Copy plotly.js for a page's figures; returns its name.

    It is the very asset that widgets ask for: a site has one, and a page runs it once.
    """
    from llm_viz.widgets.assets import publish_plotly  # late: it loads ipywidgets and torch

    name = publish_plotly()
    copy_assets([name], outdir, page)
    return name


def copy_assets(names: Iterable[str], outdir: Path, page: str) -> None:
    """Copy the assets that a page's widgets name, each as `write_asset` does.

    An asset's name holds a digest of its content: one that is there is the right one.
    """
    for name in sorted(names):
        if _files(outdir, name)[-1].is_file():
            continue
        try:
            content = _asset_path(name).read_bytes()
        except (FileNotFoundError, ValueError) as error:
            logger.warning(
                "%s (running the notebook publishes it: delete _build and build again)",
                error,
                location=page,
                type="llm_viz",
                subtype="assets",
            )
            continue
        write_asset(outdir, name, content)


def write_asset(outdir: Path, name: str, content: bytes) -> None:
    """Put an asset into the site, with its twin for ``file://`` unless it is a classic script."""
    path, *twin = _files(outdir, name)
    write_if_changed(path, content)
    for script in twin:
        write_if_changed(script, as_script(name, content))


def _files(outdir: Path, name: str) -> list[Path]:
    """Where an asset goes, and where its twin if it needs one."""
    folder = outdir / "_static" / FOLDER / "assets"
    return [folder / name, *([] if name.endswith(CLASSIC) else [folder / f"{name}.js"])]


def as_script(name: str, content: bytes) -> bytes:
    """An asset as a script that hands its bytes, in base64, to the page."""
    return (
        f"globalThis.llmVizAsset({json.dumps(name)},"
        f'"{base64.b64encode(content).decode("ascii")}");\n'
    ).encode("ascii")


def _asset_path(name: str) -> Path:
    from llm_viz.widgets.assets import asset_path  # late: it loads ipywidgets and torch

    return asset_path(name)


def setup(app: Sphinx) -> None:
    """Copy the scripts before pages are written: Sphinx puts their digest into the links."""
    app.connect("write-started", copy_scripts)
