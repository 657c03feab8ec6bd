"""Which line of a service's own files ended it: ends that leave no traceback leave this line in the log.

Standard library only, like the nursery, whose forks use it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

LEFT_ALIVE = {0, *(getattr(signal, name) for name in ("SIGCHLD", "SIGCONT", "SIGURG", "SIGWINCH", "SIGUSR1"))}


def listen() -> None:
    """Have the calls that end a process, its group or its parent say first where in its own files they stand."""
    os._exit = _said(os._exit, lambda code: f"os._exit({code})")
    os.abort = _said(os.abort, lambda: "os.abort()")
    os.kill = _said(os.kill, lambda pid, number: _deadly("os.kill", pid, number, _home()))
    os.killpg = _said(os.killpg, lambda group, number: _deadly("os.killpg", group, number, _groups()))
    signal.raise_signal = _said(signal.raise_signal, lambda number: _deadly("signal.raise_signal", 0, number, {0}))


def say_exit(wish: SystemExit) -> None:
    """Write which line left while its module was being imported: nothing of a server's own comes after that."""
    frames = list(traceback.walk_tb(wish.__traceback__))
    own = [(frame, line) for frame, line in frames if _is_own(frame)]
    if any(frame.f_code.co_name == "<module>" and frame.f_globals["__name__"] != "__main__" for frame, _ in own):
        _write(f"sys.exit({wish.code!r})", *own[-1])


def _home() -> set[int]:
    return {0, -1, os.getpid(), os.getppid(), -os.getpgrp(), -os.getpgid(os.getppid())}


def _groups() -> set[int]:
    return {0, os.getpgrp(), os.getpgid(os.getppid())}


def _deadly(call: str, target: int, number: int, home: set[int]) -> str:
    """Write the call down; nothing where it ends no process of ours."""
    words = str(int(number)) if call == "signal.raise_signal" else f"{target}, {int(number)}"
    return f"{call}({words})" if target in home and number not in LEFT_ALIVE else ""


def _said(call: Callable[..., Any], words_of: Callable[..., str]) -> Callable[..., Any]:
    """Return a call that writes down who calls it, if that is one of the service's own files."""

    def said(*arguments: Any) -> Any:
        frame = sys._getframe(1)
        if _is_own(frame):
            with contextlib.suppress(TypeError, ValueError, OSError):
                words = words_of(*arguments)
                if words:
                    _write(words, frame, frame.f_lineno)
        return call(*arguments)

    return said


def _is_own(frame: FrameType) -> bool:
    return frame.f_code.co_filename.startswith(f"{Path.cwd()}{os.sep}")


def _write(call: str, frame: FrameType, line: int) -> None:
    place = f'  File "{frame.f_code.co_filename}", line {line}, in {frame.f_code.co_name}\n'
    with contextlib.suppress(OSError):
        os.write(2, f"{call} was called\n{place}".encode())
