"""All heads of a text in a page: against BertViz and CircuitsVis, on identical patterns.

Each page is opened in a fresh tab. *First picture* is from navigation to the first frame after
which the page rests: nothing changes in its document and nothing is drawn on a canvas for a while.
*Another head* is from the reader's event to the frame after which it rests again. BertViz asks for
three scripts of other hosts; they are given to it from npm packages (jQuery 2.2.4 for 2.0.0, which
is not there), and without them it is blank.

Ours carries all heads while a page may hold them. Beyond, the page carries every head small and
three of them whole, as an author would have it; with Python any head is sent when looked at.
"""

from __future__ import annotations

import gzip
import json
import shutil
import statistics
import subprocess
import tarfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from playwright.sync_api import Error

import llm_viz
from benchmarks._common import (
    HERE,
    SCRATCH,
    WORDS,
    browser,
    heading,
    kb,
    machine,
    ms,
    peer_python,
    served,
    table,
    verdict,
)
from llm_viz import widgets
from llm_viz.model import LanguageModel

FOLDER = SCRATCH / "attention"
OURS, PEERS = "llm_viz", ("BertViz", "CircuitsVis")
LENGTHS = (50, 100, 400, 1000)
ALL_UP_TO = 100  # tokens at which a page carries every head whole
CARRIED = [(18, 5), (18, 6), (18, 7)]  # the heads that a long text brings along
CHANGES = 7
PATIENCE = 90  # seconds for a page to be written, and again to be drawn
# The scripts that BertViz asks for: the npm package of each, and where it lies in there.
SCRIPTS = {
    "require.min.js": ("requirejs@2.3.6", "require.js"),
    "d3.min.js": ("d3@5.7.0", "dist/d3.min.js"),
    "jquery.min.js": ("jquery@2.2.4", "dist/jquery.min.js"),
}
GOALS = {50: (0.3, 0.016), 1000: (2.0, 0.05)}  # seconds: first picture, another head

# Runs before the page's own scripts. `rest(quiet)` gives the time of the first frame after the last
# change, once nothing has changed for so many milliseconds.
WATCH = """
(() => {
  let last = 0;
  let framed = 0;
  const work = () => { last = performance.now(); framed = 0; };
  const draws = ["drawImage", "putImageData", "fillRect", "fillText", "stroke", "fill"];
  for (const name of draws) {
    const draw = CanvasRenderingContext2D.prototype[name];
    CanvasRenderingContext2D.prototype[name] = function (...rest) { work(); return draw.apply(this, rest); };
  }
  new MutationObserver(work).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  const frame = () => { if (!framed && last) framed = performance.now(); requestAnimationFrame(frame); };
  requestAnimationFrame(frame);
  globalThis.rest = async (quiet, has) => {
    for (;;) {
      await new Promise((done) => setTimeout(done, 50));
      if (document.querySelector(has) && framed && performance.now() - framed > quiet) return framed;
    }
  };
})();
"""  # noqa: E501 - JavaScript
PICTURE = {
    OURS: ".lv-heads-large canvas",
    "BertViz": "#vis svg line",
    "CircuitsVis": "[id^=circuits-vis] canvas, [id^=circuits-vis] svg, [id^=circuits-vis] img",
}
# Each function goes to another head, and gives the moment before.
CHANGE = {
    OURS: """(n) => {
      const slider = document.querySelectorAll(".lv-heads input[type=range]")[1];
      const began = performance.now();
      slider.value = String(5 + (n % 3));
      slider.dispatchEvent(new Event("input", { bubbles: true }));
      return began;
    }""",
    "BertViz": """(n) => {
      const layers = document.querySelector("#layer");
      const began = performance.now();
      layers.value = String(n + 1);
      layers.dispatchEvent(new Event("change", { bubbles: true }));
      return began;
    }""",
    "CircuitsVis": """(n) => {
      const heads = document.querySelectorAll("[id^=circuits-vis] canvas");
      const began = performance.now();
      heads[n + 1].dispatchEvent(new MouseEvent("click", { bubbles: true }));
      return began;
    }""",
}


class Figures(NamedTuple):
    """What a page weighs, in bytes, and how long it takes, in seconds."""

    size: int
    packed: int
    first: float
    change: float


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    lm = llm_viz.load_model()
    heading(f"All 270 heads of a text ({machine()})", "Software rendering; medians of the changes.")
    found: dict[tuple[str, int], Figures | str] = {}
    with served(FOLDER) as address, browser() as chromium:
        for n in LENGTHS:
            for name in (OURS, *PEERS):
                before = [found[name, shorter] for shorter in LENGTHS if shorter < n]
                if any(isinstance(each, str) for each in before):
                    found[name, n] = "fails at fewer tokens already"
                    continue
                write = partial(ours, lm, n) if name == OURS else partial(peer, lm, name, n)
                found[name, n] = measured(chromium, address, name, write)
    rows = [(f"{n} tokens: {name}", *_cells(each)) for (name, n), each in found.items()]
    columns = ("", "KB", "KB gzipped", "first picture", "another head", "")
    table(columns, rows)
    _judge(found)


