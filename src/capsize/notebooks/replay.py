"""Run a notebook again by nbval, in a pytest of its own, and compare what it shows with what is committed."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from dataclasses import dataclass

from capsize.course.lab_paths import Rooms
from capsize.notebooks.execute import CELL_SECONDS, COLOUR, environment
from capsize.notebooks.notebook import read
from capsize.notebooks.owner import owned

NOTEBOOK_SECONDS = 1800


@dataclass(frozen=True)
class Replay:
    """How a run by nbval ended. ``report`` is what pytest said."""

    passed: bool
    report: str


def replay(rooms: Rooms, *, cell_seconds: float = CELL_SECONDS) -> Replay:
    """Run every cell and compare. A dead kernel, an endless cell or a notebook without code is a failure."""
    with owned() as (descriptor, told):
        child = subprocess.Popen(
            [*_command(rooms), f"--nbval-cell-timeout={cell_seconds}"],
            cwd=rooms.root,
            env={**environment(rooms), **told},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            pass_fds=(descriptor,),
            start_new_session=True,
        )
        try:
            report, _ = child.communicate(timeout=NOTEBOOK_SECONDS)
        except subprocess.TimeoutExpired:
            return Replay(False, f"it was not over after {NOTEBOOK_SECONDS} s")
        finally:
            if child.poll() is None:  # Ctrl-C too: the child is a session of its own
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
    return Replay(child.returncode == 0, _named(report, rooms).strip())


def _named(report: str, rooms: Rooms) -> str:
    """Name cells as the lint does; nbval counts those with code, from 0."""
    names = [str(cell) for cell in read(rooms).code]
    return re.sub(r"\bCell (\d+)\b", lambda found: names[int(found[1])], COLOUR.sub("", report))


def _command(rooms: Rooms) -> list[str]:
    """Ask for one notebook; labs/pytest.ini and labs/conftest.py say the rest."""
    return [sys.executable, "-m", "pytest", str(rooms.notebook), "--tb=short", "--color=no", "-p", "no:cacheprovider"]
