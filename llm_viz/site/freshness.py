"""Keeps the built book as fresh as the code behind it.

The execution cache knows a notebook by its cells alone, and Sphinx a page by its source. Both would
ship stale output when only the package changed. So, at the start of a build:

- the package's code, its data or the pinned versions changed: the execution cache is emptied;
- this extension changed too, or a notebook failed last time: the pages are read again;
- only the front end changed: the pages are written again, and nothing is run.

When nothing changed, nothing is done.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

from llm_viz.site.files import PACKAGE, STATIC, write_if_changed

logger = logging.getLogger(__name__)

CODE_STAMP = "llm_viz_code.sha256"  # in the execution cache: it comes and goes with it
FRONT_END_STAMP = "llm_viz_front_end.sha256"  # beside the doctrees


def digest(paths: Iterable[Path], root: Path) -> str:
    """One digest of files' names and contents; the order does not matter."""
    total = hashlib.sha256()
    for path in sorted(paths):
        content = path.read_bytes()
        total.update(f"{path.relative_to(root).as_posix()} {len(content)}\n".encode())
        total.update(content)
    return total.hexdigest()


def code_files(package: Path) -> list[Path]:
    """What notebooks' outputs depend on: the package's code and data, not its site and scripts."""
    elsewhere = (package / "site", package / "js", package / "static")
    code = [
        path
        for path in package.rglob("*.py")
        if not any(path.is_relative_to(folder) for folder in elsewhere)
    ]
    data = [path for path in (package / "data").rglob("*") if path.is_file()]
    return [*code, *data]


def code_digest(source_dir: Path, package: Path = PACKAGE) -> str:
    """The digest of the package's code and data and of the pinned versions."""
    pins = [path for path in [source_dir / "requirements.txt"] if path.is_file()]
    return digest(code_files(package), package) + digest(pins, source_dir)


def empty_if_stale(cache: Path, current: str) -> bool:
    """Empty the execution cache unless this code filled it; True if it was emptied."""
    stamp = cache / CODE_STAMP
    if stamp.is_file() and stamp.read_text(encoding="ascii") == current:
        return False
    stale = cache.is_dir() and any(cache.iterdir())
    if stale:
        shutil.rmtree(cache)
    # Written at once: whatever this build puts into the cache is this code's.
    write_if_changed(stamp, current.encode("ascii"))
    return stale


def check_cache(app: Sphinx) -> None:
    """Empty the cache if the code changed (event ``builder-inited``, after myst-nb's own)."""
    if empty_if_stale(_cache(app), code_digest(Path(app.srcdir))):
        logger.info("llm_viz changed: the notebooks will be run again")


def pages_to_read(
    app: Sphinx, env: BuildEnvironment, _added: set[str], _changed: set[str], _removed: set[str]
) -> list[str]:
    """The pages to read again (event ``env-get-outdated``)."""
    site = Path(__file__).parent
    own = (path for path in site.rglob("*") if path.is_file() and path.suffix != ".pyc")
    current = code_digest(Path(app.srcdir)) + digest(own, site)
    known = getattr(env, "llm_viz_digest", current)
    env.llm_viz_digest = current  # type: ignore[attr-defined]
    if known != current:
        return sorted(env.found_docs)
    # Sphinx would call a page done whose notebook failed, and the next build would pass.
    metadata: dict[str, dict[str, Any]] = getattr(env, "nb_metadata", {})
    return [
        page
        for page, data in metadata.items()
        if not (data.get("exec_data") or {"succeeded": True})["succeeded"]
    ]


def pages_to_write(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """The pages to write again although they were not read (event ``env-get-updated``)."""
    stamp = _front_end_stamp(app)
    if stamp.is_file() and stamp.read_text(encoding="ascii") == _front_end_digest():
        return []
    return sorted(env.found_docs)


def note_front_end(app: Sphinx, exception: Exception | None) -> None:
    """Remember which front end the pages have (event ``build-finished``)."""
    if exception is None:
        write_if_changed(_front_end_stamp(app), _front_end_digest().encode("ascii"))


def _front_end_digest() -> str:
    return digest((path for path in STATIC.rglob("*") if path.is_file()), STATIC)


def _front_end_stamp(app: Sphinx) -> Path:
    return Path(app.doctreedir) / FRONT_END_STAMP


def _cache(app: Sphinx) -> Path:
    return Path(app.env.mystnb_config.execution_cache_path)  # type: ignore[attr-defined]


def setup(app: Sphinx) -> None:
    """Connect the checks."""
    app.connect("builder-inited", check_cache, priority=600)  # myst-nb sets the path at 500
    app.connect("env-get-outdated", pages_to_read)
    app.connect("env-get-updated", pages_to_write)
    app.connect("build-finished", note_front_end)
