"""How a copy that has a farewell of its own leaves: real processes, real signals."""

from __future__ import annotations

import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from running_shop import python

from capsize.runtime.ports import Ports

APP = """
import asyncio
from fastapi import FastAPI
from farewell import leave
from shop.core.graceful_shutdown import Copy, Counts

copy, app = Copy(leave), FastAPI()
app.add_middleware(Counts, copy=copy)
app.state.copy = copy


@app.get("/ready")
async def ready():
    return {"ready": copy.ready, "leaving": copy.leaving, "inside": copy.in_flight}


@app.get("/slow/{seconds}")
async def slow(seconds: float):
    await asyncio.sleep(seconds)
    return {"served": True}
"""
FINISHES = """
import asyncio


async def leave(copy):
    copy.ready = False
    await asyncio.sleep(0.5)
    copy.close()
    while copy.in_flight:
        await asyncio.sleep(0.05)
"""
FORGETS = "async def leave(copy):\n    copy.close()\n"
FAILS = "async def leave(copy):\n    1 / 0\n"


@pytest.fixture
def port() -> Iterator[int]:
    """A free port of this machine."""
    ports = Ports()
    yield ports.reserve()
    ports.close()


@pytest.fixture
def begin(tmp_path: Path, port: int) -> Iterator:
    """Serve the app with a farewell, and end it whatever happens."""
    started: list[subprocess.Popen[str]] = []

    def serve(farewell: str) -> subprocess.Popen[str]:
        (tmp_path / "app.py").write_text(APP)
        (tmp_path / "farewell.py").write_text(farewell)
        started.append(python("-m", "shop.serve", "app:app", cwd=tmp_path, PORT=str(port), HOST="127.0.0.1"))
        until(lambda: ask(port, "/ready") is not None)
        return started[-1]

    yield serve
    for process in started:
        process.kill()
        process.communicate()


def ask(port: int, path: str) -> dict | None:
    """Ask once; None where nobody answers, or not with what was asked for."""
    try:
        return httpx.get(f"http://127.0.0.1:{port}{path}", timeout=20).json()
    except (httpx.HTTPError, ValueError):
        return None


def until(holds) -> None:
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.01)


def customer(port: int, seconds: float) -> tuple[threading.Thread, list]:
    """Send a slow request, wait until it is inside, and collect its answer."""
    answers: list = []
    waiting = threading.Thread(target=lambda: answers.append(ask(port, f"/slow/{seconds}")))
    waiting.start()
    until(lambda: ask(port, "/ready")["inside"] == 1)
    return waiting, answers


def test_a_farewell_serves_on_and_finishes(begin, port):
    """After SIGTERM the copy says that it leaves, answers on, and exits with 0 when the last one inside is served."""
    process = begin(FINISHES)
    waiting, answers = customer(port, 2)
    process.send_signal(signal.SIGTERM)
    until(lambda: (said := ask(port, "/ready")) is None or (said["ready"], said["leaving"]) == (False, True))
    waiting.join()
    assert answers == [{"served": True}]
    assert process.wait(20) == 0


def test_whoever_is_inside_is_cut_off_when_the_farewell_returns(begin, port):
    """A farewell that waits for nobody drops who is inside, long before they would have been served."""
    process = begin(FORGETS)
    waiting, answers = customer(port, 60)
    words = leave(process)
    waiting.join()
    assert {"served": True} not in answers
    assert "exits, with 1 requests under way" in words


def test_a_farewell_that_fails_is_told_and_ends(begin, port):
    """An error in the farewell is in the log with its line, and the copy still exits."""
    process = begin(FAILS)
    words = leave(process)
    assert (process.returncode, "farewell.py" in words, "ZeroDivisionError" in words) == (0, True, True), words


def leave(process: subprocess.Popen[str]) -> str:
    """Send SIGTERM, wait for the end, and return what was written."""
    process.send_signal(signal.SIGTERM)
    words, _ = process.communicate(timeout=20)
    return words
