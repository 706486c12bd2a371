"""Launch buttons and source links: right where a repository is set, absent where none is."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from sphinx.errors import ExtensionError

from llm_viz.site.files import FOLDER, PACKAGE
from llm_viz.site.icons import STYLESHEET
from llm_viz.site.repository import configure

ROOT = PACKAGE.parent
CONFIG = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
EXAMPLE = "https://github.com/example/a-book"
SETTINGS = {"set": EXAMPLE, "empty": ""}
PAGES = ("index", "notebooks/chapter")
LAUNCHED = {
    "Binder": "https://mybinder.org/v2/gh/example/a-book/main"
    "?urlpath=lab/tree/notebooks/chapter.ipynb",
    "Colab": "https://colab.research.google.com/github/example/a-book/blob/main"
    "/notebooks/chapter.ipynb",
}
# As the book's first page: a notebook to jupyter-book, and not a file that Colab could open.
INDEX = """---
file_format: mystnb
kernelspec: {name: python3, display_name: Python 3}
---
# A book
"""
KERNEL = {
    "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
    "language_info": {"name": "python", "pygments_lexer": "ipython3"},
}
CELLS = [
    {"cell_type": "markdown", "id": "title", "metadata": {}, "source": "# A chapter"},
    {
        "cell_type": "code",
        "id": "sum",
        "metadata": {},
        "source": "1 + 1",
        "outputs": [],
        "execution_count": None,
    },
]
JUPYTER_BOOK = "import sys; from jupyter_book.cli.main import main; sys.exit(main())"


def start_build(folder: Path, url: str) -> subprocess.Popen[str]:
    """Begin to build a tiny book under the real book's settings, nothing executed."""
    (folder / "notebooks").mkdir(parents=True)
    config = {**CONFIG, "repository": {**CONFIG["repository"], "url": url}}
    config["execute"] = {**CONFIG["execute"], "execute_notebooks": "off"}
    toc = {"format": "jb-book", "root": PAGES[0], "chapters": [{"file": PAGES[1]}]}
    chapter = {"cells": CELLS, "metadata": KERNEL, "nbformat": 4, "nbformat_minor": 5}
    (folder / "_config.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    (folder / "_toc.yml").write_text(yaml.safe_dump(toc), encoding="utf-8")
    (folder / "index.md").write_text(INDEX, encoding="utf-8")
    (folder / "notebooks" / "chapter.ipynb").write_text(json.dumps(chapter), encoding="utf-8")
    command = [sys.executable, "-c", JUPYTER_BOOK, "build", ".", "--path-output", "."]
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    return subprocess.Popen(
        [*command, "--warningiserror", "--nitpick", "--keep-going"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The built site by `SETTINGS`; both are built at once."""
    workshop = tmp_path_factory.mktemp("repository")
    builds = {name: start_build(workshop / name, url) for name, url in SETTINGS.items()}
    said = {name: build.communicate()[0] for name, build in builds.items()}
    for name, build in builds.items():
        assert build.returncode == 0, said[name]
    return {name: workshop / name / "_build" / "html" for name in SETTINGS}


def html_of(site: Path, page: str) -> str:
    return (site / f"{page}.html").read_text(encoding="utf-8")


def links(html: str) -> dict[str, str]:
    """The addresses of the header's links by what they say."""
    header = html.partition('class="article-header-buttons"')[2].partition("<h1")[0]
    found = re.findall(r'<a href="([^"]*)"[^>]*?title="([^"]*)"', header, re.DOTALL)
    return {title: address.replace("&amp;", "&") for address, title in found}


def test_the_repository_is_unset_or_an_address() -> None:
    assert CONFIG["repository"]["url"] == "" or configured(CONFIG["repository"]["url"])


@pytest.mark.slow
def test_a_notebook_is_launched_from_its_place_in_the_repository(books: dict[str, Path]) -> None:
    found = links(html_of(books["set"], "notebooks/chapter"))
    assert {name: found[f"Launch on {name}"] for name in LAUNCHED} == LAUNCHED


@pytest.mark.slow
def test_a_page_that_is_no_notebook_file_has_its_source_and_no_launch(
    books: dict[str, Path],
) -> None:
    found = links(html_of(books["set"], "index"))
    assert found["Source repository"] == EXAMPLE
    issue, query = found["Open an issue"].split("?")
    assert issue == f"{EXAMPLE}/issues/new"
    assert "index.html" in query
    assert not any(title.startswith("Launch") for title in found)


@pytest.mark.slow
def test_the_buttons_have_their_pictures(books: dict[str, Path]) -> None:
    site = books["set"]
    css = (site / "_static" / STYLESHEET).read_text(encoding="utf-8")
    drawn = set(re.findall(r"\.fa-([\w-]+) \{ --icon", css))
    assert {"rocket", "github", "lightbulb"} <= drawn
    pictures = re.findall(r'<img alt="[^"]+" src="([^"]*)"', html_of(site, "notebooks/chapter"))
    assert len(pictures) == len(LAUNCHED)
    assert all((site / "notebooks" / picture).resolve().is_file() for picture in pictures)


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_nothing_shows_while_no_repository_is_set(books: dict[str, Path], page: str) -> None:
    html = html_of(books["empty"], page)
    hosts = ("github.com", "mybinder.org", "colab.research", "executablebooks")
    assert not [host for host in hosts if host in html]
    assert not re.search("launch|rocket|source-repository|source-issues", html, re.IGNORECASE)


@pytest.mark.slow
@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_loads_from_its_own_host_alone(
    books: dict[str, Path], setting: str, page: str
) -> None:
    html = html_of(books[setting], page)
    loaded = re.findall(r'<(?:script|link|img|iframe)\b[^>]*?(?:src|href)="([^"]*)"', html)
    assert any(FOLDER in address for address in loaded)
    assert [address for address in loaded if re.match(r"(https?:)?//", address)] == []
    assert "thebe" not in html.lower()


class Listener:
    """As much of Sphinx as `configure` asks for."""

    def __init__(self) -> None:
        self.events: list[str] = []

    def connect(self, event: str, _handler: object) -> None:
        self.events.append(event)


def configured(url: str | None) -> bool:
    """Whether launching is prepared for this setting."""
    listener = Listener()
    options = {"repository_url": url, "launch_buttons": {"colab_url": "https://colab"}}
    configure(listener, SimpleNamespace(html_theme_options=options))  # type: ignore[arg-type]
    return listener.events == ["html-page-context"]


@pytest.mark.parametrize("url", ["", None])
def test_no_address_is_no_error(url: str | None) -> None:
    assert not configured(url)


@pytest.mark.parametrize(
    "url",
    [
        "example/a-book",
        "https://github.com/example",
        "https://github.com/example/a-book/",
        "https://github.com/example/a-book.git",
        "git@github.com:example/a-book",
        "https://example.org/example/a-book",
    ],
)
def test_another_form_of_address_is_refused_with_what_to_write(url: str) -> None:
    with pytest.raises(ExtensionError, match=rf"{re.escape(repr(url))}.*https://github\.com/<"):
        configured(url)
