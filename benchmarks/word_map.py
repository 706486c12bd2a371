"""The map of 20,000 words in software rendering: when it can be used, how it pans, what it weighs.

*Usable* is from scrolling to the map until its points rest and are on the screen, on the book's own
page if it is built, else on an exported one. Panning and weight are of exports of the same points:
ours, jupyter-scatter's widget in a page that `llm_viz.export_html` writes (it has no export of its
own), and embedding-atlas's application. Ours also holds the vectors and four more maps. A frame is
one of the browser's; it counts as drawn if the map was drawn anew in it.
"""

from __future__ import annotations

import base64
import contextlib
import gzip
import json
import math
import shutil
import statistics
import subprocess
import time
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import anywidget
import traitlets

import llm_viz
from benchmarks._common import (
    HERE,
    SCRATCH,
    SITE,
    browser,
    heading,
    kb,
    machine,
    peer_python,
    served,
    table,
    verdict,
)
from llm_viz import widget_state
from llm_viz.analyses import frequent_words
from llm_viz.studies import word_layouts
from llm_viz.widgets import WordMap
from llm_viz.widgets.page_words import PUBLISHED

CHAPTER = "notebooks/word_vectors.html"
FOLDER = SCRATCH / "maps"
OURS = "llm_viz"
PEERS = ("jupyter-scatter", "embedding-atlas")
VISITS, DRAGS = 5, 5
USABLE = 3.0  # seconds
PANNED = 2.0  # seconds of a drag
PATIENCE = 20.0  # seconds for a map to draw its first points
SCREEN = {"width": 1200, "height": 800}
FAR_DOWN = '<main style="padding-top: 3000px">'

# The view of the WordMap; a LearningMap has the same class.
FIND = """
() => {
  const scripts = (kind) => [...document.querySelectorAll(`script[type="${kind}"]`)];
  const [states, views] = ["state", "view"].map((part) => scripts(`application/vnd.jupyter.widget-${part}+json`));
  const models = Object.assign({}, ...states.map((at) => JSON.parse(at.text).state));
  const isMap = (id) => models[id]?.state._anywidget_id === "llm_viz.widgets.word_map.WordMap";
  const marker = views.find((at) => isMap(JSON.parse(at.text).model_id));
  return marker?.nextElementSibling?.querySelector(".lv-word_map") ?? null;
}
"""  # noqa: E501 - JavaScript
SCROLL = """
async (map) => {
  const frame = () => new Promise(requestAnimationFrame);
  const began = performance.now();
  map.scrollIntoView({ behavior: "instant" });
  while (!map.dataset.drawn) await frame();
  await frame(); // and then it is on the screen
  await frame();
  return (performance.now() - began) / 1000;
}
"""
# Runs before the page's own scripts: notes whether anything was drawn, by whatever way to draw.
WATCH = """
(() => {
  globalThis.pan = { drew: false, ever: false, frames: 0, drawn: 0 };
  const watch = (kind, names) => {
    for (const name of names) {
      const draw = kind?.prototype[name];
      if (draw) kind.prototype[name] = function (...rest) {
        pan.drew = pan.ever = true;
        return draw.apply(this, rest);
      };
    }
  };
  watch(globalThis.WebGLRenderingContext, ["drawArrays", "drawElements"]);
  watch(globalThis.WebGL2RenderingContext, ["drawArrays", "drawElements"]);
  watch(globalThis.GPUQueue, ["submit"]);
})();
"""
START = """
() => {
  Object.assign(pan, { began: performance.now(), frames: 0, drawn: 0, drew: false });
  const count = () => {
    pan.frames++;
    pan.drawn += pan.drew;
    pan.drew = false;
    requestAnimationFrame(count);
  };
  requestAnimationFrame(count);
}
"""
STOP = """
() => {
  const seconds = (performance.now() - pan.began) / 1000;
  const pixels = [...document.querySelectorAll("canvas")].map((each) => each.width * each.height);
  return [pan.frames / seconds, pan.drawn / seconds, Math.max(...pixels) / 1e6];
}
"""


class NotDrawnError(Exception):
    """A map could not be exported, or not drawn; the message says how it failed."""


class Pan(NamedTuple):
    """Frames a second while the map is dragged, how many of them drew it, and how large it is."""

    frames: float
    drawn: float
    megapixels: float