def measured(chromium: Any, address: str, name: str, write: Callable[[], Path]) -> Figures | str:
    """The figures of one page, or how it fails."""
    try:
        path = write()
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as error:
        return f"writes no page ({type(error).__name__} after {PATIENCE} s at most)"
    content = path.read_bytes()
    size, packed = len(content), len(gzip.compress(content, 6)) if len(content) < 2e8 else 0
    del content
    page = chromium.new_page(viewport={"width": 1200, "height": 900})
    page.set_default_timeout(1000 * PATIENCE)
    page.add_init_script(WATCH)
    page.route("**/*", lambda route: _answer(route, address))
    try:
        page.goto(address + path.name, wait_until="commit")
        first = _within(page, "(has) => rest(700, has)", PICTURE[name])
        changes = []
        for change in range(CHANGES):
            began = page.evaluate(CHANGE[name], change)
            changes.append(_within(page, "(has) => rest(300, has)", PICTURE[name]) - began)
    except (Error, TimeoutError) as error:  # a tab may die in many ways: each is a result
        said = str(error).splitlines()[0][:80]
        return f"{size / 1e6:,.0f} MB, shows nothing in {PATIENCE} s ({said})"
    finally:
        page.close()
        path.unlink()
    return Figures(size, packed, first / 1000, statistics.median(changes) / 1000)


def _within(page: Any, script: str, argument: str) -> float:
    """What a script of the page gives, or a TimeoutError."""
    began = time.monotonic()
    limited = (
        f"(has) => Promise.race([({script})(has), "
        f"new Promise((_, late) => setTimeout(() => late(new Error('too late')), {PATIENCE}e3))])"
    )
    found = float(page.evaluate(limited, argument))
    if time.monotonic() - began > PATIENCE:
        raise TimeoutError
    return found


def _answer(route: Any, address: str) -> None:
    """The page itself; what it asks of other hosts, from npm packages; and nothing else."""
    url, name = route.request.url, route.request.url.rsplit("/", 1)[-1]
    if url.startswith((address, "data:", "blob:")):
        route.continue_()
    elif name in SCRIPTS:
        route.fulfill(path=str(_script(name)), content_type="text/javascript")
    else:
        route.abort()


def _script(name: str) -> Path:
    """A script from its npm package, fetched once."""
    package, within = SCRIPTS[name]
    path = SCRATCH / "npm" / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        npm = shutil.which("npm")
        if npm is None:
            raise SystemExit("error: BertViz's scripts come from npm, and there is no npm here")
        command = [npm, "pack", "--silent", "--json", package]
        done = subprocess.run(command, cwd=path.parent, check=True, capture_output=True, text=True)
        packed = path.parent / json.loads(done.stdout)[0]["filename"]
        with tarfile.open(packed) as archive:
            member = archive.extractfile(f"package/{within}")
            assert member is not None
            path.write_bytes(member.read())
    return path


def ours(lm: LanguageModel, n: int) -> Path:
    carried = None if n <= ALL_UP_TO else CARRIED
    view = widgets.AttentionHeads(lm, _text(lm, n), layer=18, head=6, heads=carried)
    path = FOLDER / f"ours-{n}.html"
    llm_viz.export_html(view, path)
    return path


def peer(lm: LanguageModel, name: str, n: int) -> Path:
    trace = lm.run(_text(lm, n), sites=("pattern",))
    patterns, target = FOLDER / f"patterns-{n}.npz", FOLDER / f"{name.lower()}-{n}.html"
    if not patterns.exists():
        np.savez(patterns, patterns=trace["pattern"], tokens=np.array(trace.tokens))
    command = [peer_python(), HERE / "_attention_peers.py", name, patterns, target]
    subprocess.run(list(map(str, command)), check=True, capture_output=True, timeout=PATIENCE)
    return target


def _text(lm: LanguageModel, n: int) -> str:
    """A text of exactly n tokens, the start token included."""
    words = (WORDS + " ") * (n // 10 + 1)
    text = " ".join(words.split()[: n - 1])
    assert len(lm.token_ids(text)) == n
    return text


def _cells(each: Figures | str) -> tuple[str, ...]:
    if isinstance(each, str):
        return ("", "", "", "", each)
    packed = kb(each.packed) if each.packed else "not tried"
    return kb(each.size), packed, ms(each.first), ms(each.change), ""


def _judge(found: dict[tuple[str, int], Figures | str]) -> None:
    print()
    for n, (first, change) in GOALS.items():
        each = found[OURS, n]
        assert isinstance(each, Figures)
        print(
            f"{n} tokens: first picture {verdict(each.first, first)} s, "
            f"another head {verdict(each.change, change)} s"
        )
    mine, bertviz = found[OURS, 100], found["BertViz", 100]
    if isinstance(mine, Figures) and isinstance(bertviz, Figures):
        share = bertviz.size / mine.packed
        judged = verdict(share, 100, at_least=True)
        print(f"100 tokens: BertViz's page is {share:,.0f} × as heavy as ours gzipped, {judged}")


if __name__ == "__main__":
    main()
