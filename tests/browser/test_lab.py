"""The chapter as a notebook in JupyterLab: with a kernel, the reader's own text is answered."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.support import ROOT, Visitor

pytestmark = [
    pytest.mark.browser,
    pytest.mark.notebook,
    pytest.mark.real_model,
    pytest.mark.slow,
]

NOTEBOOK = ROOT / "notebooks" / "next_word.ipynb"
SETTINGS = {
    "notebook-extension/tracker": {"windowingMode": "none"},  # draw the cells out of sight too
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}
START = 60  # seconds for the server
RUN = 300_000  # milliseconds for the notebook


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """JupyterLab on a copy of the notebook; gives its address."""
    folder = tmp_path_factory.mktemp("lab")
    shutil.copy(NOTEBOOK, folder)
    settings = folder / "settings" / "@jupyterlab"
    for name, values in SETTINGS.items():
        path = settings / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(values))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        *("-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}"),
        *("--IdentityProvider.token=", f"--ServerApp.root_dir={folder}"),
    ]
    log = (folder / "lab.log").open("w")
    server = subprocess.Popen(
        [sys.executable, *command],
        env={
            **os.environ,
            "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
            "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
        },
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    try:
        address = f"http://127.0.0.1:{port}"
        wait_until_up(f"{address}/api", server, folder / "lab.log")
        yield address
    finally:
        server.terminate()
        server.wait(timeout=30)
        log.close()


def wait_until_up(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.3)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()}")


def test_the_kernel_answers_the_readers_own_text(lab: str, visitor: Visitor) -> None:
    page = run_all_cells(lab, visitor)
    arrow_keys_move_a_slider_and_no_heading(page)
    a_text_of_ones_own_is_read_and_an_empty_one_is_explained(page)
    a_text_is_cut_as_it_is_typed(page)
    a_text_grows_until_it_is_stopped(page)


def run_all_cells(lab: str, visitor: Visitor) -> Page:
    # What Lab itself writes to the console is not ours; requests and page errors still count.
    page = visitor.open(f"{lab}/lab/tree/{NOTEBOOK.name}", expect=("console",))
    expect(page.locator(".jp-Notebook .jp-CodeCell").first).to_be_visible(timeout=START * 1000)
    expect(page.get_by_text("| Idle")).to_be_visible(timeout=START * 1000)  # the kernel is there
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    return page


def arrow_keys_move_a_slider_and_no_heading(page: Page) -> None:
    slider = page.get_by_role("slider", name="Temperature").first
    expect(slider).to_be_enabled(timeout=RUN)
    before = slider.input_value()
    slider.press("ArrowRight")
    expect(slider).not_to_have_value(before)
    slider.press("ArrowLeft")
    expect(slider).to_have_value(before)
    expect(slider).to_be_focused()


def a_text_of_ones_own_is_read_and_an_empty_one_is_explained(page: Page) -> None:
    own = page.get_by_role("textbox", name="Your own text").first
    expect(own).to_be_enabled(timeout=RUN)
    view = page.locator(".jp-OutputArea-output").filter(has=own).first
    temperature = view.get_by_role("slider", name="Temperature")
    temperature.press("Home")
    expect(view).to_contain_text("no doubt at all")

    own.fill("Two plus two makes")
    view.get_by_role("button", name="Run", exact=True).click()
    chips = view.get_by_role("group", name="The text as")
    expect(chips).to_contain_text("makes", timeout=RUN)
    expect(view.get_by_role("combobox", name="Text")).to_have_value("-1")

    own.fill("")
    view.get_by_role("button", name="Run", exact=True).click()
    expect(view.get_by_role("alert").filter(visible=True)).not_to_be_empty(timeout=RUN)
    expect(chips).to_contain_text("makes")  # what was on screen stays


def a_text_is_cut_as_it_is_typed(page: Page) -> None:
    view = page.locator(".lv-tokens").first
    view.get_by_role("textbox", name="Text").fill("grün 42")
    expect(view.locator(".lv-spoken")).to_have_text("5 tokens, 2 words.", timeout=RUN)
    expect(view.get_by_role("button", name="ün", exact=True)).to_be_visible()


def a_text_grows_until_it_is_stopped(page: Page) -> None:
    view = page.locator(".lv-generation").first
    own = view.get_by_role("textbox", name="Your own text")
    expect(own).to_be_enabled(timeout=RUN)
    own.fill("My grandmother's garden")
    view.get_by_role("button", name="Run", exact=True).click()
    strip = view.locator(".lv-gen-strip")
    expect(strip).to_contain_text("My grandmother's garden", timeout=RUN)
    expect(strip.locator(".lv-chip").nth(3)).to_be_visible(timeout=RUN)
    view.get_by_role("button", name="Stop").click()
    expect(view.get_by_role("button", name="Run", exact=True)).to_be_enabled(timeout=RUN)
