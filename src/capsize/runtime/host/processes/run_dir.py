"""Where run folders are made: in a folder that only this user can write to, so that nobody else can stop a stack."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import platformdirs

from capsize.errors import CapsizeError

RUN_DIR = "CAPSIZE_RUN_DIR"  # names the folder in which run folders are made
LONGEST = 64  # bytes of that folder's path, so that a socket's path below it stays within macOS's 104
MEMORY, ENOUGH = Path("/dev/shm"), 1 << 30  # a database's data folder is hundreds of small files: memory is quicker
OTHERS_WRITE = 0o022


def run_dir() -> Path:
    """Return the folder for run folders: in $CAPSIZE_RUN_DIR, in memory where Linux has enough of it, or on the disk.

    A folder that others write to gets one of this user's in it. Raise CapsizeError where there is none to be had.
    """
    named = os.environ.get(RUN_DIR, "")
    if named:
        _check(named)
    for base in [Path(named)] if named else _usual():
        with contextlib.suppress(OSError):
            found = private(base)
            if found and len(os.fsencode(found)) <= LONGEST:
                return found
    raise _refusal(named)


def _usual() -> Iterator[Path]:
    with contextlib.suppress(OSError):
        if os.access(MEMORY, os.W_OK | os.X_OK) and shutil.disk_usage(MEMORY).free >= ENOUGH:
            yield MEMORY
    yield from (Path(tempfile.gettempdir()), Path("/tmp"))
    home = platformdirs.user_cache_path("capsize") / "run"  # where no other user can be first
    with contextlib.suppress(OSError):
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    yield home


def private(base: Path) -> Path | None:
    """Return ``base`` if only this user can write to it, else this user's folder in it; None if that is another's."""
    if _is_private(base.stat()):
        return base
    own = base / f"capsize-{os.geteuid()}"
    with contextlib.suppress(FileExistsError):
        own.mkdir(mode=0o700)
    if not _is_private(own.lstat()):
        return None
    own.chmod(0o711 if os.geteuid() == 0 else 0o700)  # root's PostgreSQL runs as a user who must pass through
    return own


def _is_private(found: os.stat_result) -> bool:
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & OTHERS_WRITE


def _refusal(named: str) -> CapsizeError:
    own = f"mkdir -m 700 ~/capsize-run && export {RUN_DIR}=~/capsize-run"
    if not named:
        return CapsizeError("there is no folder for a stack's files that belongs to you alone", next=own)
    return CapsizeError(
        f"no run folder can be made in {named}, which {RUN_DIR} names",
        expected="a folder that only you can write to, or one in which you can make a folder",
        got=_why_not(Path(named)),
        next=own,
    )


def _why_not(base: Path) -> str:
    own = base / f"capsize-{os.geteuid()}"
    return f"{own} belongs to somebody else" if os.path.lexists(own) else "you may not write there"


def _check(named: str) -> None:
    """Refuse a folder in which no run folder can be; its path is short, for those of sockets are limited."""
    length = len(os.fsencode(named))
    wrong = {
        "is not an absolute path": not named.startswith("/"),
        f"has a path of {length} bytes, and a socket's path in it would be too long": length > LONGEST,
        "is not a folder": not Path(named).is_dir(),
        "cannot be written to": not os.access(named, os.W_OK | os.X_OK),
    }
    for words in (words for words, is_so in wrong.items() if is_so):
        expected = f"the absolute path of a folder of yours, {LONGEST} bytes at most"
        raise CapsizeError(f"{RUN_DIR} {words}", expected=expected, got=named, next=f"export {RUN_DIR}=/tmp")
