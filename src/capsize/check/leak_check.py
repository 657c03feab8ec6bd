"""What a stack must not leave: its processes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import psutil

from capsize.errors import CapsizeError

if TYPE_CHECKING:
    from capsize.session.running import RunningStack

GONE_WITHIN = 2.0


def pids_of(stack: RunningStack) -> set[int]:
    """List the processes of a stack that is up: instances, and what they started; none where they are containers."""
    if stack.on != "processes":
        return set()
    return {pid for instance in stack.instances if instance.pid for pid in _family(instance.pid)}


def refuse_remains(pids: set[int]) -> None:
    """Raise CapsizeError if one of these processes is still there after two seconds."""
    deadline = time.monotonic() + GONE_WITHIN
    while left := [pid for pid in pids if _is_there(pid)]:
        if time.monotonic() > deadline:
            raise CapsizeError("the stack left processes behind", expected="none", got=", ".join(map(str, left)))
        time.sleep(0.01)


def _family(pid: int) -> list[int]:
    try:
        process = psutil.Process(pid)
        return [pid, *(child.pid for child in process.children(recursive=True))]
    except psutil.NoSuchProcess:
        return [pid]


def _is_there(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
