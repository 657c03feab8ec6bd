"""A widget on a page of its own, for every test of what the browser shows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import httpx
import nbformat
import pytest
from in_lab import LabBoard
from launched import TOKEN
from pages import OpenNotebook, Watched
from stage import Stage, serving

NOTEBOOK = "board.ipynb"


@pytest.fixture(scope="module")
def board_address() -> Iterator[str]:
    """Where the board is served."""
    with serving("board") as url:
        yield url


@pytest.fixture(scope="module")
def stage_page(chromium) -> Iterator[Watched]:
    """One page for a module's boards without Jupyter; each test loads it anew."""
    with closing(chromium.new_context()) as context:
        watched = Watched(context.new_page())
        watched.listen()
        yield watched


@pytest.fixture
def stage(stage_page, board_address) -> Iterator[Stage]:
    """A board with a fake model. Whatever the test did, nothing failed on the page and nobody outside was asked."""
    stage_page.page.set_viewport_size({"width": 1280, "height": 900})
    stage_page.page.emulate_media(color_scheme="light", reduced_motion="no-preference")
    stage_page.errors.clear()
    yield Stage(stage_page, board_address)
    assert (stage_page.errors, stage_page.strangers) == ([], [])


@pytest.fixture(scope="module")
def lab_board(chromium, jupyterlab) -> Iterator[LabBoard]:
    """Lab 01's board in JupyterLab, in a notebook of its own, over the real stack; one for a module's tests."""
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    content = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell() for _ in range(2)], metadata=kernel)
    address, headers = f"{jupyterlab.home}/api/contents/{NOTEBOOK}", {"Authorization": f"token {TOKEN}"}
    httpx.put(address, json={"type": "notebook", "content": content}, headers=headers).raise_for_status()
    with closing(chromium.new_context(viewport={"width": 1280, "height": 900})) as context:
        watched = Watched(context.new_page())
        watched.listen()
        watched.page.goto(jupyterlab.page(NOTEBOOK))
        notebook = OpenNotebook(watched, NOTEBOOK)
        notebook.wait_for_kernel()
        yield LabBoard(notebook)
        notebook.shut_down()


@pytest.fixture
def board(lab_board) -> Iterator[LabBoard]:
    """The board of a stack that is up, sound and quiet; whatever cell the test left running is interrupted."""
    lab_board.begin()
    yield lab_board
    lab_board.interrupt()
