"""The app's own log: a line for each thing that happened, in a file that begins anew before it gets too long.

``shop.log`` is being written; ``shop.log.1`` was before, ``shop.log.2`` before that. A line is one write, so that it is
in the file whole however this process ends, and it is in the file before anybody is told of what it says.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

from shop.logfiles import NAME

KEPT = 40  # old files; what is older than they is gone, whether somebody has read it or not


class Logbook:
    """The log of one process in a folder; a new file begins at so many ``bytes``."""

    def __init__(self, folder: Path, size: int) -> None:
        self.folder, self.size = folder, size
        folder.mkdir(parents=True, exist_ok=True)
        self._file = self._opened()

    def write(self, what: str, **more: Any) -> None:
        """Write a line. Only what somebody may read belongs into it."""
        line = json.dumps({"at": time.strftime("%H:%M:%S"), "what": what, **more}).encode() + b"\n"
        if os.fstat(self._file).st_size + len(line) > self.size:
            self._turn_over()
        os.write(self._file, line)

    def _turn_over(self) -> None:
        os.close(self._file)
        (self.folder / f"{NAME}.{KEPT}").unlink(missing_ok=True)
        for number in range(KEPT - 1, 0, -1):
            old = self.folder / f"{NAME}.{number}"
            if old.exists():
                old.rename(self.folder / f"{NAME}.{number + 1}")
        (self.folder / NAME).rename(self.folder / f"{NAME}.1")
        self._file = self._opened()

    def _opened(self) -> int:
        file = os.open(self.folder / NAME, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        if not os.fstat(file).st_size:  # no two files begin alike, so that whoever reads them can tell them apart
            os.write(file, json.dumps({"log": str(uuid4())}).encode() + b"\n")
        return file
