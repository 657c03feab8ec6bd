"""One deploy: a copy of the release with its configuration, running at a port of its own."""

from __future__ import annotations

import shlex
import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from capsize.audit import releases, tape, tree
from capsize.audit.request_line import RequestLine
from capsize.audit.tap import Tap
from capsize.audit.visitor import HOME, Reply, Visitor
from capsize.runtime.child import Child, ending

SHELL = "/bin/sh"
DISK = ("release/", "tmp/")
OPERATORS = set("();<>|&")


@dataclass
class Deploy:
    """``home`` holds the release, its temporary files, its logs and the tape; ``port`` is what $PORT says.

    ``serves_at`` is where it really listens. ``taps`` count its connections, by the variable that names the service.
    """

    name: str
    home: Path
    port: int
    env: Mapping[str, str]
    taps: Mapping[str, Tap] = field(default_factory=dict)
    child: Child | None = None
    serves_at: int = 0
    ready_after: float = 0.0
    listens: tuple[tree.Listener, ...] = ()
    built: releases.State = field(default_factory=dict)  # what its disk was like when it began to run
    first: Reply | None = None

    @property
    def release(self) -> Path:
        return self.home / "release"

    @property
    def stdout(self) -> list[str]:
        return _lines(self.home / "stdout.log")

    @property
    def stderr(self) -> list[str]:
        return _lines(self.home / "stderr.log")

    @property
    def last_words(self) -> tuple[str, ...]:
        """The end of what it wrote: of its standard error, or else of its output."""
        return tuple((self.stderr or self.stdout)[-6:])

    @property
    def tape(self) -> tape.Tape:
        return tape.read(self.home / "tape")

    @property
    def is_up(self) -> bool:
        return self.child is not None and self.child.pid is not None and not self.child.ended.is_set()

    @property
    def pid(self) -> int:
        return (self.child.pid if self.child else None) or 0

    @property
    def ended(self) -> str:
        """How its command ended, if it has."""
        return ending(self.child.code or 0) if self.child and self.child.ended.is_set() else ""

    async def ask(self, question: RequestLine = HOME, visitor: Visitor | None = None) -> Reply:
        """Ask as a new visitor, or as one who has been here."""
        return await (visitor or Visitor()).ask(self.serves_at, question)

    def changed(self) -> list[str]:
        """List the files on its disk that are not what they were when it began to run: release/…, tmp/…."""
        return [name for name in releases.changed(self.built, releases.state(self.home)) if name.startswith(DISK)]

    async def end(self) -> None:
        """End all of its processes at once, as a machine does that dies."""
        if self.child and not self.child.ended.is_set():
            await self.child.hit(signal.SIGKILL)
            await self.child.ended.wait()


def in_shell(command: str, errors: Path) -> tuple[str, ...]:
    """Return the words that run a Procfile's line, its standard error in a file of its own.

    A plain command takes the shell's place, so that a signal reaches the app itself.
    """
    line = f"exec {'env ' if '=' in command.split()[0] else ''}{command}" if is_plain(command) else command
    return SHELL, "-c", f'exec 2>>"$0"; {line}', str(errors)


def is_plain(command: str) -> bool:
    """Say whether a line is one command, without operators of the shell."""
    words = shlex.shlex(command, posix=True, punctuation_chars=True)
    words.whitespace_split = True
    try:
        found = list(words)
    except ValueError:
        return False
    return bool(found) and found[0] != "exec" and not any(set(word) <= OPERATORS for word in found)


def _lines(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8", errors="replace").splitlines() if file.is_file() else []
