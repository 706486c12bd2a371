"""The licences that the book states are those that the installed packages state."""

from __future__ import annotations

import json
import re
from importlib.metadata import metadata

import pytest

from llm_viz.site.files import PACKAGE

PAGE = (PACKAGE.parent / "book" / "licences.md").read_text(encoding="utf-8")
PYTHON = {
    "anywidget": "MIT",
    "gensim": "LGPL-2.1",
    "gguf": "MIT",
    "ipywidgets": "BSD",
    "jupyter-book": "BSD",
    "latex2mathml": "MIT",
    "myst-nb": "BSD",
    "numpy": "BSD-3-Clause",
    "plotly": "MIT",
    "pydata-sphinx-theme": "BSD",
    "safetensors": "Apache",
    "sphinx-book-theme": "BSD",
    "sphinx-copybutton": "MIT",
    "sphinx-design": "MIT",
    "sphinx-togglebutton": "MIT",
    "tokenizers": "Apache",
    "tqdm": "MPL-2.0",
    "transformers": "Apache",
    "umap-learn": "BSD",
}
NPM = {
    "anywidget": "MIT",
    "esbuild": "MIT",
    "backbone": "MIT",
    "d3-color": "ISC",
    "d3-format": "ISC",
    "dayjs": "MIT",
    "jquery": "MIT",
    "lodash": "MIT",
    "nouislider": "MIT",
    "typescript": "Apache-2.0",
    "underscore": "MIT",
}


def plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def stated(package: str) -> str:
    """The licence column of the row that names a package."""
    rows = [line.split("|") for line in PAGE.splitlines() if line.startswith("|")]
    found = [row[2] for row in rows if plain(package) in plain(row[1])]
    assert found, f"the page does not name {package}"
    return found[0]


@pytest.mark.parametrize("package, licence", PYTHON.items())
def test_python_packages(package: str, licence: str) -> None:
    about = metadata(package)
    fields = [about.get("License-Expression"), about.get("License")]
    fields += about.get_all("Classifier") or []
    assert any(licence in field for field in fields if field)
    assert licence in stated(package)


@pytest.mark.parametrize("package, licence", NPM.items())
def test_npm_packages(package: str, licence: str) -> None:
    about = PACKAGE / "js" / "node_modules" / package / "package.json"
    if not about.is_file():
        pytest.skip("the front end's tools are not installed; run llm_viz/js/build.py")
    assert json.loads(about.read_text(encoding="utf-8"))["license"] == licence
    assert licence in stated(package)