def main() -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    (FOLDER / "index.html").write_text("<!DOCTYPE html>", encoding="utf-8")
    view = WordMap(llm_viz.load_vectors(), "cat")
    page = _export(view, f"{OURS}.html")
    far = page.read_text(encoding="utf-8").replace("<main>", FAR_DOWN, 1)
    (FOLDER / "far.html").write_text(far, encoding="utf-8")
    pages = {OURS: page.name}
    failures = {}
    for peer in PEERS:
        try:
            pages[peer] = _export_peer(peer)
        except NotDrawnError as problem:
            failures[peer] = str(problem)
    with browser() as chromium:
        usable(chromium)
        with served(FOLDER) as address:
            compare(chromium, address, pages, failures)


# --- usable -------------------------------------------------------------------------------------


def usable(chromium: Any) -> None:
    """Seconds from scrolling to the map until its points rest."""
    chapter = SITE / CHAPTER
    has_map = chapter.is_file() and "word_map.WordMap" in chapter.read_text(encoding="utf-8")
    site, name = (SITE, CHAPTER) if has_map else (FOLDER, "far.html")
    with served(site) as address:
        seconds, by = zip(*(_visit(chromium, address + name) for _ in range(VISITS)), strict=True)
    where = "the book's page" if has_map else "an exported page: the book's has no map"
    heading(f"The map of words ({machine()})", f"{VISITS} visits with an empty cache, {where}.")
    rows = [(f"{statistics.median(seconds):.2f} s", f"{max(seconds):.2f} s", by[0])]
    table(("usable, median", "slowest", "drawn by"), rows)
    median = statistics.median(seconds)
    print(f"\nusable after it is scrolled to: {median:.2f} s, {verdict(median, USABLE)}")


def _visit(chromium: Any, address: str) -> tuple[float, str]:
    """Seconds, and what the map was drawn by."""
    context = chromium.new_context(viewport=SCREEN)
    page = context.new_page()
    page.goto(address, wait_until="networkidle")
    page.wait_for_function(f"Boolean(({FIND})())")
    view = page.evaluate_handle(FIND).as_element()
    assert view.evaluate("map => !map.dataset.drawn"), "the map is drawn before it is scrolled to"
    seconds = view.evaluate(SCROLL)
    by = view.evaluate("map => map.dataset.drawnBy")
    context.close()
    return float(seconds), str(by)


# --- against peers ------------------------------------------------------------------------------


def compare(chromium: Any, address: str, pages: dict[str, str], failures: dict[str, str]) -> None:
    """Frames while panning, and the weight of each page."""
    drawn = {}
    for name, path in pages.items():
        try:
            _pan(chromium, address + path)  # the first try: does it draw at all?
            drawn[name] = partial(_pan, chromium, address + path)
        except NotDrawnError as problem:
            failures[name] = str(problem)
    pans: dict[str, list[Pan]] = {name: [] for name in drawn}
    for _ in range(DRAGS):
        for name, drag in drawn.items():
            pans[name].append(drag())
    heading("Panning, and the page's weight", f"Medians of {DRAGS} drags; KB, gzipped.")
    rows = []
    for name, path in pages.items():
        whole = _weight(chromium, address, path)
        plotly = _plotly_in(FOLDER / path) if name == OURS else 0
        pan = [statistics.median(each) for each in zip(*pans.get(name, []), strict=True)]
        shown = [f"{value:.{digits}f}" for value, digits in zip(pan, (0, 0, 2), strict=False)]
        rows.append((name, *(shown or 3 * ["–"]), kb(whole - plotly), kb(plotly)))
    table(("20,000 points", "frames/s", "drawn/s", "megapixels", "page", "plotly"), rows)
    for name, failure in failures.items():
        print(f"\n{name}: {failure}")


def _weight(chromium: Any, address: str, path: str) -> int:
    """Bytes of what a page loads into an empty browser, as a host that compresses sends them."""
    context = chromium.new_context(viewport=SCREEN)
    page = context.new_page()
    loaded: set[Path] = set()

    def note(request: Any) -> None:
        if request.url.startswith(address):
            loaded.add(FOLDER / urlsplit(request.url).path.lstrip("/"))

    page.on("request", note)
    page.goto(address + path, wait_until="networkidle")
    context.close()
    files = (file for file in loaded if file.is_file())
    return sum(len(gzip.compress(file.read_bytes(), 6)) for file in files)


