"""Launch buttons for Binder and Colab, and links to the source, all from one setting.

The setting is ``repository: url:`` in ``_config.yml``. The buttons are the theme's own. While the
setting is empty the theme would fail over them, or show jupyter-book's own repository, so here they
are taken away; when it is set, launching is offered on notebooks only, which is all that Colab
opens. They are plain links: a page asks nothing of another host until somebody follows one.
"""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ExtensionError

GITHUB = re.compile(r"https://github\.com/[\w.-]+/[\w.-]+(?<!\.git)")
SOURCE_BUTTONS = (
    "use_repository_button", "use_source_button", "use_edit_page_button", "use_issues_button",
)  # fmt: skip


def configure(app: Sphinx, config: Config) -> None:
    """Check the setting, and withhold the buttons that it does not allow (``config-inited``).

    Raises:
        ExtensionError: the setting is no address of a GitHub repository.
    """
    options: dict[str, Any] = config.html_theme_options
    url = options.get("repository_url") or ""
    launch = options.pop("launch_buttons", {})
    if not url:
        options.update(dict.fromkeys(SOURCE_BUTTONS, False))
    elif GITHUB.fullmatch(url):
        app.connect("html-page-context", partial(offer_launch, launch))
    else:
        raise ExtensionError(
            f"_config.yml: repository.url is {url!r}; write https://github.com/<owner>/<name>, "
            "without a slash or .git at the end, or leave it empty"
        )


def offer_launch(launch: dict[str, Any], app: Sphinx, page: str, *_context: Any) -> None:
    """Let the theme launch this page if it is a notebook (before its ``html-page-context``)."""
    is_notebook = Path(app.env.doc2path(page)).suffix == ".ipynb"
    app.config.html_theme_options["launch_buttons"] = launch if is_notebook else {}


def setup(app: Sphinx) -> None:
    """Connect the check."""
    app.connect("config-inited", configure)
