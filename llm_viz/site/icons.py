"""The few icons that the pages use, as a stylesheet, for the theme's script (543 KB gzipped).

The theme writes ``<i class="fa-solid fa-bars">`` and lets a script replace it by a drawing from a
library of two thousand. When all pages are written we look which icons they name, take those few
drawings out of the theme's own script, and write them as CSS masks.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

import pydata_sphinx_theme
from sphinx.application import Sphinx
from sphinx.util import logging

from llm_viz.site.files import write_if_changed

logger = logging.getLogger(__name__)

STYLESHEET = "llm_viz/icons.css"
THEME = Path(pydata_sphinx_theme.__file__).parent / "theme/pydata_sphinx_theme/static/scripts"

# Class names that say which library an icon is of, and those that say nothing about which icon.
STYLES = {
    "fa-solid": "fas", "fas": "fas", "fa-regular": "far", "far": "far", "fa-brands": "fab",
    "fab": "fab", "fa": "fas",
}  # fmt: skip
SIZES = re.compile(r"fa-(lg|sm|xs|xl|2xs|2xl|fw|spin|stack|inverse|\d+x)$")

ICON = re.compile(
    r'[{,]"?(?P<name>[a-z0-9-]+)"?:\[(?P<width>\d+),(?P<height>\d+),'
    r'\[(?P<others>[^\]]*)\],"[0-9a-f]*",(?P<path>"[^"]*"|\[[^\]]*\])\]'
)
REGISTERED = re.compile(r'\("(?P<library>fa[srb])",\w+\),\w+\("fa-')
Library = dict[tuple[str, str], tuple[int, int, str]]

RULES = """\
.fa-solid, .fa-regular, .fa-brands, .fas, .far, .fab {
  display: inline-block; width: 1.25em; height: 1em; vertical-align: -0.125em;
  background: currentColor; mask: var(--icon) center / contain no-repeat;
}
.fa-solid::before, .fa-regular::before, .fa-brands::before, .fas::before, .far::before, .fab::before
{ content: none; }
@media (forced-colors: active) {
  .fa-solid, .fa-regular, .fa-brands, .fas, .far, .fab
  { forced-color-adjust: none; background: CanvasText; }
}
"""


def icons_named(html: str) -> set[tuple[str, str]]:
    """The (library, icon) pairs that a page's ``class`` attributes name.

    >>> icons_named('<i class="fa-solid fa-bars fa-lg"></i>')
    {('fas', 'bars')}
    """
    found = set()
    for classes in re.findall(r'class="([^"]*\bfa[srb-][^"]*)"', html):
        words = classes.split()
        library = next((STYLES[word] for word in words if word in STYLES), None)
        for word in words:
            if library and word.startswith("fa-") and word not in STYLES and not SIZES.match(word):
                found.add((library, word.removeprefix("fa-")))
    return found


def read_library(script: str) -> Library:
    """Every icon in Font Awesome's script: (library, name) -> (width, height, path)."""
    library: Library = {}
    start = 0
    for registered in REGISTERED.finditer(script):  # each library's table, then its registration
        for match in ICON.finditer(script, start, registered.start()):
            paths = json.loads(match["path"])
            shape = paths if isinstance(paths, str) else " ".join(paths)
            icon = (int(match["width"]), int(match["height"]), shape)
            others = [name for name in json.loads(f"[{match['others']}]") if isinstance(name, str)]
            for name in (match["name"], *others):
                library.setdefault((registered["library"], name), icon)
        start = registered.end()
    return library


def stylesheet(named: Iterable[tuple[str, str]], library: Library) -> tuple[str, list[str]]:
    """The CSS for the named icons, and the names that the library does not have."""
    rules, missing = [RULES], []
    classes = {"fas": ".fa-solid", "far": ".fa-regular", "fab": ".fa-brands"}
    for prefix, name in sorted(named):
        icon = library.get((prefix, name))
        if icon is None:
            missing.append(name)
            continue
        width, height, path = icon
        svg = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
            f'<path d="{path}"/></svg>'
        )
        url = quote(svg, safe=" /:=()'")
        selector = f":is({classes[prefix]}, .{prefix}).fa-{name}"
        rules.append(f'{selector} {{ --icon: url("data:image/svg+xml,{url}"); }}\n')
    return "".join(rules), missing


def write_icons(app: Sphinx, exception: Exception | None) -> None:
    """Write the stylesheet for all pages (event ``build-finished``)."""
    if exception or app.builder.format != "html":
        return
    named = set()
    for page in Path(app.outdir).rglob("*.html"):
        named |= icons_named(page.read_text(encoding="utf-8"))
    # The theme's script makes one icon of its own: the cross that closes an announcement.
    named |= {
        ("fas", name.removeprefix("fa-"))
        for name in re.findall(
            r"\bfa-[a-z-]+", (THEME / "pydata-sphinx-theme.js").read_text(encoding="utf-8")
        )
        if name not in STYLES
    }
    library = read_library((THEME / "fontawesome.js").read_text(encoding="utf-8"))
    css, missing = stylesheet(named, library)
    for name in missing:
        logger.warning("no icon is called %r", name, type="llm_viz", subtype="icons")
    write_if_changed(Path(app.outdir) / "_static" / STYLESHEET, css.encode())


def setup(app: Sphinx) -> None:
    """Link the stylesheet on every page, and write it at the end."""
    app.add_css_file(STYLESHEET)
    app.connect("build-finished", write_icons)
