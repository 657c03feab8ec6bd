"""Stacks of plain services for the runtime's tests, and the question whether anything is left of one."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from capsize import running
from capsize.running import RunningStack
from capsize.stack.model import Place, Port, Service, Stack, Volume

APP = """
import os
import httpx
from fastapi import FastAPI

app = FastAPI()
client = httpx.AsyncClient()


@app.get("/")
async def root():
    if "BACK_URL" in os.environ:
        return (await client.get(os.environ["BACK_URL"])).json()
    return {"I": os.environ["HOSTNAME"]}
"""
SERVE = """
import os, sys, uvicorn

uvicorn.run(sys.argv[1], host=os.environ["HOST"], port=int(os.environ["PORT"]), log_level="warning")
"""
COMMAND = ("python", "-m", "serve", "app:app")


@pytest.fixture
def run_dir(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder in which this test's run folders are made. PostgreSQL's own user must get through to it."""
    with tempfile.TemporaryDirectory(prefix="run-") as name:
        Path(name).chmod(0o711)
        monkeypatch.setenv("CAPSIZE_RUN_DIR", name)
        yield Path(name)


@pytest.fixture
def code(tmp_path: Path) -> Path:
    """A folder of service code that works."""
    folder = tmp_path / "code"
    folder.mkdir()
    (folder / "app.py").write_text(APP)
    (folder / "serve.py").write_text(SERVE)
    return folder


Describe = Callable[..., Stack]


@pytest.fixture
def describe(tmp_path: Path, code: Path) -> Describe:
    """Describe a stack: keyword arguments are services, each a dict of what differs from a plain one."""

    def make(**services: dict) -> Stack:
        file = tmp_path / "compose.yaml"
        made = {name: _service(name, file, code, **{**own}) for name, own in services.items()}
        return Stack("test", file, made)

    return make


def _service(name: str, file: Path, code: Path, **own: object) -> Service:
    environment = {"PORT": "8000", **own.pop("environment", {})}
    own = {"command": COMMAND, "volumes": (Volume("bind", str(code), "/code"),), **own}
    return Service(name, Place(file, 1), environment=environment, **own)


@pytest.fixture
def two(describe: Describe) -> Stack:
    """A front that the outside calls, and a back that the front calls."""
    return describe(
        front={"environment": {"BACK_URL": "http://back:8000"}, "ports": (Port(8000),)},
        back={},
    )


@pytest.fixture
def up(two: Stack, run_dir: Path) -> Iterator[RunningStack]:
    """The two services, running."""
    with running.start(two, endpoint_lag=0.1) as stack:
        yield stack


def get(stack: RunningStack, **options: float) -> httpx.Response:
    """Ask the front once."""
    with httpx.Client(timeout=5) as client:
        return client.get(stack.url("front"), **options)


def eventually(claim: Callable[[], bool], within: float = 5.0) -> bool:
    """Await a claim; return whether it came true within so many seconds."""
    deadline = time.monotonic() + within
    while not claim():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def leftovers(run_dir: Path) -> list[str]:
    """List the processes and folders that belong to run folders in ``run_dir``."""
    found = [str(path) for path in run_dir.iterdir()]
    for process in psutil.process_iter():
        try:
            words = [*process.cmdline(), process.environ().get("HOME", "")]
        except psutil.Error:
            continue
        if process.status() != psutil.STATUS_ZOMBIE and any(str(run_dir) in word for word in words):
            found.append(f"{process.pid} {process.cmdline()}")
    return found
