"""Stacks of plain services for the runtime's tests."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from plain_stacks import APP, SERVE, Describe, service

from capsize.session import running
from capsize.session.running import RunningStack
from capsize.stack.model import Port, Stack

FRONT = {"environment": {"BACK_URL": "http://back:8000"}, "ports": (Port(8000),)}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a module that share a stack in one process."""
    for item in items:
        if "shared" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


@contextlib.contextmanager
def folder_of_runs() -> Iterator[Path]:
    """Have run folders made in a folder of our own. PostgreSQL's own user must get through to it."""
    with tempfile.TemporaryDirectory(prefix="run-") as name, pytest.MonkeyPatch.context() as patch:
        Path(name).chmod(0o711)
        patch.setenv("CAPSIZE_RUN_DIR", name)
        yield Path(name)


@pytest.fixture
def run_dir() -> Iterator[Path]:
    """The folder in which this test's run folders are made."""
    with folder_of_runs() as folder:
        yield folder


@pytest.fixture(scope="module")
def run_dir_of_all() -> Iterator[Path]:
    """The folder in which run folders of this module are made."""
    with folder_of_runs() as folder:
        yield folder


@pytest.fixture
def code(tmp_path: Path) -> Path:
    """A folder of service code that works."""
    return written(tmp_path / "code")


def written(folder: Path) -> Path:
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
    return describe(front=FRONT, back={})


@pytest.fixture
def up(two: Stack, run_dir: Path) -> Iterator[RunningStack]:
    """The two services, running."""
    with running.start(two, endpoint_lag=0.1) as stack:
        yield stack


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """The two services, running for all tests of a module that leave them as they found them."""
    folder = tmp_path_factory.mktemp("shared")
    code, file = written(folder / "code"), folder / "compose.yaml"
    services = {"front": service("front", file, code, **FRONT), "back": service("back", file, code)}
    with running.start(Stack("shared", file, services), endpoint_lag=0.1) as stack:
        yield stack
