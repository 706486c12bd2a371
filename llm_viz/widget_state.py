"""The state of a page's widgets, as the page carries it. Pure functions on the widgets' JSON.

A notebook repeats a view's source in every widget, keeps widgets that no page shows, and holds the
source as it was when the notebook ran. Here each source is kept once, what nobody sees is dropped,
and the views of this package get the source that is built now.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

# A notebook's widget state: model id -> {"model_name": ..., "state": {...}, "buffers": [...]}.
Models = dict[str, dict[str, Any]]

STATE = "application/vnd.jupyter.widget-state+json"
VIEW = "application/vnd.jupyter.widget-view+json"
SOURCES = "application/vnd.llm-viz.sources+json"
ASSETS = "application/vnd.llm-viz.assets+json"  # name -> base64 of gzip
SOURCE = "llm-viz-source:"  # host.js puts the source back where it finds this
CLASSIC = "classic.js"  # how the name of a shared script ends that a page may run as it is
OWN_VIEW = re.compile(r"llm_viz\.widgets\.(\w+)\.\w+")
REFERENCE = re.compile(r"(?:IPY_MODEL_|anywidget:)(.+)")


def shown_in(html: str) -> list[str]:
    """The ids of the models that a page's HTML shows, in order."""
    views = re.findall(rf'<script type="{re.escape(VIEW)}">(.*?)</script>', html, re.DOTALL)
    return [str(json.loads(view)["model_id"]) for view in views]


def progress_bars(models: Models) -> set[str]:
    """The ids of tqdm's progress bars: boxes that hold ipywidgets' own bar."""
    bars = {
        model_id for model_id, model in models.items() if "ProgressModel" in model["model_name"]
    }
    return bars | {
        model_id
        for model_id, model in models.items()
        if bars.intersection(_references(model["state"].get("children")))
    }


def only_needed(models: Models, shown: Iterable[str]) -> Models:
    """The models that are shown, all that they refer to, and the links between those."""
    needed: set[str] = set()
    queue = list(shown)
    links = {
        model_id: set(_references(model["state"]))
        for model_id, model in models.items()
        if model["model_name"].endswith("LinkModel")
    }
    while queue:
        model_id = queue.pop()
        if model_id in needed or model_id not in models:
            continue
        needed.add(model_id)
        queue += _references(models[model_id]["state"])
        # A link is nobody's child: it comes with either of its ends, and brings the other.
        queue += [link for link, ends in links.items() if model_id in ends]
    return {model_id: model for model_id, model in models.items() if model_id in needed}


def _references(value: object) -> Iterator[str]:
    if isinstance(value, str):
        if match := REFERENCE.fullmatch(value):
            yield match[1]
    elif isinstance(value, dict):
        for item in value.values():
            yield from _references(item)
    elif isinstance(value, list):
        for item in value:
            yield from _references(item)


def without_layout(models: Models) -> Models:
    """The models without those that lay out core ipywidgets: an anywidget does not look at them."""
    return {
        model_id: model
        for model_id, model in models.items()
        if not model["model_name"].endswith(("LayoutModel", "StyleModel"))
    }


def with_current_views(models: Models, view_source: Callable[[str, str], str | None]) -> Models:
    """The models, those of this package's widgets with the view that is built now.

    Args:
        models: the state of a page's widgets; left as it is.
        view_source: the module (``"js"``) or stylesheet (``"css"``) of a view by its name, None if
            there is none.
    """
    current = dict(models)
    for model_id, model in models.items():
        if name := _view_name(model):
            built = {"_esm": view_source(name, "js"), "_css": view_source(name, "css")}
            found = {trait: text for trait, text in built.items() if text is not None}
            current[model_id] = {**model, "state": {**model["state"], **found}}
    return current


def set_traces_aside(models: Models, first: str) -> tuple[Models, dict[str, bytes]]:
    """The models with the traces that are not seen at once as shared files, and those files.

    A page then opens as quickly with ten figures as with one: a view asks for a trace when it draws
    it. Only the model ``first`` keeps the trace that it shows.

    Returns:
        The models, in whose trait ``traces`` a trace may now be ``{"asset": name}``; and the
        content of each file by its name.
    """
    current, aside = {}, {}
    for model_id, model in models.items():
        state, buffers = dict(model["state"]), []
        for buffer in model.get("buffers", ()):
            trait, *place = buffer["path"]
            shown = model_id == first and place == [state.get("prompt", 0)]
            if trait != "traces" or shown or not _view_name(model):
                buffers.append(buffer)
                continue
            content = base64.b64decode(buffer["data"])
            name = f"trace-{hashlib.sha256(content).hexdigest()[:12]}.safetensors"
            aside[name] = content
            state["traces"] = list(state["traces"])
            state["traces"][place[0]] = {"asset": name}
        current[model_id] = {**model, "state": state, "buffers": buffers}
    return current, aside


def share_sources(models: Models) -> tuple[Models, dict[str, str]]:
    """The models with every ``_esm`` and ``_css`` replaced by a key, and the sources by key."""
    keys: dict[str, str] = {}
    shared = {}
    for model_id, model in models.items():
        state = dict(model["state"])
        for trait in ("_esm", "_css"):
            if state.get(trait):
                state[trait] = SOURCE + keys.setdefault(state[trait], str(len(keys)))
        shared[model_id] = {**model, "state": state}
    return shared, {key: source for source, key in keys.items()}


def asset_names(models: Models) -> set[str]:
    """The files that this package's widgets name in their trait ``assets`` (role -> file name)."""
    own = (model["state"] for model in models.values() if _view_name(model))
    return {name for state in own for name in (state.get("assets") or {}).values()}


def _view_name(model: dict[str, Any]) -> str | None:
    """The view of this package that draws a model: ``llm_viz.widgets.<view>.<Class>``."""
    match = OWN_VIEW.fullmatch(model["state"].get("_anywidget_id") or "")
    return match[1] if match else None


def as_script(mime_type: str, content: object) -> str:
    """A ``<script>`` that holds JSON; no text in it can end the script or open a comment."""
    text = json.dumps(content, separators=(",", ":")).replace("<", r"\u003c")
    return f'<script type="{mime_type}">{text}</script>\n'
