"""A notebook as the rules see it: frozen cells, numbered as a reader counts them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from capsize.course.lab_paths import Rooms
from capsize.errors import CapsizeError

CHANGING = "nbval-ignore-output"
"""The tag of a cell whose output is another one in every run; nbval does not compare it."""
RAISES = "raises-exception"

HEADING = re.compile(r"^(#{1,6})\s+(.+?)\s*$")
FENCE = re.compile(r"^\s*(```|~~~)")


@dataclass(frozen=True)
class Heading:
    level: int
    text: str


@dataclass(frozen=True)
class Cell:
    """One cell. ``number`` counts from 1; ``count`` is None for code that has not run."""

    number: int
    id: str
    kind: str
    source: str
    tags: frozenset[str] = frozenset()
    count: int | None = None
    outputs: tuple[Mapping[str, Any], ...] = ()

    def __str__(self) -> str:
        return f"cell {self.number} ({self.id})"

    @property
    def is_code(self) -> bool:
        return self.kind == "code"

    @property
    def is_prose(self) -> bool:
        return self.kind == "markdown"

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines that are not blank."""
        return tuple(line for line in self.source.splitlines() if line.strip())

    @property
    def shown(self) -> str:
        """What its outputs say as plain text, one after the other."""
        texts = (output.get("text") or output.get("data", {}).get("text/plain", "") for output in self.outputs)
        return "".join(map(joined, texts))

    @cached_property
    def headings(self) -> tuple[Heading, ...]:
        return headings(self.source) if self.is_prose else ()


@dataclass(frozen=True)
class Notebook:
    """A lab's notebook, and the rooms that it belongs to."""

    rooms: Rooms
    text: str
    cells: tuple[Cell, ...]

    @property
    def path(self) -> Path:
        return self.rooms.notebook

    @property
    def name(self) -> str:
        """The path as a learner would type it."""
        return self.rooms.short(self.path)

    @property
    def code(self) -> tuple[Cell, ...]:
        return tuple(cell for cell in self.cells if cell.is_code)

    @property
    def prose(self) -> tuple[Cell, ...]:
        return tuple(cell for cell in self.cells if cell.is_prose)


def read(rooms: Rooms) -> Notebook:
    """Read a lab's notebook. Raises CapsizeError where there is none, or where it is not a notebook."""
    try:
        text = rooms.notebook.read_text(encoding="utf-8")
        cells = json.loads(text)["cells"]
        return Notebook(rooms, text, tuple(_cell(number, cell) for number, cell in enumerate(cells, 1)))
    except OSError as error:
        raise CapsizeError(f"{rooms.slug} has no notebook", place=rooms.notebook, got=str(error)) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CapsizeError("this is not a notebook", place=rooms.notebook, got=repr(error)) from error


def joined(text: str | list[str]) -> str:
    """Give a text that the format may write as a list of lines."""
    return text if isinstance(text, str) else "".join(text)


def headings(source: str) -> tuple[Heading, ...]:
    """Find the headings of a text; a line of a code fence is none."""
    found = (HEADING.match(line) for line in outside_fences(source))
    return tuple(Heading(len(match[1]), match[2]) for match in found if match)


def outside_fences(source: str) -> list[str]:
    """Give the lines that are not code, in order."""
    lines, in_code = [], False
    for line in source.splitlines():
        if FENCE.match(line):
            in_code = not in_code
        elif not in_code:
            lines.append(line)
    return lines


def _cell(number: int, cell: Mapping[str, Any]) -> Cell:
    return Cell(
        number=number,
        id=cell.get("id", "no id"),
        kind=cell["cell_type"],
        source=joined(cell["source"]),
        tags=frozenset(cell["metadata"].get("tags", ())),
        count=cell.get("execution_count"),
        outputs=tuple(cell.get("outputs", ())),
    )
