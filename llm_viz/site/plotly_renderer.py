"""Puts plotly figures into a page as data: JSON for the script that draws, a table for everyone.

myst-nb finds `PlotlyRenderer` by its entry point (group ``myst_nb.mime_renderers``); without it the
figures would be dropped. The drawing is `js/src/plotly_figures.js`.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from html import escape
from importlib.metadata import entry_points
from typing import Any, ClassVar

import numpy as np
from docutils import nodes
from myst_nb.core.render import MimeData, NbElementRenderer
from sphinx.errors import ExtensionError

from llm_viz.widget_state import as_script

MIME_TYPE = "application/vnd.plotly.v1+json"
ENTRY_POINTS = "myst_nb.mime_renderers"
MARK = 'class="llm-viz-plotly"'  # how a page that shows a figure is known
ROWS = 200  # more rows than this help nobody who reads them one by one

# Kinds of trace that fetch tiles or outlines from another host.
FETCHING = re.compile(r"geo$|^choropleth|^(scatter|density)map")
# Plotly's own height and upper margin, what a title takes of that, and what labels need, in pixels.
DEFAULT_HEIGHT, DEFAULT_TOP, TITLE_ROOM, LEAST_TOP = 450, 100, 60, 20
COLUMNS = ("x", "y", "z", "labels", "values", "text")


class PlotlyRenderer:
    """Draws the MIME type of plotly figures (the protocol is myst-nb's)."""

    mime_priority_overrides: ClassVar[Sequence[tuple[str, str, int | None]]] = [
        ("html", MIME_TYPE, 5)  # before the text/html that plotly may add, which loads a CDN
    ]

    @staticmethod
    def handle_mime(
        renderer: NbElementRenderer, data: MimeData, inline: bool
    ) -> list[nodes.Element] | None:
        """The figure as nodes, or None if the data is something else."""
        if inline or data.mime_type != MIME_TYPE:
            return None
        figure = data.content
        assert isinstance(figure, dict)
        for trace in figure["data"]:
            kind = trace.get("type", "scatter")
            if FETCHING.search(kind):
                problem = f"a {kind!r} trace loads its map from another host; use a scatter plot"
                renderer.logger.warning(problem, subtype="plotly", line=data.line)
        return [nodes.raw(text=to_html(figure), format="html", classes=["output"])]


def to_html(figure: dict[str, Any]) -> str:
    """A figure as HTML: a title, a place to draw, its data, and a table that needs no script."""
    layout, title = _without_title(figure.get("layout", {}))
    drawn = {"data": figure["data"], "layout": layout}
    if figure.get("frames"):
        drawn["frames"] = figure["frames"]
    caption = f"<figcaption>{escape(title)}</figcaption>" if title else ""
    return (
        f'<figure {MARK} aria-label="{escape(describe(figure))}">{caption}'
        f'<div class="llm-viz-plot" style="min-height: {layout["height"]}px"></div>'
        f"{as_script(MIME_TYPE, drawn)}"
        f"<details><summary>The numbers of this figure</summary>{_tables(figure)}</details>"
        f"<noscript>{_tables(figure)}</noscript>"
        "</figure>"
    )


def describe(figure: dict[str, Any]) -> str:
    """A text alternative: the author's (``layout.meta["alt"]``), else one made of the titles."""
    layout = figure.get("layout", {})
    meta = layout.get("meta")
    if isinstance(meta, dict) and meta.get("alt"):
        return str(meta["alt"])
    kinds = sorted({trace.get("type", "scatter") for trace in figure["data"]})
    parts = [f"Chart ({', '.join(kinds)})"]
    if title := _title(layout):
        parts[0] += f": {title}"
    for axis, what in (("xaxis", "across"), ("yaxis", "up")):
        if title := _title(layout.get(axis, {})):
            parts.append(f"{what}: {title}")
    names = [str(trace["name"]) for trace in figure["data"] if trace.get("name")]
    if names:
        parts.append("series: " + ", ".join(names))
    return ". ".join(parts) + "."


def _without_title(layout: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """The layout with its height said and its title taken out, and the title.

    Plotly cuts off a title that is wider than a phone; the page breaks it into lines.
    """
    title = re.sub(r"<br */?>", " ", _title(layout))
    title = re.sub(r"</?[a-z][^>]*>", "", title)  # plotly's own markup: <b>, <i>, <sub> ...
    layout = {"height": DEFAULT_HEIGHT, **{k: v for k, v in layout.items() if k != "title"}}
    if title:
        margin = layout.get("margin", {})
        top = margin.get("t", DEFAULT_TOP)
        room = min(TITLE_ROOM, max(0, top - LEAST_TOP))
        layout |= {"margin": {**margin, "t": top - room}, "height": layout["height"] - room}
    return layout, title


def _title(holder: dict[str, Any]) -> str:
    title = holder.get("title")
    return str((title.get("text") if isinstance(title, dict) else title) or "")


def _tables(figure: dict[str, Any]) -> str:
    return "".join(_table(trace) for trace in figure["data"])


def _table(trace: dict[str, Any]) -> str:
    columns = {
        name: _flat(trace[name])
        for name in COLUMNS
        if isinstance(trace.get(name), list | dict) and len(_flat(trace[name]))
    }
    if not columns:
        return ""
    length = max(map(len, columns.values()))
    head = "".join(f'<th scope="col">{name}</th>' for name in columns)
    rows = "".join(
        "<tr>" + "".join(f"<td>{_cell(column, row)}</td>" for column in columns.values()) + "</tr>"
        for row in range(min(length, ROWS))
    )
    caption = escape(str(trace.get("name") or trace.get("type", "scatter")))
    if length > ROWS:
        caption += f" (the first {ROWS:,} of {length:,} rows)"
    return (
        f"<table><caption>{caption}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _flat(values: Any) -> Any:
    """Plain values of a trace's column; plotly writes arrays as base64 with a NumPy type."""
    if isinstance(values, dict):
        if "bdata" not in values:
            return []
        return np.frombuffer(base64.b64decode(values["bdata"]), dtype=values["dtype"])
    if values and isinstance(values[0], list):
        return [item for row in values for item in row]
    return values


def _cell(column: Any, row: int) -> str:
    if row >= len(column):
        return ""
    value = column[row]
    return f"{value:.4g}" if isinstance(value, float | np.floating) else escape(str(value))


def check_entry_point() -> None:
    """Raise if the installed package does not offer the renderer to myst-nb."""
    if any(point.load() is PlotlyRenderer for point in entry_points(group=ENTRY_POINTS)):
        return
    raise ExtensionError(
        f"no entry point of the group {ENTRY_POINTS!r} names llm_viz's PlotlyRenderer, so plotly "
        "figures would be missing; install the package again: `pip install --editable .`"
    )
