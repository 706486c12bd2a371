"""Whatever changed behind the book reaches its pages, and nothing is done when nothing changed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from llm_viz.site import freshness

ROOT = Path(__file__).resolve().parents[2]
JUPYTER_BOOK = "import sys; from jupyter_book.cli.main import main; sys.exit(main())"
PAGE = """\
---
file_format: mystnb
kernelspec:
  name: python3
  display_name: Python 3
---

# A page

```{code-cell} python
import time

import anywidget
import traitlets
from llm_viz import names

class Probe(anywidget.AnyWidget):
    _esm = "export default { render() {} }; // from the notebook's run"
    time = traitlets.Float(time.time()).tag(sync=True)

# As if it were a widget of the package, so that the page takes the built view.
Probe.__module__ = "llm_viz.widgets.probe"
print(names.SITES["embed"].meaning)
Probe()
```
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A small package of the real one's shape."""
    package = tmp_path / "package"
    for name in ("a.py", "model/b.py", "site/c.py", "js/build.py", "data/d.bin", "static/e.js"):
        path = package / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return package


@pytest.mark.parametrize("name", ["a.py", "model/b.py", "data/d.bin"])
def test_code_and_data_count(package: Path, name: str) -> None:
    before = freshness.code_digest(package, package)
    (package / name).write_text("changed")
    assert freshness.code_digest(package, package) != before


@pytest.mark.parametrize("name", ["site/c.py", "js/build.py", "static/e.js", "model/__pycache__/b"])
def test_what_no_notebook_runs_does_not_count(package: Path, name: str) -> None:
    before = freshness.code_digest(package, package)
    (package / name).parent.mkdir(exist_ok=True)
    (package / name).write_text("changed")
    assert freshness.code_digest(package, package) == before


def test_pinned_versions_and_new_files_count(package: Path) -> None:
    seen = {freshness.code_digest(package, package)}
    (package / "requirements.txt").write_text("numpy==2.4.0")
    seen.add(freshness.code_digest(package, package))
    (package / "model" / "new.py").write_text("")
    seen.add(freshness.code_digest(package, package))
    (package / "model" / "new.py").rename(package / "model" / "renamed.py")
    seen.add(freshness.code_digest(package, package))
    assert len(seen) == 4


def test_a_cache_is_emptied_once_when_the_code_changed(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    assert not freshness.empty_if_stale(cache, "first")  # nothing was there
    (cache / "executed").mkdir()
    assert not freshness.empty_if_stale(cache, "first")
    assert (cache / "executed").is_dir()
    assert freshness.empty_if_stale(cache, "second")
    assert not (cache / "executed").exists()
    assert not freshness.empty_if_stale(cache, "second")


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package with a built front end, and a book of one page."""
    folder = tmp_path_factory.mktemp("workshop")
    leave_out = shutil.ignore_patterns("node_modules", "__pycache__", "src", "static")
    shutil.copytree(ROOT / "llm_viz", folder / "llm_viz", ignore=leave_out)
    views = folder / "llm_viz" / "static" / "views"
    views.mkdir(parents=True)
    (views / "probe.js").write_text("export default { render() {} }; // first build")
    for name in ("host.js", "plotly_figures.js", "manager.js", "manager.css"):
        (views.parent / name).write_text(f"// {name}")
    book = folder / "book"
    book.mkdir()
    shutil.copy(ROOT / "_config.yml", book)
    (book / "_toc.yml").write_text("format: jb-book\nroot: page\n")
    (book / "page.md").write_text(PAGE)
    return folder


def build(workshop: Path) -> tuple[str, str, str]:
    """Build the book; returns the log, the page, and when the page's notebook was run."""
    path = os.pathsep.join([str(workshop), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-c", JUPYTER_BOOK, "build", ".", "--warningiserror", "--keep-going"],
        cwd=workshop / "book",
        env={**os.environ, "PYTHONPATH": path, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    page = (workshop / "book" / "_build" / "html" / "page.html").read_text(encoding="utf-8")
    run_at = re.search(r'"time":([\d.]+)', page)
    assert run_at
    return done.stdout, page, run_at[1]


@pytest.mark.notebook
@pytest.mark.slow
def test_changed_code_and_views_reach_the_page(workshop: Path) -> None:
    package = workshop / "llm_viz"
    _, page, first_run = build(workshop)
    assert "token embeddings, before any block" in page
    assert "// first build" in page
    assert "from the notebook" not in page.split("sources+json")[1]

    log, page, run = build(workshop)
    assert "no targets are out of date" in log
    assert run == first_run

    (package / "static" / "views" / "probe.js").write_text("export default {}; // second build")
    log, page, run = build(workshop)
    assert "// second build" in page
    assert "Executing notebook" not in log
    assert run == first_run

    names = package / "names.py"
    names.write_text(names.read_text().replace("before any block", "before every block"))
    log, page, second_run = build(workshop)
    assert "token embeddings, before every block" in page
    assert "// second build" in page
    assert second_run > first_run

    log, page, run = build(workshop)
    assert "no targets are out of date" in log
    assert run == second_run
