"""Folders that several processes share: each appears whole or not at all, whoever is first or gets killed."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

HALF_MADE = ".part"
STALE = 600  # seconds after which something half-made was left behind by a process that was killed


def put(target: Path, fill: Callable[[Path], object]) -> None:
    """Have ``fill`` make a folder, and move it to ``target``; where another process was first, theirs stays."""
    target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    _forget_half_made(target.parent)
    desk = Path(tempfile.mkdtemp(suffix=HALF_MADE, prefix=f"{target.name}-", dir=target.parent))
    try:
        fill(desk / "whole")
        (desk / "whole").rename(target)
    except OSError:
        if not target.exists():
            raise
    finally:
        shutil.rmtree(desk, ignore_errors=True)


def forget(target: Path) -> None:
    """Remove a folder, so that it is made anew: at once for those who look for it."""
    with contextlib.suppress(OSError):
        desk = Path(tempfile.mkdtemp(suffix=HALF_MADE, prefix=f"{target.name}-", dir=target.parent))
        target.rename(desk / "whole")
        shutil.rmtree(desk, ignore_errors=True)


def _forget_half_made(shelf: Path) -> None:
    for desk in shelf.glob(f"*{HALF_MADE}"):
        if time.time() - desk.stat().st_mtime > STALE:
            shutil.rmtree(desk, ignore_errors=True)
