"""What a keeper does with the bank's key, by Python's own audit events: it is written down for whoever asks.

An event is raised before its deed, so that each step of the keeper is seen as the one before has left it. Nothing is
prevented here.
"""

from __future__ import annotations

import gc
import io
import logging
import os
import signal
import stat
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from shop.vault import Vault

log = logging.getLogger("shop.keys")
STARTS = ("subprocess.Popen", "os.posix_spawn", "os.exec", "os.system", "os.putenv")
"""Events with a command line or an environment in them."""
CHANGES = ("open", "os.rename", "os.chmod", "os.remove", "os.link", "os.symlink", "os.rmdir", "os.truncate")
PLACES = ("os.rename", "os.link", "os.symlink")  # events that put a file in its place
WRITERS = (io.TextIOWrapper, io.BufferedWriter, io.BufferedRandom)


class KeyWatch:
    """The watch over one key's ``file``, and over everything else that its keeper writes or starts."""

    def __init__(self, vault: Vault, file: Path) -> None:
        self.vault, self.file, self.folder = vault, _absolute(file), _absolute(file.parent)
        self.others: set[Path] = set()  # what was opened for writing elsewhere
        self.told: set[str] = set()
        self.looking = threading.local()
        self.dies = False

    def begin(self) -> None:
        """Watch from now on; after SIGUSR2 the process dies just before it puts a file into its place."""
        signal.signal(signal.SIGUSR2, lambda *_: setattr(self, "dies", True))
        sys.addaudithook(self.look)

    def look(self, event: str, arguments: tuple[object, ...]) -> None:
        """Look at one event; what a look itself does is not looked at."""
        if getattr(self.looking, "now", False) or not self.vault.given:
            return
        self.looking.now = True
        try:
            self._look(event, arguments)
        finally:
            self.looking.now = False

    def _look(self, event: str, arguments: tuple[object, ...]) -> None:
        if event in STARTS and self._holds(repr(arguments)):
            self.tell(f"a key was handed to {event}")
        if event in CHANGES:
            if event == "os.chmod":
                self._flush()
            self._look_at_files()
            self._look_at_paths(event, [_absolute(one) for one in _paths(arguments)])
        if event == "open":
            self._note_writing(*arguments)

    def _look_at_paths(self, event: str, paths: list[Path]) -> None:
        if event in ("os.remove", "os.rename") and paths[:1] == [self.file] and os.path.lexists(self.file):
            self.tell("the key's file was taken away")
        if self.dies and event in PLACES and any(path.is_relative_to(self.folder) for path in paths):
            os.kill(os.getpid(), signal.SIGKILL)

    def _look_at_files(self) -> None:
        """Tell of a key in a file of the folder that others may open, and of one in a file elsewhere."""
        for path in self.folder.rglob("*"):
            if path.is_file() and is_open_to_others(path, self.folder) and self._is_in(path):
                self.tell(f"{path.name} was open to others with the key in it")
        for path in self.others:
            if self._is_in(path):
                self.tell(f"the key was written into {path}")

    def _note_writing(self, path: object = None, mode: object = None, flags: object = 0) -> None:
        writes = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR)
        if writes and isinstance(path, str | bytes | os.PathLike):
            found = _absolute(path)
            if not found.is_relative_to(self.folder) and not found.is_relative_to("/dev"):
                self.others.add(found)

    def _flush(self) -> None:
        """Write what file objects still keep back: for the keeper it is in the file."""
        for one in gc.get_objects():
            if type(one) in WRITERS:
                with suppress(OSError, ValueError):
                    if stat.S_ISREG(os.fstat(one.fileno()).st_mode):
                        one.flush()

    def _is_in(self, path: Path) -> bool:
        with suppress(OSError):
            return self._holds(path.read_text(encoding="utf-8", errors="replace"))
        return False

    def _holds(self, text: str) -> bool:
        return any(key in text for key in self.vault.given)

    def tell(self, words: str) -> None:
        """Write something down, once."""
        if words not in self.told:
            self.told.add(words)
            log.warning("%s", words)


def _absolute(path: Any) -> Path:
    return Path(os.path.abspath(os.fsdecode(path)))  # noqa: PTH100 - resolve() would follow a link


def is_open_to_others(path: Path, folder: Path) -> bool:
    """Return whether others may open a file: by its mode, and by those of the folders below ``folder``."""
    with suppress(OSError):
        mode = path.stat().st_mode
        doors = [one.stat().st_mode for one in path.resolve().parents if one.is_relative_to(folder) and one != folder]
        return any(mode & 6 << who and all(door & 1 << who for door in doors) for who in (0, 3))
    return False


def _paths(arguments: tuple[object, ...]) -> Iterator[str | bytes | os.PathLike[str]]:
    for one in arguments:
        if isinstance(one, str | bytes | os.PathLike):
            yield one
