"""Whose a statement is that is asked of the database: that of the module whose public function runs it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import FrameType

ORDERS = "orders"  # the module that a learner's file belongs to where nothing else is known


@dataclass(frozen=True)
class Author:
    """Whose a statement is, and the line of the learner's that asks; None where it is the app's own."""

    module: str | None
    place: str = ""


class Owners:
    """Whose file is whose. Files in the learner's folder that are not a module's belong to their caller."""

    def __init__(self, files: Mapping[str, str], folder: str) -> None:
        self.files, self.folder = files, folder

    def of(self, frame: FrameType | None) -> Author:
        """Name the author of a statement, by the stack that leads to it."""
        module, entry, place = None, "", ""
        while frame is not None:
            file, name = frame.f_code.co_filename, frame.f_code.co_name
            if not place and file.startswith(self.folder):
                place = f"{file.removeprefix(self.folder)}:{frame.f_lineno}"
            owner = self.files.get(file)
            if owner and module in (None, owner):
                module, entry = owner, name
            elif owner:
                return Author(owner if _is_private(entry) else module, place)
            frame = frame.f_back
        return Author(module or (ORDERS if place else None), place)


def _is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")
