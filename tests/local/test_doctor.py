"""The doctor on this machine: every part is really started, and nothing is left of it."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from capsize.doctor import Row, examine, parts
from capsize.errors import CapsizeError
from capsize.runtime import backing
from capsize.runtime.host.processes.run_dir import run_dir as where_runs_are
from capsize.runtime.program import Program
from capsize.stack.model import Service


@pytest.fixture
def run_dir(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of this test's own, in which the doctor's run folder is made."""
    with tempfile.TemporaryDirectory(prefix="run-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o711)
        monkeypatch.setenv("CAPSIZE_RUN_DIR", name)
        yield Path(name)


@pytest.fixture(autouse=True)
def nothing_is_left(run_dir: Path) -> Iterator[None]:
    """Every test here leaves neither a process nor a folder."""
    before = set(psutil.Process().children(recursive=True))
    yield
    assert set(psutil.Process().children(recursive=True)) <= before
    assert not run_dir.exists() or list(run_dir.iterdir()) == []


class Part(backing.Backing):
    """A part that runs a line of Python and is never ready."""

    images = ("any",)

    def __init__(self, line: str) -> None:
        self.line = line

    def program(self, service: Service, folder: Path, port: int) -> Program:
        (folder / "part.py").write_text(self.line)
        return Program(("python", "part.py"), {}, folder)

    async def ready(self, service: Service, folder: Path, port: int) -> bool:
        return False


def _rows() -> dict[str, Row]:
    return {row.name: row for row in examine()}


def test_examine_has_every_part_answer():
    """On a machine that runs these tests, whatever is required is there and answers."""
    rows = _rows()
    assert [row for row in rows.values() if row.required and not row.ok] == []
    assert list(rows)[8:-2] == list(parts.NAMES)


def test_examine_quotes_a_part_that_dies(monkeypatch: pytest.MonkeyPatch):
    """A part that ends is told with its exit code and the last line of its log."""
    monkeypatch.setattr(backing, "find", lambda image: Part("import sys; print('no such library'); sys.exit(7)"))
    row = _rows()["NATS"]
    assert (row.ok, row.found) == (False, "ended with exit code 7: no such library")


def test_examine_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch):
    """A part that starts and never answers is given up, and ended."""
    monkeypatch.setattr(backing, "find", lambda image: Part("import time; time.sleep(60)"))
    monkeypatch.setattr(parts, "ANSWERS_WITHIN", 1.0)
    row = _rows()["Valkey"]
    assert (row.ok, row.found, row.next) == (False, "no answer within 1 s", parts.INSTALL_AGAIN)


def test_examine_names_a_part_that_is_not_installed(monkeypatch: pytest.MonkeyPatch):
    """A missing program is a finding of that part alone."""

    def missing(image: str) -> None:
        raise CapsizeError("the program is not installed", next="capsize doctor")

    monkeypatch.setattr(backing, "find", missing)
    rows = _rows()
    assert (rows["Envoy"].ok, rows["AWS (moto)"].ok) == (True, False)
    assert rows["AWS (moto)"].next == parts.INSTALL_AGAIN


def test_examine_survives_a_missing_run_folder(run_dir: Path):
    """Where nothing can be started, the rows say so, and what to do."""
    run_dir.rmdir()
    rows = _rows()
    assert [rows[name].ok for name in parts.NAMES] == [False] * len(parts.NAMES)
    assert rows["disk, temporary"].next == f"mkdir -p {run_dir}"


def test_run_folder_with_a_long_path_is_refused(monkeypatch: pytest.MonkeyPatch):
    """A socket's path has a limit: it is told before anything starts, with what to type."""
    monkeypatch.setenv("CAPSIZE_RUN_DIR", "/tmp/" + "deep/" * 20)
    with pytest.raises(CapsizeError, match="too long") as refused:
        where_runs_are()
    assert refused.value.next == "export CAPSIZE_RUN_DIR=/tmp"
