"""What a notebook holds and shows; the only part of the kit that knows of widgets."""

from __future__ import annotations

import asyncio
import contextlib
import functools
from pathlib import Path

from IPython import get_ipython

from capsize.course import Course
from capsize.runtime.host.processes.client import prewarm
from capsize.ui.board import Board
from capsize.ui.boards import board_of as board
from capsize.ui.display import teach, tell_plainly
from capsize.ui.interrupts import wake_on_interrupt
from capsize.ui.notebook import NotebookLab

__all__ = ["Board", "NotebookLab", "board", "lab"]

_shell = get_ipython()
if hasattr(_shell, "kernel"):
    teach(_shell)
    tell_plainly(_shell)
    with contextlib.suppress(RuntimeError):  # no loop runs: then nothing is awaited either
        wake_on_interrupt(asyncio.get_running_loop())


@functools.cache
def _get_ready() -> None:
    """Warm a nursery for the first stack, while the learner reads on."""
    prewarm()


def lab(which: str | int, code: str | Path | None = None) -> NotebookLab:
    """Open a lab for a notebook: ``shop = lab("01_monolith")``, then ``stack = await shop.up()``.

    ``code`` is the folder that the stack runs: work (yours, the default), starter, solutions or a path;
    the variable CAPSIZE_CODE changes the default.
    """
    _get_ready()
    return NotebookLab(Course.here().lab(which, code))
