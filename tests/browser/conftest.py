"""Fixtures of the browser tests: a browser, a visitor that watches its pages, the built books."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.support import ROOT, Book, Visitor, build_book, published
from tools.browser import find_chromium

SMALL_BOOK = ROOT / "tests" / "site" / "book"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = find_chromium()
    if path is None:
        problem = "no Chromium on this machine; run `python tools/browser.py` to get one"
        if os.environ.get("CI", "").lower() in ("1", "true"):
            pytest.fail(f"{problem} (CI must have one)")
        pytest.skip(problem)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Visitor]:
    visitor = Visitor(browser)
    yield visitor
    visitor.close()
    visitor.check()


@pytest.fixture(scope="session")
def small_book(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Book]:
    """The fixture book (tests/site/book) under the real book's settings."""
    workshop = tmp_path_factory.mktemp("small_book")
    source = workshop / "book"
    shutil.copytree(SMALL_BOOK, source)
    shutil.copy(ROOT / "_config.yml", source)
    with published(build_book(source), workshop) as book:
        yield book


@pytest.fixture(scope="session")
def real_book(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Book]:
    """The book itself; a fresh `_build` is used as it is."""
    with published(build_book(ROOT), tmp_path_factory.mktemp("real_book")) as book:
        yield book
