"""A log as its reader finds it: several files, of which the newest grows, and all may be renamed.

A file is known by its ``mark``, made from its first line: it stays when the file is renamed, and unlike an inode it is
never given to another file.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

NAME = "shop.log"  # the file that is being written; older ones have a number behind it
MOST = 50  # lines of one reading
NUMBERED = re.compile(rf"{re.escape(NAME)}(?:\.([0-9]+))?")


@dataclass(frozen=True)
class Line:
    """A line of a file: where it starts and ends in it, in bytes, and its text."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class LogFile:
    """A file of the log. ``name`` is its current name; ``mark`` never changes."""

    name: str
    mark: str
    handle: BinaryIO

    def read(self, place: int = 0, most: int = MOST) -> list[Line]:
        """Return the complete lines from a place on, at most ``most`` of them; an empty list at the end of the file."""
        self.handle.seek(place)
        lines: list[Line] = []
        while len(lines) < most and (line := self.handle.readline()).endswith(b"\n"):
            lines.append(Line(place, place + len(line), line.decode().rstrip("\n")))
            place += len(line)
        return lines


def files(folder: Path) -> Iterator[LogFile]:
    """Open the files of the log one after the other, the oldest first. Each is closed before the next is opened."""
    for path in sorted((path for path in folder.glob(f"{NAME}*") if NUMBERED.fullmatch(path.name)), key=_age)[::-1]:
        with contextlib.ExitStack() as opened:
            try:
                handle = opened.enter_context(path.open("rb"))
            except FileNotFoundError:
                continue  # just renamed: the next call finds it under its new name
            first = handle.readline()
            if first.endswith(b"\n"):
                yield LogFile(path.name, hashlib.sha256(first).hexdigest()[:12], handle)


def _age(path: Path) -> int:
    found = NUMBERED.fullmatch(path.name)
    return int(found[1] or 0) if found else 0
