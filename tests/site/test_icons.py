"""The stylesheet of icons: which are named, where they come from, what is written."""

from __future__ import annotations

import re

from llm_viz.site.icons import THEME, icons_named, read_library, stylesheet

# The form of Font Awesome's script: a table, then its registration, library after library.
SCRIPT = (
    'var p={monero:[496,512,[],"f3d0","M1 1"]};(function(){d("fab",p),d("fa-brands",p)})();'
    'var p={"trash-can":[448,512,[61460,"trash-alt"],"f2ed","M2 2"]};'
    '(function(){d("far",p),d("fa-regular",p)})();'
    'var p={bars:[448,512,["navicon"],"f0c9",["M3 3","M4 4"]],'
    '"trash-can":[448,512,[],"f2ed","M5 5"]};(function(){d("fas",p),d("fa-solid",p)})();'
)


def test_finds_icons_by_library_and_leaves_sizes_out() -> None:
    html = """
      <i class="fa-solid fa-bars fa-lg"></i> <span class="btn fas fa-xmark">fa-moon</span>
      <i class="fa-brands fa-github"></i> <p class="fabric sofa-bed">fa-solid fa-sun</p>
    """
    assert icons_named(html) == {("fas", "bars"), ("fas", "xmark"), ("fab", "github")}


def test_reads_each_library_with_its_other_names() -> None:
    library = read_library(SCRIPT)
    assert library["fab", "monero"] == (496, 512, "M1 1")
    assert library["far", "trash-alt"] == library["far", "trash-can"] == (448, 512, "M2 2")
    assert library["fas", "trash-can"] == (448, 512, "M5 5")
    assert library["fas", "navicon"] == (448, 512, "M3 3 M4 4")


def test_writes_only_the_named_icons_and_says_which_are_missing() -> None:
    css, missing = stylesheet([("fas", "bars"), ("fas", "monero")], read_library(SCRIPT))
    assert re.findall(r"\.(fa-[\w-]+) \{ --icon", css) == ["fa-bars"]
    assert "M3 3 M4 4" in css
    assert missing == ["monero"]


def test_the_installed_themes_own_script_is_understood() -> None:
    library = read_library((THEME / "fontawesome.js").read_text(encoding="utf-8"))
    used = {("fas", name) for name in ("bars", "download", "moon", "sun", "circle-half-stroke")}
    assert used <= library.keys()
    assert ("fab", "github") in library
    assert len(library) > 1500
