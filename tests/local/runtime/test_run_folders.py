"""Run folders among strangers: what is not provably ours is left alone, and holds nobody up."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from plain_stacks import leftovers

from capsize.errors import CapsizeError
from capsize.runtime.host.processes import run_dir as where
from capsize.runtime.host.processes import run_folders
from capsize.session import running
from capsize.stack.model import Stack


def _a_socket(lock: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(lock))


LOCKS: dict[str, Callable[[Path], object]] = {
    "no lock": lambda lock: None,
    "an empty file": lambda lock: lock.touch(),
    "a file with other words": lambda lock: lock.write_text("mine"),
    "a fifo": lambda lock: os.mkfifo(lock),
    "a socket": _a_socket,
    "a folder": lambda lock: lock.mkdir(),
    "a link to nowhere": lambda lock: lock.symlink_to("nowhere"),
    "a link to a device": lambda lock: lock.symlink_to("/dev/zero"),
}


def test_a_folder_of_somebody_s_own_is_left_alone(two: Stack, run_dir: Path):
    """A folder that is called like ours and was not made by a nursery stays as it is, and no stack waits for it."""
    for number, make in enumerate(LOCKS.values()):
        folder = run_dir / f"capsize-{number}"
        folder.mkdir()
        (folder / "thesis").write_text("the only copy")
        make(folder / "lock")
    running.start(two).down()
    assert len(list(run_dir.glob("capsize-*/thesis"))) == len(leftovers(run_dir)) == len(LOCKS)


def test_a_link_to_a_folder_of_ours_is_left_alone(two: Stack, run_dir: Path, tmp_path: Path):
    """What a link leads to is not in the folder of run folders, so it is not removed."""
    real = tmp_path / "capsize-real"
    real.mkdir()
    (real / "lock").write_bytes(run_folders.MARK)
    (run_dir / "capsize-link").symlink_to(real)
    running.start(two).down()
    assert (real / "lock").exists()


def test_a_dead_nursery_s_folder_is_swept_by_the_next(two: Stack, run_dir: Path):
    """A run folder whose nursery was killed, with its mark and its lock free, is removed when the next stack starts."""
    (run_dir / "capsize-old").mkdir()
    (run_dir / "capsize-old" / "lock").write_bytes(run_folders.MARK)
    running.start(two).down()
    assert leftovers(run_dir) == []


def test_a_shared_folder_gets_one_of_this_user(two: Stack, run_dir: Path):
    """Where everybody may write, run folders are made in a folder of this user that nobody else writes to."""
    run_dir.chmod(0o1777)
    with running.start(two) as stack:
        own = stack.folder.parent
    assert (own, own.stat().st_mode & 0o022) == (run_dir / f"capsize-{os.geteuid()}", 0)


def test_a_user_s_folder_that_is_another_s_is_refused(run_dir: Path):
    """Where somebody else was first with this user's folder, the error says so, with what to type."""
    run_dir.chmod(0o1777)
    (run_dir / f"capsize-{os.geteuid()}").symlink_to("/tmp")
    with pytest.raises(CapsizeError, match="belongs to somebody else") as refused:
        where.run_dir()
    assert "export CAPSIZE_RUN_DIR=" in refused.value.next


def test_without_a_name_another_place_is_taken(run_dir: Path, monkeypatch: pytest.MonkeyPatch):
    """Where somebody else was first in memory, and nobody named a folder, the next one serves."""
    run_dir.chmod(0o1777)
    (other := run_dir / "other").mkdir(mode=0o700)
    (run_dir / f"capsize-{os.geteuid()}").symlink_to("/tmp")
    monkeypatch.delenv("CAPSIZE_RUN_DIR")
    monkeypatch.setattr(where, "_usual", lambda: iter((run_dir, other)))
    assert where.run_dir() == other
