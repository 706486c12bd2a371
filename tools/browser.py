"""Find Chromium, or get it: `python tools/browser.py` prints its path.

Tests and benchmarks ask `find_chromium`. The command also installs one if none is found: first
Playwright's own, then, for root on Debian, the system's package. With CI=true a missing browser is
an error; elsewhere it is a note, and what needs a browser is skipped.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

VARIABLE = "LLM_VIZ_BROWSER"
ON_PATH = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
MAC_APPS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)


def find_chromium() -> str | None:
    """Path of a Chromium that starts: ``$LLM_VIZ_BROWSER``, the machine's, Playwright's, or None.

    Raises:
        FileNotFoundError: ``$LLM_VIZ_BROWSER`` is set and does not start.
    """
    if chosen := os.environ.get(VARIABLE):
        if _starts(chosen):
            return chosen
        raise FileNotFoundError(f"${VARIABLE} is {chosen!r}, which does not start")
    machine = [path for name in ON_PATH if (path := shutil.which(name))]
    for path in [*machine, *MAC_APPS, _playwright_path()]:
        if path and _starts(path):
            return path
    return None


def ensure_chromium() -> str | None:
    """`find_chromium`, and if there is none, install one and say so."""
    if path := find_chromium():
        return path
    _say("browser: none found; asking Playwright to install Chromium")
    _try([sys.executable, "-m", "playwright", "install", "chromium"])
    if path := find_chromium():
        return path
    if Path("/etc/debian_version").exists() and os.geteuid() == 0:
        _say("browser: Playwright could not; installing Debian's chromium with apt-get")
        _try(["apt-get", "update", "-qq"])
        _try(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"])
    return find_chromium()


def _playwright_path() -> str | None:
    """Where Playwright would keep its own Chromium; it may not be there."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).is_file() else None


def _starts(path: str) -> bool:
    """Whether it runs: a download may lack system libraries, a snap stub its snap."""
    try:
        command = [path, "--version"]
        return subprocess.run(command, capture_output=True, timeout=30, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _try(command: list[str]) -> None:
    """Run a command whose success shows in what is there afterwards; keep its noise for failure."""
    quiet = os.environ | {
        "DEBIAN_FRONTEND": "noninteractive",
        "PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT": "10000",
    }
    try:
        done = subprocess.run(
            command,
            env=quiet,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError as error:
        _say(f"browser: {command[0]}: {error}")
        return
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines() or ["no reason given"]
        reason = next((line for line in lines if "rror" in line), lines[-1]).strip()
        _say(f"browser: {' '.join(command[:4])} failed: {reason}")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    if found := ensure_chromium():
        print(f"browser: {found}")
    elif os.environ.get("CI") == "true":
        sys.exit("error: no browser, and CI needs one: install Chromium or set $LLM_VIZ_BROWSER")
    else:
        _say("browser: none, so browser tests will be skipped; set $LLM_VIZ_BROWSER to use yours")
