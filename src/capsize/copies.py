"""The learner's copies of the notebooks: work/<slug>.ipynb, so that what JupyterLab saves is never in git's way.

They lie as deep as labs/ does, so that every link of a notebook holds in its copy too.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

from capsize.rooms import Rooms


def copy_of(rooms: Rooms) -> Path:
    """Return the learner's copy of a lab's notebook: made on first use, made anew while it is as it was made."""
    copy, mark = rooms.root / "work" / rooms.notebook.name, rooms.root / "work" / ".begun" / f"{rooms.slug}.notebook"
    is_untouched = not copy.exists() or (mark.exists() and mark.read_text() == _digest(copy))
    if is_untouched and (not copy.exists() or _digest(copy) != _digest(rooms.notebook)):
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.write_text(_digest(rooms.notebook))
        half = copy.with_name(f".{copy.name}.{os.getpid()}")
        shutil.copyfile(rooms.notebook, half)
        half.replace(copy)
    return copy


def notice(rooms: Rooms) -> str | None:
    """Say that the course's notebook has changed since the learner's copy was made and worked in, if it has."""
    mark = rooms.root / "work" / ".begun" / f"{rooms.slug}.notebook"
    if not mark.exists() or mark.read_text() == _digest(rooms.notebook):
        return None
    copy, kept = f"work/{rooms.notebook.name}", f"work/{rooms.slug}-mine.ipynb"
    words = f"labs/{rooms.notebook.name} changed since you began; {copy} is as you left it"
    return f"{words}\n  to take the new one: mv {copy} {kept}"


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
