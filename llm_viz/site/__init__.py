"""The Sphinx extension that makes the book a self-contained static site.

Without it the pages that jupyter-book writes load scripts from other hosts and show no widget when
those are blocked. With it they make no request off their own host, at any address or from a folder,
and carry no script that they do not use. Each module here does one part of that and has its own
``setup``; what they know about widgets is in `llm_viz.widget_state`, in pure functions.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config

from llm_viz.site import files, freshness, icons, maths, pages, plotly_renderer, repository

# For the notebooks that a build runs: figures as data, no progress bars in their text output.
KERNEL_ENVIRONMENT = {"PLOTLY_RENDERER": "plotly_mimetype", "TQDM_DISABLE": "1"}


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension (called by Sphinx)."""
    plotly_renderer.check_entry_point()
    for part in (maths, icons, files, pages, repository, freshness):
        part.setup(app)
    app.connect("config-inited", _configure)
    app.add_css_file(f"{files.FOLDER}/site.css")
    app.add_js_file(f"{files.FOLDER}/page.js")
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _configure(_app: Sphinx, config: Config) -> None:
    """Switch off what myst-nb and the theme would load from elsewhere."""
    config.nb_ipywidgets_js = {}  # `pages` adds what a page needs
    config.templates_path = [*config.templates_path, str(Path(__file__).parent / "templates")]
    if not config.html_favicon:  # without one, browsers ask the host's root in vain
        config.html_favicon = str(files.ADDITIONS / "favicon.svg")
    os.environ.update(KERNEL_ENVIRONMENT)
