"""`export_html`: one widget, or several, as one file that works anywhere.

The page holds the widgets' data, the code that draws them and the files they share; it makes no
request. It shows what the widget showed when it was exported, and every control that needs no model
works. What stands in a page of the book is left to `llm_viz.site`.
"""

from __future__ import annotations

import base64
import gzip
import os
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from llm_viz import widget_state
from llm_viz.files import written_whole
from llm_viz.front_end import built

if TYPE_CHECKING:
    from ipywidgets import DOMWidget

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
<h1 class="unseen">{title}</h1>
{views}
</main>
{state}<script>{host}</script>
</body>
</html>
"""
_STYLE = """
:root { color-scheme: light dark; }
body { margin: 0; font: 1rem/1.5 system-ui, sans-serif; background: Canvas; color: CanvasText; }
main { max-width: 64rem; margin: 0 auto; padding: 0.75rem; }
.llm-viz-view { margin-block: 0.75rem; }
.llm-viz-still { margin-inline: 0; }
.llm-viz-still :is(th, td) { padding: 0 0.5rem 0 0; text-align: start; font-weight: 400; }
.llm-viz-ignored { overflow-wrap: anywhere; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
@media print { :root { color-scheme: light; } }
"""


def export_html(
    widget: DOMWidget | Sequence[DOMWidget],
    path: str | os.PathLike[str],
    *,
    title: str | None = None,
) -> Path:
    """Write a widget, or several that `jslink` may join, as one self-contained HTML file.

    The file works from a disk and on any host, without Python and without a network. Its size is
    printed, and the line that shows it inside another page.

    Args:
        widget: a view of this package, or any other anywidget; or a list of them.
        path: the file to write; one that is there is replaced, whole or not at all.
        title: of the page; the first widget's own if left out.

    Returns:
        The path of the file.

    Raises:
        TypeError: it is no widget, or refers to a core ipywidget, whose code the page has not.
        FileNotFoundError: the front end is not built, or a shared file is missing.
    """
    from llm_viz.widgets.assets import asset_path  # late: it loads ipywidgets and torch

    widgets = list(widget) if isinstance(widget, Sequence) else [widget]
    models = _models(widgets)
    assets = {name: _packed(asset_path(name)) for name in widget_state.asset_names(models)}
    models, sources = widget_state.share_sources(models)
    first = widgets[0]
    heading = getattr(first, "heading", type(first).__name__)
    title = str(title or getattr(first, "title", "") or heading)
    script = widget_state.as_script
    page = _PAGE.format(
        title=escape(title),
        style=_STYLE.strip(),
        views="\n".join(_place(shown) for shown in widgets),
        state=script(widget_state.ASSETS, assets)
        + script(widget_state.SOURCES, sources)
        + script(widget_state.STATE, {"version_major": 2, "version_minor": 0, "state": models}),
        host=built("host.js").read_text(encoding="utf-8").replace("</script", r"<\/script"),
    )
    target = Path(path)
    with written_whole(target) as part:
        part.write_text(page, encoding="utf-8")
    size = f"{target.stat().st_size / 1000:,.0f} KB"
    advice = "To show it in a page of yours, put the file beside it and write:"
    print(f"{target}: {size}. {advice}\n{snippet(target.name, title)}")  # noqa: T201 - asked for
    return target


def snippet(address: str, title: str) -> str:
    """The HTML that shows an exported page inside another one."""
    return (
        f'<iframe src="{escape(address)}" title="{escape(title)}" loading="lazy" '
        'style="width: 100%; height: 62rem; border: 0"></iframe>'
    )


def _models(widgets: Sequence[DOMWidget]) -> widget_state.Models:
    from ipywidgets import Widget

    for widget in widgets:
        if not isinstance(widget, Widget):
            raise TypeError(
                f"export_html takes widgets, not {type(widget).__name__}; "
                "give it a view such as llm_viz.widgets.NextToken(...)"
            )
    if not widgets:
        raise ValueError("the list of widgets is empty; give at least one")
    every = Widget.get_manager_state(drop_defaults=False)["state"]
    models = widget_state.only_needed(every, [widget.model_id for widget in widgets])
    models = widget_state.without_layout(models)
    for model in models.values():
        is_link = model["model_name"].endswith("LinkModel")
        if model["model_module"] != "anywidget" and not is_link:
            name = model["model_name"].removesuffix("Model")
            raise TypeError(
                f"an exported page cannot show {name}, a core ipywidget; "
                "give export_html the views alone, and join them with jslink"
            )
    return models


def _place(widget: DOMWidget) -> str:
    bundle = widget._repr_mimebundle_()
    still = bundle[0].get("text/html", "") if bundle else ""
    view = {"version_major": 2, "version_minor": 0, "model_id": widget.model_id}
    return widget_state.as_script(widget_state.VIEW, view) + still


def _packed(path: Path) -> str:
    return base64.b64encode(gzip.compress(path.read_bytes(), mtime=0)).decode("ascii")
