"""A process that does not outlive whoever began it, however that one ended: it holds a pipe, and hears it close."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

VARIABLE = "CAPSIZE_OWNER"


@contextmanager
def owned() -> Iterator[tuple[int, dict[str, str]]]:
    """Give a descriptor to hand on, and what to add to the environment, of a process that ``end_with_owner`` ends."""
    theirs, ours = os.pipe()
    try:
        yield theirs, {VARIABLE: str(theirs)}
    finally:
        os.close(theirs)
        os.close(ours)


def end_with_owner() -> None:
    """Interrupt this process, as Ctrl-C does, when its owner is gone. Does nothing in one that nobody owns."""
    descriptor = os.environ.pop(VARIABLE, None)
    if descriptor:
        Thread(target=_listen, args=(int(descriptor),), daemon=True).start()


def _listen(descriptor: int) -> None:
    os.read(descriptor, 1)
    os.kill(os.getpid(), signal.SIGINT)
