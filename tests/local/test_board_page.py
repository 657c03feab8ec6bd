"""The board's page as a server: who may see it, what it sends, and what a click does."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time

import httpx
import pytest

import capsize
from capsize.board_page.server import BoardServer

SOON = 30.0
ELSEWHERE = {"Host": "attacker.example:80"}


@pytest.fixture
def page():
    """A page that follows the stack that was started last: its address."""
    with BoardServer() as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server.url
        server.shutdown()


def at(page, path):
    return page.replace("/?", f"{path}?")


def pictures(page):
    """Yield the pictures that a page is sent."""
    with httpx.stream("GET", at(page, "/pictures"), timeout=SOON) as stream:
        yield from (json.loads(line.removeprefix("data: ")) for line in stream.iter_lines() if line)


def seen(page, holds):
    """Wait for a picture that holds; raise where none comes in time."""
    deadline = time.monotonic() + SOON
    for picture in pictures(page):
        if holds(picture):
            return picture
        assert time.monotonic() < deadline, picture
    raise AssertionError("the stream ended")


@pytest.mark.parametrize(("path", "method"), [("/", "GET"), ("/pictures", "GET"), ("/log", "GET"), ("/act", "POST")])
def test_nobody_sees_or_acts_without_the_token(page, path, method):
    """Another user of this machine, and a web page whose name leads to it, get no picture and no act through."""
    bare = page.partition("?")[0].rstrip("/") + path
    assert httpx.request(method, bare).status_code == 403
    assert httpx.request(method, f"{bare}?token=guessed").status_code == 403
    assert httpx.request(method, at(page, path), headers=ELSEWHERE).status_code == 403


def test_no_stack_is_said_and_one_that_comes_is_followed(small, page):
    """A page that is open before anything is up shows the next stack, and says when it is down."""
    assert seen(page, lambda picture: True) == {"state": "down"}
    with capsize.lab(1, code="solutions"):
        assert seen(page, lambda picture: picture["state"] == "up")["stack"] == "01_boat"
    assert seen(page, lambda picture: picture["state"] == "down")


def test_a_click_acts_and_its_failure_is_told(small, page):
    """An act reaches the stack; what cannot be done comes back in words."""
    with capsize.lab(1, code="solutions") as stack:
        assert httpx.post(at(page, "/act"), json={"do": "stop", "who": "boat-1"}, timeout=SOON).status_code == 200
        assert stack.instance("boat-1").state == "stopped"
        refused = httpx.post(at(page, "/act"), json={"do": "stop", "who": "whale-1"}, timeout=SOON)
        assert (refused.status_code, "boat-1" in refused.text) == (409, True)


@pytest.mark.parametrize(
    "body", ["", "[]", '{"do": "logs", "who": "boat-1", "lines": 5}', '{"do": 7}', '{"within": 1}']
)
def test_what_is_no_act_is_refused(small, page, body):
    """Nonsense, and what is no act of a board, is refused; nothing happens."""
    with capsize.lab(1, code="solutions"):
        assert httpx.post(at(page, "/act"), content=body, timeout=SOON).status_code == 409


def test_ctrl_c_ends_it_quietly():
    """It says where the board is, and Ctrl-C ends it with exit code 0."""
    command = [sys.executable, "-m", "capsize.cli", "board", "--no-browser"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ)
    ) as it:
        said = [it.stdout.readline() for _ in range(3)]
        assert "http://127.0.0.1:" in said[1]
        it.send_signal(signal.SIGINT)
        assert (it.wait(SOON), it.stderr.read()) == (0, "")
