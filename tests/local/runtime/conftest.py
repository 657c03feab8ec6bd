"""Stacks of plain services for the runtime's tests."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from plain_stacks import APP, SERVE, Describe, service

from capsize.session import running
from capsize.session.running import RunningStack
from capsize.stack.model import Port, Stack


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


@pytest.fixture
def describe(tmp_path: Path, code: Path) -> Describe:
    """Describe a stack: keyword arguments are services, each a dict of what differs from a plain one."""

    def make(**services: dict) -> Stack:
        file = tmp_path / "compose.yaml"
        made = {name: service(name, file, code, **{**own}) for name, own in services.items()}
        return Stack("test", file, made)

    return make


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
