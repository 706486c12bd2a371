"""A release holds what it needs: the wheel is built once and looked into."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from llm_viz import widgets
from llm_viz.widgets.base import View

ROOT = Path(__file__).resolve().parent.parent
# What the package reads at run time beside its code; the front end's own sources are not among it.
NOT_SHIPPED = {"js", "static", "wasm", "__pycache__"}


@pytest.fixture(scope="session")
def built(tmp_path_factory) -> Path:
    """A folder with the wheel and the source archive, both built from this checkout."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--sdist"]
    done = subprocess.run(
        [*command, "--outdir", str(folder), str(ROOT)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="session")
def wheel_names(built) -> set[str]:
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="session")
def sdist_names(built) -> set[str]:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        return {name.partition("/")[2] for name in archive.getnames()}


@pytest.mark.slow
def test_the_wheel_has_the_front_end_of_every_view(wheel_names):
    views = [view for view in vars(widgets).values() if isinstance(view, type)]
    views = [view for view in views if issubclass(view, View)]
    assert views
    missing = {
        view.__name__
        for view in views
        if f"llm_viz/static/views/{view.front_end}.js" not in wheel_names
    }
    assert missing == set()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["host.js", "manager.js", "manager.css", "tokenizer_library.js"])
def test_the_wheel_has_the_scripts_of_the_page(wheel_names, name):
    assert f"llm_viz/static/{name}" in wheel_names


@pytest.mark.slow
def test_the_wheel_has_every_file_of_the_package(wheel_names):
    package = ROOT / "llm_viz"
    expected = {
        path.relative_to(ROOT).as_posix()
        for path in package.rglob("*")
        if path.is_file()
        and not path.name.startswith(".")
        and not NOT_SHIPPED & set(path.relative_to(package).parts)
    }
    assert "llm_viz/names.py" in expected
    assert expected - wheel_names == set()


@pytest.mark.slow
def test_the_wheel_has_nothing_else(wheel_names):
    strangers = {
        name
        for name in wheel_names
        if not name.startswith(("llm_viz/", "llm_viz-"))
        or name.startswith("llm_viz/js/")
        or {"node_modules", "tests", "__pycache__"} & set(name.split("/"))
    }
    assert strangers == set()


@pytest.mark.slow
def test_the_source_archive_can_build_the_wheel(sdist_names):
    needed = {"hatch_build.py", "pyproject.toml", "README.md", "LICENSE"}
    needed |= {
        f"llm_viz/js/{name}"
        for name in ("build.py", "bundle.mjs", "package.json", "package-lock.json", "src/host.js")
    }
    assert needed - sdist_names == set()
    built = [name for name in sdist_names if name.startswith("llm_viz/static/")]
    assert built + [name for name in sdist_names if "node_modules" in name] == []


def test_myst_nb_finds_the_renderer_of_plotly_figures():
    (point,) = [p for p in entry_points(group="myst_nb.mime_renderers") if p.name == "plotly"]
    assert point.load().__module__ == "llm_viz.site.plotly_renderer"
