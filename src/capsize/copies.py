"""The learner's copies of the notebooks: work/<slug>.ipynb, so that what JupyterLab saves is never in git's way.

They lie as deep as labs/ does, so that every link of a notebook holds in its copy too.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from capsize.rooms import Rooms
from capsize.workspace import digest


def copy_of(rooms: Rooms) -> Path:
    """Return the learner's copy of a lab's notebook: made on first use, made anew while it is as it was made."""
    copy, mark, present = rooms.root / "work" / rooms.notebook.name, _mark(rooms), digest(rooms.notebook)
    own = digest(copy)
    if not own or (own != present and mark.exists() and mark.read_text() == own):
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.write_text(present)
        half = copy.with_name(f".{copy.name}.{os.getpid()}")
        shutil.copyfile(rooms.notebook, half)
        half.replace(copy)
    return copy


def notice(rooms: Rooms) -> str | None:
    """Say that the course's notebook has changed since the learner's copy was made and worked in, if it has."""
    mark = _mark(rooms)
    if not mark.exists() or mark.read_text() == digest(rooms.notebook):
        return None
    copy, kept = f"work/{rooms.notebook.name}", f"work/{rooms.slug}-mine.ipynb"
    words = f"labs/{rooms.notebook.name} changed since you began; {copy} is as you left it"
    return f"{words}\n  to take the new one: mv {copy} {kept}"


def _mark(rooms: Rooms) -> Path:
    """Where it is kept which notebook the copy was made from."""
    return rooms.root / "work" / ".begun" / f"{rooms.slug}.notebook"
