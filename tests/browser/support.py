"""What the browser tests are made of: a watched page, the books, and where they can be read.

A watched page fails its test when it so much as tries to reach another host, and on any error or
warning in its console, unless the test said beforehand which it expects.
"""

from __future__ import annotations

import functools
import http.server
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Route

ROOT = Path(__file__).resolve().parents[2]
FOREIGN = re.compile(r"^(?!(file|data|blob|about):|https?://(127\.0\.0\.1|localhost)[:/])")
# What a driver of the graphics card, or the software in its place, remarks on its own speed.
DRIVER = "GL Driver Message"
REDIRECT = 'http-equiv="Refresh"'
ADDRESSES = ("root", "subfolder", "file")
JUPYTER_BOOK = "import sys; from jupyter_book.cli.main import main; sys.exit(main())"
BUILD = ["build", ".", "--path-output", ".", "--warningiserror", "--nitpick", "--keep-going"]


@dataclass
class Watch:
    """What a page did that it should not have done."""

    expected: tuple[str, ...] = ()
    problems: list[str] = field(default_factory=list)

    def on_foreign_request(self, route: Route) -> None:
        self.problems.append(f"request off the host: {route.request.url}")
        route.abort()

    def on_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and DRIVER not in message.text:
            self.note(f"console {message.type}: {message.text} ({message.location['url']})")

    def note(self, problem: str) -> None:
        if not any(text in problem for text in self.expected):
            self.problems.append(problem)


@dataclass
class Visitor:
    """Opens watched pages; `check` says what went wrong in any of them."""

    browser: Browser
    watches: list[Watch] = field(default_factory=list)
    closers: list[Callable[[], None]] = field(default_factory=list)

    def open(
        self,
        url: str,
        *,
        theme: str = "light",
        width: int = 1280,
        expect: tuple[str, ...] = (),
        javascript: bool = True,
        script: str = "",
    ) -> Page:
        """Open a page, by default on a desktop screen in the light theme.

        A ``script`` runs before the page's own.
        """
        context = self.browser.new_context(
            viewport={"width": width, "height": 800},
            color_scheme="dark" if theme == "dark" else "light",
            java_script_enabled=javascript,
        )
        watch = Watch(expect)
        context.route(FOREIGN, watch.on_foreign_request)
        page = context.new_page()
        page.on("console", watch.on_console)
        page.on("pageerror", lambda error: watch.note(f"page error: {error}"))
        page.add_init_script(script or f'localStorage.setItem("mode", "{theme}")')
        self.watches.append(watch)
        self.closers.append(context.close)
        page.goto(url, wait_until="load")
        return page

    def close(self) -> None:
        """Close every page; what they still do by then counts."""
        for close in self.closers:
            close()

    def check(self) -> None:
        """Fail on the first page's problems."""
        for watch in self.watches:
            assert not watch.problems, "\n".join(watch.problems)


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, *_args: object) -> None:
        pass


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve a folder on a free port of this machine; gives the address, without a slash."""
    handler = functools.partial(QuietHandler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@dataclass(frozen=True)
class Book:
    """A built book, and where it can be read."""

    html: Path
    addresses: dict[str, str]

    def url(self, page: str, address: str = "root") -> str:
        """The URL of a page such as ``book/index`` at one of `ADDRESSES`."""
        return f"{self.addresses[address]}/{page}.html"

    def pages(self) -> list[str]:
        """Every page, the search and the index included; not the one that only leads on."""
        return sorted(
            path.relative_to(self.html).with_suffix("").as_posix()
            for path in self.html.rglob("*.html")
            if "_static" not in path.parts and REDIRECT not in path.read_text(encoding="utf-8")
        )


def build_book(source: Path) -> Path:
    """Build a book as `make html` does; nothing is done if nothing changed."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *_python_path()])}
    front_end = [str(ROOT / "llm_viz" / "js" / "build.py")]
    for command in (front_end, ["-c", JUPYTER_BOOK, *BUILD]):
        done = subprocess.run(
            [sys.executable, *command],
            cwd=source,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{' '.join(command)}:\n{done.stdout}\n{done.stderr}"
    return source / "_build" / "html"


def _python_path() -> list[str]:
    return [entry for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if entry]


@contextmanager
def published(html: Path, workshop: Path) -> Iterator[Book]:
    """A book at the root of a host, in a subfolder of one, and in a folder on the disk."""
    host = workshop / "host"
    host.mkdir()
    (host / "repo-name").symlink_to(html, target_is_directory=True)
    with serving(html) as root, serving(host) as other:
        yield Book(html, {"root": root, "subfolder": f"{other}/repo-name", "file": html.as_uri()})


# A colour that is still on its way from light to dark has no contrast to be judged by.
SETTLED = """() => Promise.all(document.getAnimations()
  .filter((each) => each.effect.getComputedTiming().endTime < Infinity)
  .map((each) => each.finished.catch(() => undefined))).then(() => undefined)"""


def barriers(page: Page) -> list[str]:
    """What axe-core finds serious or critical on a page for readers with disabilities."""
    page.evaluate(SETTLED)
    # Not its own loading of stylesheets: it gets the address of an imported one wrong.
    options = {"preload": False, "resultTypes": ["violations"]}
    found = Axe().run(page, options=options).response["violations"]
    return [
        f"{problem['impact']} {problem['id']}: {part['target']} {part['failureSummary']}"
        for problem in found
        if problem["impact"] in ("serious", "critical")
        for part in problem["nodes"]
    ]


def contrast(first: str, second: str) -> float:
    """The contrast ratio of two CSS colours, as WCAG defines it."""
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
