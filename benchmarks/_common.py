"""What the benchmarks share: workers to measure in, pairs, tables, and a page in a real browser.

Peers are measured in the same run, call by call in turn (A B A B ...), so that whatever else the
machine does hits both. What is reported is medians, and the median of the pairs' ratios.
"""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import platform
import statistics
import subprocess
import threading
import venv
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).resolve().parent.parent
HERE = ROOT / "benchmarks"
SCRATCH = ROOT / "_build" / "bench"
SITE = ROOT / "_build" / "html"
CHAPTER = "notebooks/next_word.html"
PEER_ENVIRONMENT = ROOT / ".venv-bench"

# Each word is one token, so that a text of any number of tokens can be cut from it.
WORDS = "the cat sat on the mat and looked at the dog in the garden while the old man read a book"


# --- reporting ----------------------------------------------------------------------------------


def heading(title: str, note: str = "") -> None:
    print(f"\n## {title}")
    if note:
        print(note)


def table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table whose columns line up; numbers stand to the right."""
    cells = [[str(cell) for cell in row] for row in (columns, *rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for number, line in enumerate(cells):
        padded = [
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        print("| " + " | ".join(padded) + " |")
        if number == 0:
            print("|" + "|".join("-" * (width + 2) for width in widths) + "|", flush=True)


def machine() -> str:
    """One line on what the figures were measured with."""
    cores = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    return f"{platform.system()} {platform.machine()}, {cores}"


def ms(seconds: float) -> str:
    return f"{1000 * seconds:,.0f} ms"


def kb(size: float) -> str:
    return f"{size / 1000:,.1f}"


def verdict(value: float, budget: float, *, at_least: bool = False) -> str:
    """How a figure stands to its budget."""
    good = value >= budget if at_least else value <= budget
    return f"{'meets' if good else 'MISSES'} {'≥' if at_least else '≤'} {budget:g}"


# --- pairs --------------------------------------------------------------------------------------


def in_turn(
    measures: Mapping[str, Callable[[], float]], pairs: int, *, warm_up: int = 1
) -> dict[str, list[float]]:
    """Call every measure once a round; returns what each gave, round by round."""
    for _ in range(warm_up):
        for measure in measures.values():
            measure()
    results: dict[str, list[float]] = {name: [] for name in measures}
    for _ in range(pairs):
        for name, measure in measures.items():
            results[name].append(measure())
    return results


def ratio(numerators: Sequence[float], denominators: Sequence[float]) -> float:
    """Median of the pairs' ratios."""
    return statistics.median(a / b for a, b in zip(numerators, denominators, strict=True))


def beside(times: Mapping[str, Sequence[float]], base: str) -> list[tuple[str, str, str]]:
    """A row for each measure: its name, its median, and the median of its ratios to one of them."""
    return [
        (name, ms(statistics.median(seconds)), f"{ratio(seconds, times[base]):.2f}")
        for name, seconds in times.items()
    ]


# --- workers ------------------------------------------------------------------------------------


class Worker:
    """A process that holds one peer and answers one request a line (`_worker.py`)."""

    def __init__(self, python: Path | str, peer: str, *arguments: str) -> None:
        quiet = {"HF_HUB_OFFLINE": "1", "TQDM_DISABLE": "1", "TRANSFORMERS_VERBOSITY": "error"}
        self.peer = peer
        self._process = subprocess.Popen(
            [str(python), str(HERE / "_worker.py"), peer, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | quiet,
            text=True,
        )

    def ask(self, op: str, **details: Any) -> Any:
        """Send a request and wait for its answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"op": op, **details}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the worker of {self.peer} ended with {self._process.wait()}")
        return json.loads(line)

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=60)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def peer_python() -> Path:
    """Python of the peers' environment, made on first use."""
    wanted = (HERE / "requirements.txt").read_text(encoding="utf-8")
    stamp = PEER_ENVIRONMENT / ".installed"
    folder, name = ("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")
    python = PEER_ENVIRONMENT / folder / name
    if not (stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted):
        print("bench: installing the peers into .venv-bench (minutes, once)", flush=True)
        if not python.exists():
            venv.create(PEER_ENVIRONMENT, with_pip=True)
        index = os.environ.get("TORCH_INDEX")
        extra = ["--extra-index-url", index] if index else []
        command = [str(python), "-m", "pip", "install", "--quiet", *extra]
        subprocess.run([*command, "-r", str(HERE / "requirements.txt")], check=True)
        stamp.write_text(wanted, encoding="utf-8")
    return python


def reference_folder() -> Path:
    """The model as transformers itself reads it from the GGUF file, in the Hugging Face format."""
    from llm_viz.model import assets

    folder = SCRATCH / "reference"
    if not (folder / "model.safetensors").exists():
        print("bench: writing the reference weights with transformers (once)", flush=True)
        with assets.unpacked(assets.SMOLLM2) as gguf:
            command = [str(peer_python()), str(HERE / "_reference.py"), str(gguf), str(folder)]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return folder


# --- pages --------------------------------------------------------------------------------------


class _StaticHost(SimpleHTTPRequestHandler):
    """Sends text compressed, as hosts of static pages do."""

    protocol_version = "HTTP/1.1"  # connections are kept, as theirs are

    def log_message(self, *_: Any) -> None:
        """A request is no news."""

    def do_GET(self) -> None:
        """Send a file, compressed if it is text."""
        path = Path(self.translate_path(self.path))
        if path.suffix not in (".html", ".js", ".css", ".json", ".svg") or not path.is_file():
            return super().do_GET()
        content = _compressed(path)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        return None


@cache
def _compressed(path: Path) -> bytes:
    return gzip.compress(path.read_bytes(), 6)


@contextlib.contextmanager
def served(folder: Path = SITE) -> Iterator[str]:
    """Serve a folder on this machine for as long as the block lasts; gives its address."""
    if folder == SITE and not (folder / "index.html").exists():
        raise SystemExit("error: the book is not built; run `make html` first")
    handler = partial(_StaticHost, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()


@contextlib.contextmanager
def browser() -> Iterator[Any]:
    """A headless Chromium (Playwright's ``Browser``)."""
    from playwright.sync_api import sync_playwright

    from tools.browser import find_chromium

    path = find_chromium()
    if path is None:
        raise SystemExit("error: no Chromium found; run `python tools/browser.py`")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            yield chromium
        finally:
            chromium.close()


def pages() -> list[str]:
    """Every page of the built book, by its path in the site; redirects are no pages."""
    own = {"search.html", "genindex.html"}  # written by Sphinx, read by nobody from end to end
    found = {
        path.relative_to(SITE).as_posix()
        for path in SITE.rglob("*.html")
        if 'http-equiv="refresh"' not in path.read_text(encoding="utf-8").lower()
    }
    return sorted(name for name in found - own if not name.startswith("_"))
