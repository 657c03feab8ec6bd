"""Chromium, and JupyterLab as `make lab` starts it: one of each for a module of browser tests.

Playwright keeps an event loop in the main thread, where no other may run: it ends with the module.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from launched import JupyterLab, copy_course, start_jupyterlab
from pages import OpenNotebook, Watched
from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
APPLICATIONS = ("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One Chromium for a module's tests."""
    with sync_playwright() as playwright:
        path = find_chromium(playwright.chromium.executable_path)
        if path is None:
            pytest.skip("no Chromium: apt install chromium, or name one by CAPSIZE_CHROMIUM")
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        arguments = [*sandbox, "--disable-dev-shm-usage", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


def find_chromium(bundled: str) -> str | None:
    """Find a Chromium: CAPSIZE_CHROMIUM, the one that `playwright install` keeps, or one that the system has."""
    named = os.environ.get("CAPSIZE_CHROMIUM")
    candidates = [named] if named else [bundled, *map(shutil.which, NAMES), *APPLICATIONS]
    return next((path for path in candidates if path and Path(path).is_file()), None)


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    """A copy of the course for a module's tests; a module may add notebooks of its own."""
    return copy_course(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="module")
def jupyterlab(course) -> Iterator[JupyterLab]:
    """One JupyterLab for a module's tests, on its copy of the course."""
    server = start_jupyterlab(course)
    yield server
    server.stop()


@pytest.fixture
def own_jupyterlab(tmp_path) -> Iterator[JupyterLab]:
    """A JupyterLab that the test may stop, on a copy of the course."""
    server = start_jupyterlab(copy_course(tmp_path))
    yield server
    server.stop()


@pytest.fixture
def watched(chromium) -> Iterator[Watched]:
    """Open a fresh page that is listened to."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    watched = Watched(context.new_page())
    watched.listen()
    yield watched
    context.close()


@pytest.fixture
def open_notebook(watched, jupyterlab):
    """Open a notebook, named from the root, with its kernel connected; the kernel ends with the test."""
    opened: list[OpenNotebook] = []

    def open_it(path: str) -> OpenNotebook:
        watched.page.goto(jupyterlab.page(path))
        opened.append(OpenNotebook(watched, path))
        opened[-1].wait_for_kernel()
        return opened[-1]

    yield open_it
    for notebook in opened:
        notebook.shut_down()
