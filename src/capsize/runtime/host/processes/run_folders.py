"""Run folders: each is marked and locked by its nursery, so that only what is provably ours is ever removed.

Standard library only, and no import of the kit: the nursery imports it by path, the rest of the kit by name.
"""

from __future__ import annotations

import contextlib
import fcntl
import importlib.util
import os
import shutil
import signal
import stat
import sys
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

PREFIX, LOCK = "capsize-", "lock"
MARK = b"a run folder of capsize, locked by its nursery as long as that lives\n"
READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC  # a link leads nowhere, a fifo holds nobody up
PROCESSES, SEMAPHORES = Path("/proc"), Path("/dev/shm")
SEGMENTS = Path(__file__).parents[2] / "backing" / "shared_memory.py"
GONE_WITHIN = 2.0  # seconds that killed processes have to be gone


def make(folder: Path) -> None:
    """Make a folder, mark it as ours and lock it until this process ends; first remove those of dead nurseries."""
    for old in _dead(folder.parent):
        take_down(old)
        remove(old)
    folder.mkdir(mode=0o700)
    if os.geteuid() == 0:
        folder.chmod(0o711)  # PostgreSQL does not run as root: its user must pass through to its own 0700 folder
    held = os.open(folder / LOCK, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600)
    fcntl.flock(held, fcntl.LOCK_EX)
    os.write(held, MARK)  # from now on it may be removed by whoever gets the lock


def _dead(parent: Path) -> Iterator[Path]:
    """Yield the folders in ``parent`` that a nursery of this user made, each locked by us as long as it is held."""
    for old in parent.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError), _locked(old) as is_ours:
            if is_ours:
                yield old


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[bool]:
    """Take a folder's lock; say whether folder, lock and mark are ours. Raise OSError where it is held or not there."""
    shelf = os.open(folder, READ | os.O_DIRECTORY)
    try:
        lock = os.open(LOCK, READ, dir_fd=shelf)
    finally:
        os.close(shelf)
    try:
        found = os.fstat(lock)
        is_ours = stat.S_ISREG(found.st_mode) and found.st_uid == os.geteuid() == folder.lstat().st_uid
        if is_ours:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield is_ours and os.read(lock, len(MARK) + 1) == MARK
    finally:
        os.close(lock)


def remove(folder: Path) -> None:
    """Remove a run folder, and what killed programs of it left in the system: shared memory, named semaphores."""
    for named in folder.glob("*/*/postmaster.pid"):
        _remove_segment(named.parent)
    for semaphore in SEMAPHORES.glob(f"sem.{folder.name}-*"):  # Linux shows them as files
        with contextlib.suppress(OSError):
            semaphore.unlink()
    shutil.rmtree(folder, ignore_errors=True)


def _remove_segment(data: Path) -> None:
    spec = importlib.util.spec_from_file_location("shared_memory", SEGMENTS)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.remove(data)


def take_down(folder: Path) -> None:
    """Kill all processes that a dead nursery left (Linux), and wait until they are gone."""
    deadline = time.monotonic() + GONE_WITHIN
    while (left := residents(folder)) and time.monotonic() < deadline:
        for pid in left:
            _kill(pid, folder)
        time.sleep(0.005)


def residents(folder: Path) -> list[int]:
    """List the processes of a run folder (Linux): forks of its nursery, and all whose HOME is in it."""
    if sys.platform != "linux":
        return []
    numbers = (int(path.name) for path in PROCESSES.iterdir() if path.name.isdigit())
    return [pid for pid in numbers if pid != os.getpid() and _lives_in(pid, folder)]


def _lives_in(pid: int, folder: Path) -> bool:
    """Read it off what a process was started with: no stranger has these words by chance."""
    inside, process = os.fsencode(folder), PROCESSES / str(pid)
    with contextlib.suppress(OSError):
        environment = (process / "environ").read_bytes().split(b"\0")
        if any(word == b"HOME=" + inside or word.startswith(b"HOME=" + inside + b"/") for word in environment):
            return True
        words = (process / "cmdline").read_bytes().split(b"\0")
        return any(one.endswith(b"/spawner.py") and next_one == inside for one, next_one in pairwise(words))
    return False


def _kill(pid: int, folder: Path) -> None:
    """Kill a process that is still the one that was found, whoever gets its number afterwards."""
    with contextlib.suppress(OSError):
        held = os.pidfd_open(pid)
        try:
            if _lives_in(pid, folder):
                signal.pidfd_send_signal(held, signal.SIGKILL)
        finally:
            os.close(held)
