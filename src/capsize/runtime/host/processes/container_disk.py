"""What a forked Python service is kept from, or seen doing, on this machine's disk because containers share none.

An audit hook (PEP 578), which a service cannot take away: a read-only mount refuses what it refuses in a container,
with the same error at the same call, and what copies could share only here is noted. Standard library only.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
SHARED = tuple({os.path.realpath(folder) for folder in ("/tmp", "/var/tmp", "/dev/shm")})  # a container has its own
NO_DISK = ("/dev/", "/proc/", "/sys/")
HERE = -1  # instead of an open folder: paths begin at the working folder
MOUNT = "<mount>"  # stands in tracebacks for these lines, which are not the service's


def keep(read_only: list[str], own: list[str], notes: str) -> None:
    """Hold this process and its forks to its mounts; write into ``notes`` what else it opens."""
    sys.addaudithook(_ContainerDisk(read_only, own, notes).hear)


def is_shared(path: str) -> bool:
    """Say whether all processes of this machine can write to a path, of which each container has its own."""
    return _is_below(path, SHARED)


class _ContainerDisk:
    """The mounts of an instance, by their folders on this machine."""

    def __init__(self, read_only: list[str], own: list[str], notes: str) -> None:
        self.mounts = {os.path.realpath(path): False for path in own}
        self.mounts |= {os.path.realpath(path): True for path in read_only}
        self.notes, self.seen = os.path.realpath(notes), set[tuple[str, bool]]()

    def hear(self, event: str, words: tuple[Any, ...]) -> None:
        """Look at an event of the interpreter. Raise OSError where a container's disk would."""
        if event in EVENTS:
            for path, writes in EVENTS[event](*words):
                self._look(path, writes)

    def _look(self, said: Any, writes: bool) -> None:
        if not isinstance(said, str | bytes | os.PathLike):
            return  # a descriptor: its file was looked at when it was opened
        path = os.path.realpath(os.fsdecode(said)) if writes or _may_be_shared(said) else ""
        if not path or path == self.notes:
            return
        mount = max((one for one in self.mounts if _is_below(path, (one,))), key=len, default="")
        if not mount and (is_shared(path) or not path.startswith(NO_DISK)):
            self._note(path, writes)
        elif mount and self.mounts[mount] and writes:
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), said)

    def _note(self, path: str, writes: bool) -> None:
        if (path, writes) not in self.seen:
            self.seen.add((path, writes))
            with contextlib.suppress(OSError):
                file = os.open(self.notes, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
                os.write(file, f"{'w' if writes else 'r'}\t{path}\t{self._place()}\n".encode())
                os.close(file)

    def _place(self) -> str:
        """Name the line of a mounted file that does it."""
        mounted = tuple(mount for mount, is_read_only in self.mounts.items() if is_read_only)
        frame: FrameType | None = sys._getframe(1)
        while frame:
            file = frame.f_code.co_filename
            if file != MOUNT and _is_below(os.path.realpath(file), mounted):
                return f"{os.path.realpath(file)}:{frame.f_lineno}"
            frame = frame.f_back
        return ""


for method in (_ContainerDisk.hear, _ContainerDisk._look):
    method.__code__ = method.__code__.replace(co_filename=MOUNT)


def _may_be_shared(said: Any) -> bool:
    path = os.fsdecode(said)
    return is_shared(path) or path.startswith(("/tmp/", ".."))


def _is_below(path: str, folders: tuple[str, ...]) -> bool:
    return any(path == folder or path.startswith(folder.rstrip("/") + "/") for folder in folders)


def _opened(path: Any, mode: Any, flags: Any, *_: Any) -> Iterator[tuple[Any, bool]]:
    if mode is None and not _is_absolute(path):
        return  # os.open, which does not tell whether the path begins at another open folder
    yield path, bool(isinstance(flags, int) and flags & WRITES) or bool(set(mode or "") & set("wax+"))


def _made(path: Any, _mode: Any, folder: int = HERE, *_: Any) -> Iterator[tuple[Any, bool]]:
    yield _from(path, folder), True


def _written(path: Any, folder: int = HERE, *_: Any) -> Iterator[tuple[Any, bool]]:
    yield _from(path, folder), True


def _cut(path: Any, *_: Any) -> Iterator[tuple[Any, bool]]:
    yield path, True


def _moved(source: Any, target: Any, folder: int = HERE, other: int = HERE, *_: Any) -> Iterator[tuple[Any, bool]]:
    yield from ((_from(source, folder), True), (_from(target, other), True))


def _linked(_source: Any, target: Any, _folder: int = HERE, other: int = HERE, *_: Any) -> Iterator[tuple[Any, bool]]:
    yield _from(target, other), True


def _named(_source: Any, target: Any, folder: int = HERE, *_: Any) -> Iterator[tuple[Any, bool]]:
    yield _from(target, folder), True


def _from(path: Any, folder: int) -> Any:
    """Return where a path leads that begins at an open folder; nothing where this machine does not tell."""
    if folder == HERE or _is_absolute(path):
        return path
    with contextlib.suppress(OSError):
        return f"{os.readlink(f'/proc/self/fd/{folder}')}/{os.fsdecode(path)}"  # noqa: PTH115 - standard library's least
    return None


def _is_absolute(path: Any) -> bool:
    return isinstance(path, str | bytes | os.PathLike) and os.fsdecode(path).startswith("/")


def _bound(_socket: Any, address: Any) -> Iterator[tuple[Any, bool]]:
    if isinstance(address, str) and not address.startswith("\0"):
        yield address, True


def _kept(database: Any, *_: Any) -> Iterator[tuple[Any, bool]]:
    if database and database != ":memory:":
        yield str(os.fsdecode(database)).removeprefix("file:").partition("?")[0], True


EVENTS: dict[str, Callable[..., Iterator[tuple[Any, bool]]]] = {
    "open": _opened,
    "os.mkdir": _made,
    "os.rename": _moved,
    "os.link": _linked,
    "os.symlink": _named,
    "os.remove": _written,
    "os.rmdir": _written,
    "os.truncate": _cut,
    "socket.bind": _bound,
    "sqlite3.connect": _kept,
}
