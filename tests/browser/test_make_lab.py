"""`make lab`: the start page opens, and from it the labs, with nothing in the way and nothing left afterwards."""

from __future__ import annotations

import json
import re
import signal
import sys
from urllib.parse import parse_qs, urlsplit

import httpx
import psutil
import pytest
from playwright.sync_api import expect
from websockets.sync.client import connect

from capsize.course import Course

FIRST = "work/01_monolith.ipynb"


def test_address_is_on_this_machine_alone(jupyterlab):
    """The address that a learner sees is on 127.0.0.1, carries a token, and leads to the start page."""
    address = urlsplit(jupyterlab.url)
    assert (address.hostname, address.path) == ("127.0.0.1", "/course")
    assert address.query.startswith("token=")


def test_start_page_leads_to_the_first_lab_by_keyboard_alone(watched, jupyterlab):
    """The first stop after the pages' own links is the lab to begin with, and Enter opens it in a tab of its own."""
    page = watched.page
    page.goto(jupyterlab.url)
    begin = page.get_by_role("link", name="Begin with lab 01")
    for _ in range(12):
        page.keyboard.press("Tab")
        if begin.evaluate("link => link === document.activeElement"):
            break
    expect(begin).to_be_focused()
    with page.context.expect_page() as opened:
        page.keyboard.press("Enter")
    opened.value.wait_for_selector(".jp-NotebookPanel", timeout=60_000)
    assert urlsplit(opened.value.url).path == f"/lab/tree/{FIRST}"
    assert (watched.errors, watched.strangers) == ([], [])


def test_start_page_needs_the_token(jupyterlab):
    """Without the token there is no page, but a way to log in."""
    answer = httpx.get(f"{jupyterlab.home}/course")
    assert (answer.status_code, "/login" in answer.headers.get("location", "")) == (302, True)


def test_file_that_a_notebook_names_is_one_click_away(watched, jupyterlab, course):
    """A click on its name opens it in an editor."""
    Course(course).lab("01").workspace.begin()
    watched.page.goto(jupyterlab.page(FIRST))
    name = watched.page.locator(".jp-RenderedMarkdown a", has_text="work/01_monolith/inventory.py").first
    name.scroll_into_view_if_needed()
    name.click()
    expect(watched.page.locator(".jp-FileEditor")).to_contain_text("async def reserve", timeout=30_000)


def test_terminal_finds_capsize(jupyterlab):
    """A terminal of JupyterLab is no login shell, which would lose this environment's programs."""
    token = parse_qs(urlsplit(jupyterlab.url).query)["token"][0]
    with httpx.Client(base_url=jupyterlab.home, params={"token": token}) as client:
        name = client.post("/api/terminals").raise_for_status().json()["name"]
        address = f"{jupyterlab.home.replace('http', 'ws')}/terminals/websocket/{name}?token={token}"
        with connect(address, origin=jupyterlab.home) as terminal:
            terminal.send(json.dumps(["stdin", "echo found: $(command -v capsize)\r"]))
            said = ""
            while f"found: {sys.prefix}" not in said:
                kind, *words = json.loads(terminal.recv(timeout=20))
                said += words[0] if kind == "stdout" else ""
        client.delete(f"/api/terminals/{name}").raise_for_status()


def test_sheet_of_exercises_is_printed_without_the_links(watched, jupyterlab):
    """On paper there are the exercises alone, a page for each lab at least."""
    watched.page.goto(jupyterlab.url.replace("/course", "/course/sheet"))
    watched.page.emulate_media(media="print")
    expect(watched.page.locator("header")).to_be_hidden()
    pages = len(re.findall(rb"/Type\s*/Page\b", watched.page.pdf()))
    assert pages >= watched.page.locator("main > h2").count() > 5


def test_lab_01_opens_with_nothing_in_the_way(open_notebook):
    """The first lab stands open: no toast, no dialog, no error in the console, no request to anybody else."""
    notebook = open_notebook(FIRST)
    assert notebook.page.locator(".Toastify__toast, .jp-Dialog").count() == 0
    assert (notebook.watched.errors, notebook.watched.strangers) == ([], [])


def test_kernel_runs_the_kit(open_notebook):
    """The kernel is the environment's own: the kit is there, in the learner's own folder."""
    notebook = open_notebook(FIRST)
    shown = notebook.run("import capsize, os, sys; print(os.path.basename(os.getcwd()), sys.prefix != sys.base_prefix)")
    assert shown.split() == ["work", "True"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_stopping_leaves_no_kernel(own_jupyterlab, number):
    """Ctrl-C, SIGTERM or a closed terminal stops every kernel, and the server says that all went well."""
    own_jupyterlab.start_kernel()
    kernels = psutil.Process(own_jupyterlab.process.pid).children(recursive=True)
    assert kernels
    assert own_jupyterlab.stop(number) == 0
    assert psutil.wait_procs(kernels, timeout=2)[1] == []
