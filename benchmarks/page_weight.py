"""What a reader downloads for each page of the built book, as a host that compresses would send it.

Every page is opened in a real browser and scrolled to its end, so that what is loaded late counts
too. A file is counted as gzip level 6 makes it; fonts and pictures, which are compressed already,
as they are. Scripts inside the HTML, the widgets' own among them, count as scripts. Plotly is
counted apart.
"""

from __future__ import annotations

import gzip
import re
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from benchmarks._common import browser, heading, kb, pages, served, table, verdict

SCRIPTS = 350  # KB
PAGE = 3000
# What runs: scripts without a type or of a JavaScript type, and the sources of widgets.
INLINE = re.compile(
    rb"<script(?![^>]*\bsrc=)(?:(?![^>]*\btype=)|[^>]*javascript|[^>]*module|[^>]*sources\+json)"
    rb"[^>]*>(.*?)</script>",
    re.DOTALL | re.IGNORECASE,
)
COMPRESSED = (".woff2", ".woff", ".png", ".jpg", ".jpeg", ".webp", ".gz")


class File(NamedTuple):
    """One file that a page loaded; ``size`` is as sent."""

    path: str
    kind: str
    size: int


def main() -> None:
    found: dict[str, list[File]] = {}
    with served() as address, browser() as chromium:
        for name in pages():
            found[name] = files_of(chromium, address, name)
    _report(found)


def files_of(chromium: Any, address: str, name: str) -> list[File]:
    """What one page loads into an empty browser."""
    context = chromium.new_context()
    page = context.new_page()
    responses: list[Any] = []

    def note(response: Any) -> None:  # Playwright cannot take a list's own append
        responses.append(response)

    page.on("response", note)
    page.goto(address + name, wait_until="load")
    _scroll_to_end(page)
    page.wait_for_load_state("networkidle")
    files = []
    for response in responses:
        if not response.url.startswith(address) or not response.ok:
            continue  # data: and blob: addresses are part of another file
        path = urlsplit(response.url).path.lstrip("/")
        body = response.body()
        size = len(body) if path.endswith(COMPRESSED) else len(gzip.compress(body, 6))
        kind = _kind(path, response.request.resource_type)
        if kind == "document" and (inline := b"".join(INLINE.findall(body))):
            inside = len(gzip.compress(inline, 6))
            files.append(File(f"{path} (inside it)", "script", inside))
            size -= inside
        files.append(File(path, kind, size))
    context.close()
    return files


def _scroll_to_end(page: Any) -> None:
    page.evaluate(
        """async () => {
            for (let y = 0; y < document.body.scrollHeight; y += innerHeight / 2) {
                scrollTo(0, y);
                await new Promise((done) => setTimeout(done, 100));
            }
        }"""
    )


def _kind(path: str, resource: str) -> str:
    if "plotly.min" in path:
        return "plotly"
    if resource in {"script", "document", "stylesheet"}:
        return resource
    return "picture" if resource in {"image", "font"} else "data"


def _total(files: list[File], *kinds: str) -> int:
    return sum(file.size for file in files if file.kind in kinds)


def _report(found: dict[str, list[File]]) -> None:
    heading("Page weight", "KB, gzipped. Scripts hold the theme, the widgets and the maths.")
    kinds = ("script", "document", "data", "stylesheet", "picture", "plotly")
    rows = [
        (
            name,
            *(kb(_total(files, kind)) for kind in kinds),
            kb(_total(files, *kinds[:-1])),
        )
        for name, files in found.items()
    ]
    table(("page", "scripts", "HTML", "data", "styles", "pictures, fonts", "plotly", "total"), rows)
    heading("Files of all pages", "KB, gzipped; the pages that load each.")
    loaded: dict[File, int] = {}
    for files in found.values():
        for file in set(files):
            loaded[file] = loaded.get(file, 0) + 1
    ranked = sorted(loaded.items(), key=lambda item: -item[0].size)
    table(
        ("file", "kind", "KB", "pages"),
        [(file.path, file.kind, kb(file.size), pages) for file, pages in ranked],
    )
    scripts = max(_total(files, "script") for files in found.values()) / 1000
    whole = max(_total(files, *kinds[:-1]) for files in found.values()) / 1000
    print(f"\nheaviest scripts of a page: {scripts:.0f} KB, {verdict(scripts, SCRIPTS)}")
    print(f"heaviest page with its data: {whole:.0f} KB, {verdict(whole, PAGE)}")


if __name__ == "__main__":
    main()