def _pan(chromium: Any, address: str) -> Pan:
    """Open a map and drag it about."""
    context = chromium.new_context(viewport=SCREEN)
    try:
        context.add_init_script(WATCH)
        page = context.new_page()
        page.goto(address)
        place = _place_of_drawing(page)
        x, y = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
        page.mouse.move(x, y)
        page.mouse.down()
        page.evaluate(START)
        began = time.perf_counter()
        while (now := time.perf_counter() - began) < PANNED:
            page.mouse.move(x + 80 * math.sin(3 * now), y + 60 * math.sin(2 * now))
        found = Pan(*page.evaluate(STOP))
        page.mouse.up()
        return found
    finally:
        context.close()


def _place_of_drawing(page: Any) -> dict[str, float]:
    """Where the map is on the screen, once it is drawn and at rest."""
    from playwright.sync_api import TimeoutError as TooLongError

    try:
        page.wait_for_function("pan.ever", timeout=1000 * PATIENCE)
    except TooLongError:
        told = page.locator("body").inner_text().splitlines()
        reason = next((line.strip() for line in told if "WebG" in line), "nothing")
        sentence = f"exported, but no point drawn in {PATIENCE:.0f} s; its page says: {reason}"
        raise NotDrawnError(sentence) from None
    page.wait_for_timeout(2000)
    canvases = [each.bounding_box() for each in page.query_selector_all("canvas")]
    return max(filter(None, canvases), key=lambda box: box["width"] * box["height"])


# --- exports ------------------------------------------------------------------------------------


def _export(view: Any, name: str) -> Path:
    with contextlib.redirect_stdout(None):
        return llm_viz.export_html(view, FOLDER / name)


def _export_peer(peer: str) -> str:
    """Export the book's map with a peer; returns the page's path in the folder.

    Raises:
        NotDrawnError: it cannot be installed, or its export fails.
    """
    points = FOLDER / "points.json"
    if not points.exists():
        words = frequent_words(llm_viz.load_vectors(), PUBLISHED)
        x, y = (word_layouts.load().maps["umap2"] / 65535.0).T.tolist()
        points.write_text(json.dumps({"word": words, "x": x, "y": y}), encoding="utf-8")
    try:
        command = [str(peer_python()), str(HERE / "_map_peers.py"), peer, str(points)]
        target = FOLDER / peer
        subprocess.run([*command, str(target)], check=True, capture_output=True, text=True)
    except subprocess.CalledProcessError as problem:
        last = (str(problem.stderr or problem).strip().splitlines() or ["no word"])[-1]
        raise NotDrawnError(f"not exported: {last}") from None
    if target.is_dir():
        return f"{peer}/index.html"
    return _export(_rebuilt(json.loads(target.read_text(encoding="utf-8"))), f"{peer}.html").name


def _rebuilt(model: dict[str, Any]) -> anywidget.AnyWidget:
    """An anywidget of a package that is not installed here, from its state in a notebook."""
    state = model["state"]
    for buffer in model["buffers"]:
        *path, last = buffer["path"]
        holder = state
        for key in path:
            holder = holder[key]
        holder[last] = base64.b64decode(buffer["data"])
    shared = {"layout", "tabbable", "tooltip"}  # what every widget has
    own = {key: value for key, value in state.items() if key[0] != "_" and key not in shared}
    code = {"_esm": state["_esm"], "_css": state["_css"]}
    widget: anywidget.AnyWidget = type("Peer", (anywidget.AnyWidget,), code)()
    widget.add_traits(**{key: traitlets.Any(value).tag(sync=True) for key, value in own.items()})
    return widget


def _plotly_in(page: Path) -> int:
    """Bytes of plotly.js in an exported page, as sent."""
    _, after = page.read_text(encoding="utf-8").split(f'type="{widget_state.ASSETS}">', 1)
    assets = json.loads(after.split("</script>", 1)[0])
    (packed,) = (text for name, text in assets.items() if name.startswith("plotly"))
    return len(gzip.compress(packed.encode(), 6))


if __name__ == "__main__":
    main()
