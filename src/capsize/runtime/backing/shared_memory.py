"""The few bytes of System V shared memory by which a PostgreSQL locks its data folder.

A server that ends by itself removes them; one that was killed cannot. Standard library only: the nursery runs it too.
"""

from __future__ import annotations

import ctypes
from pathlib import Path

IPC_RMID = 0  # the same on Linux and macOS
LINE = 6  # of postmaster.pid: the segment's key and its number


def remove(data: Path) -> bool:
    """Remove the segment that ``data``/postmaster.pid names, if it is there still. Say whether it was.

    The server must have ended: its folder would lose its lock otherwise.
    """
    try:
        key, number = map(int, (data / "postmaster.pid").read_text(encoding="utf-8").splitlines()[LINE].split())
    except (OSError, IndexError, ValueError):
        return False
    system = ctypes.CDLL(None)
    key_as_int = ctypes.c_int(key).value
    if system.shmget(key_as_int, 0, 0) != number:  # gone, or somebody else's by now
        return False
    return bool(system.shmctl(number, IPC_RMID, None) == 0)
