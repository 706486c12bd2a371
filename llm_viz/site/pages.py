"""Gives each page what its widgets and figures need, and nothing that it does not need.

myst-nb puts a notebook's whole widget state into the page's head, where it delays the text. It goes
to the end of the body here, cleaned by `widget_state`, and the scripts come only to pages that use
them. Until a widget is live, or where it never will be, a still picture stands in its place.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from docutils import nodes
from myst_nb.sphinx_ import NbMetadataCollector
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms.post_transforms import SphinxPostTransform

from llm_viz import widget_state
from llm_viz.site import files, plotly_renderer

NO_STILL = '<p class="llm-viz-still">This figure is drawn by JavaScript.</p>'
OPTIONS = "documentation_options.js"  # inline scripts read it as the page is parsed
LAST = 900  # after the other extensions' handlers have added their scripts


class WidgetOutputs(SphinxPostTransform):
    """Readies the widgets of a page's cells for a page.

    A widget's HTML output, if it has one, stands in its place until the widget is live. Progress
    bars are dropped: they belong to the run, and as core ipywidgets they would call for the whole
    manager.
    """

    default_priority = 3  # before myst-nb keeps one output and drops the others
    formats = ("html",)

    def run(self, **_kwargs: Any) -> None:
        """Go through the outputs of every cell."""
        bars = widget_state.progress_bars(_stored_models(self.env))
        for bundle in list(self.document.findall(nodes.container)):
            if bundle.get("nb_element") != "mime_bundle":
                continue
            outputs = {output["mime_type"]: output for output in bundle.children}
            view = outputs.get(widget_state.VIEW)
            if not isinstance(view, nodes.container):
                continue
            if bars.intersection(widget_state.shown_in(view.astext())):
                bundle.parent.remove(bundle)
                continue
            still = outputs.get("text/html")
            picture = still.astext() if still else NO_STILL
            view += nodes.raw(text=picture, format="html")


def _stored_models(env: BuildEnvironment) -> widget_state.Models:
    """The widget state of the page at hand, as myst-nb keeps it."""
    scripts = NbMetadataCollector.get_js_files(env, env.docname)
    _, attributes = scripts.get("ipywidgets_state", (None, {"body": '{"state": {}}'}))
    models: widget_state.Models = json.loads(attributes["body"])["state"]
    return models


def prepare_page(
    app: Sphinx, page: str, _template: str, context: dict[str, Any], _doctree: nodes.document | None
) -> None:
    """Give a page its widgets' state and its scripts (event ``html-page-context``)."""
    if app.builder.format != "html":
        return
    models = _take_models(context["script_files"])
    if page != "search":  # its own inline scripts want theirs at once
        _let_none_block(context["script_files"])
    body = context.get("body", "")
    if shown := widget_state.shown_in(body):
        context["body"] = body + _widget_scripts(app, page, models, shown)
        host = f"{files.FOLDER}/{files.HOST}"
        app.add_js_file(host, loading_method="async", fetchpriority="high")
    if plotly_renderer.MARK in body:
        plotly: dict[str, Any] = {"data-plotly": files.copy_plotly(Path(app.outdir), page)}
        app.add_js_file(f"{files.FOLDER}/{files.PLOTLY_FIGURES}", loading_method="async", **plotly)


def _take_models(scripts: list[Any]) -> widget_state.Models:
    """Take the widget state that myst-nb added out of the page's scripts (changes the list)."""
    states = [script for script in scripts if _type(script) == widget_state.STATE]
    scripts[:] = [script for script in scripts if _type(script) != widget_state.STATE]
    models: widget_state.Models = {}
    for script in states:
        models |= json.loads(script.attributes["body"])["state"]
    return models


def _let_none_block(scripts: list[Any]) -> None:
    """Let the theme's scripts run after the page is read, in their order (changes the list)."""
    for place, script in enumerate(scripts):
        name = getattr(script, "filename", None)
        if not name or str(name).endswith(OPTIONS) or {"async", "defer"} & script.attributes.keys():
            continue
        # A copy: Sphinx hands the same object to every page.
        attributes = {**script.attributes, "defer": "defer"}
        scripts[place] = type(script)(script.filename, priority=script.priority, **attributes)


def _type(script: Any) -> str | None:
    return getattr(script, "attributes", {}).get("type")


def _widget_scripts(app: Sphinx, page: str, models: widget_state.Models, shown: list[str]) -> str:
    models = widget_state.only_needed(models, shown)
    models = widget_state.with_current_views(models, files.view_source)
    files.copy_assets(widget_state.asset_names(models), Path(app.outdir), page)
    models, traces = widget_state.set_traces_aside(models, shown[0])
    for name, content in traces.items():
        files.write_asset(Path(app.outdir), name, content)
    models, sources = widget_state.share_sources(models)
    state = {"version_major": 2, "version_minor": 0, "state": models}
    return widget_state.as_script(widget_state.SOURCES, sources) + widget_state.as_script(
        widget_state.STATE, state
    )


def setup(app: Sphinx) -> None:
    """Connect the handlers."""
    app.add_post_transform(WidgetOutputs)
    app.connect("html-page-context", prepare_page, priority=LAST)
