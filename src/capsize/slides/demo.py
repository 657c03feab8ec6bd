"""A folder for the one who shows a lab: its files solved, nothing predicted, nothing run.

It is a course of its own in work/demo, whose rooms lead back to the course's: what is done in it counts nowhere else,
and the speaker's own files and predictions stay as they are. It is made anew each time.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from capsize.course.lab_paths import Rooms
from capsize.course.notebook_copies import copy_of
from capsize.errors import CapsizeError

HIDDEN = ("work",)  # what the demo has of its own


def prepare_demo(rooms: Rooms) -> Path:
    """Make the folder, and return the notebook to open in it."""
    home = rooms.root / "work" / "demo"
    _clear(home)
    for room in rooms.root.iterdir():
        if room.name not in HIDDEN and not room.name.startswith("."):
            (home / room.name).symlink_to(room, target_is_directory=room.is_dir())
    own = Rooms(home, rooms.slug)
    shutil.copytree(rooms.starter, own.work, ignore=shutil.ignore_patterns("__pycache__", "exercises.toml"))
    shutil.copytree(rooms.solutions, own.work, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    return copy_of(own)


def _clear(home: Path) -> None:
    """Make an empty folder in place of the last demo's. Raise CapsizeError where somebody keeps other things there."""
    if home.exists() and not (home / "labs").is_symlink():
        raise CapsizeError(
            f"{home} is not the folder of a demo", expected="a name that is free", next=f"mv {home} {home}-mine"
        )
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
