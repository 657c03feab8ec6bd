"""What the processes of a deploy were seen to do, read from the lines that the recorders wrote."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FILES = ("write", "sqlite")
MANY = 6  # variables that one line of code reads: it lists them all, and asks for none


@dataclass(frozen=True)
class EnvRead:
    """A variable that was asked for. ``own``: by a file of the app, not of a library."""

    name: str
    there: bool
    own: bool
    at: str


@dataclass(frozen=True)
class Tape:
    """``hears`` is false where no process of the deploy loaded a recorder: then nothing here is known."""

    hears: bool = False
    reads: tuple[EnvRead, ...] = ()
    writes: tuple[tuple[str, bool], ...] = ()  # path, and whether it was new then; those of SQLite too
    databases: tuple[str, ...] = ()  # files that SQLite opened
    calls: tuple[tuple[str, int], ...] = field(default=())  # host and port

    @property
    def own_names(self) -> list[str]:
        """The variables that the app's own files ask for."""
        return sorted({read.name for read in self.reads if read.own})

    @property
    def missing(self) -> list[str]:
        """The variables that were asked for and not there, the last first."""
        return list(dict.fromkeys(read.name for read in reversed(self.reads) if not read.there))

    @property
    def missing_own(self) -> list[str]:
        """Those of them that the app's own files asked for."""
        own = {read.name for read in self.reads if read.own}
        return [name for name in self.missing if name in own]


def read(file: Path) -> Tape:
    """Read a tape; a line that is half written is left out."""
    lines = list(_lines(file))
    reads = [EnvRead(one["name"], one["there"], one["own"], one["at"]) for one in lines if one["saw"] == "env"]
    return Tape(
        any(one["saw"] == "process" for one in lines),
        tuple(_asked(reads)),
        tuple((one["path"], one.get("new", False)) for one in lines if one["saw"] in FILES and _is_file(one["path"])),
        tuple(dict.fromkeys(one["path"] for one in lines if one["saw"] == "sqlite" and _is_file(one["path"]))),
        tuple(dict.fromkeys((one["host"], one["port"]) for one in lines if one["saw"] == "connect")),
    )


def _is_file(path: str) -> bool:
    return bool(path) and path != ":memory:" and "mode=memory" not in path


def _asked(reads: list[EnvRead]) -> Iterator[EnvRead]:
    places: dict[str, set[str]] = {}
    for read in reads:
        places.setdefault(read.at, set()).add(read.name)
    yield from (read for read in reads if len(places[read.at]) < MANY or not read.own)


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    text = file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""
    for line in text.splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            continue
