"""More warm interpreters below the spawner, each with a hash seed of its own, and the choice among them.

What Python draws once for each process, all forks of one interpreter share: ``hash("a")`` would be one number in every
copy of a service. Standard library only.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
from collections import Counter
from collections.abc import Collection
from typing import Any

MOST = 4  # interpreters, the spawner's included: each takes 40 MB and half a second of a core
FLAG = "--zygote"
# Nothing of this user's Python, UTF-8, no bytecode. What forks start by multiprocessing inherits these: an option
# reaches where a variable is ignored.
OPTIONS = ("-I", "-B", "-X", "utf8")


class Seeds:
    """Which interpreter each living Python process is forked from; the first is the spawner itself."""

    def __init__(self) -> None:
        self.living: dict[int, tuple[int, str]] = {}
        self.given: Counter[tuple[int, str]] = Counter()

    def choose(self, number: int, service: str, warm: Collection[int]) -> int | None:
        """Choose for a new process: one that is ``warm``; a colder one only where they do not suffice.

        Two living copies of a service never share one; a restart and another service get another where they can. None
        where all are taken: then only an interpreter of its own has a seed of its own.
        """
        taken = {seed for seed, other in self.living.values() if other == service}
        free = [seed for seed in range(MOST) if seed not in taken]
        there = [seed for seed in free if seed in warm] or free[:1]
        if not there:
            return None
        load = Counter(seed for seed, _ in self.living.values())
        seed = min(there, key=lambda one: (self.given[one, service], load[one]))
        self.living[number] = (seed, service)
        self.given[seed, service] += 1
        return seed

    def forget(self, number: int) -> None:
        """Take in that a process has ended."""
        self.living.pop(number, None)


class Zygote:
    """A warm interpreter that forks for the spawner, which speaks to it as the client speaks to the spawner.

    ``children`` has the pid by the client's number, None until it is told.
    """

    def __init__(self, script: str, folder: str) -> None:
        self.children: dict[int, int | None] = {}
        self.rest, self.is_warm, self.is_gone = b"", False, False
        (stdin, self.writer), (self.reader, stdout) = os.pipe(), os.pipe()
        redirected = [(os.POSIX_SPAWN_DUP2, stdin, 0), (os.POSIX_SPAWN_DUP2, stdout, 1)]
        words = [sys.executable, *OPTIONS, script, folder, FLAG]
        self.pid = os.posix_spawn(sys.executable, words, os.environ, file_actions=redirected)
        os.close(stdin)
        os.close(stdout)

    def send(self, **command: Any) -> None:
        """Send a command; an interpreter that is gone shows at the reader's end."""
        words = json.dumps(command).encode() + b"\n"
        with contextlib.suppress(OSError):
            while words:
                words = words[os.write(self.writer, words) :]

    def spawn(self, number: int, birth: dict[str, Any]) -> None:
        """Have it fork a child."""
        self.children[number] = None
        self.send(do="spawn", id=number, **birth)

    def hear(self) -> list[dict[str, Any]]:
        """Return what it has told; when it was killed, the end of each of its children."""
        data = os.read(self.reader, 65536)
        *lines, self.rest = (self.rest + data).split(b"\n")
        self.is_gone = not data
        events = self._end() if self.is_gone else [json.loads(line) for line in lines]
        for event in events:
            self._note(**event)
        return events

    def _note(self, event: str, id: int = 0, pid: int = 0, **_: Any) -> None:  # noqa: A002 - the protocol's word
        self.is_warm = self.is_warm or event == "warm"
        if event == "started":
            self.children[id] = pid
        elif event in ("ended", "failed"):
            self.children.pop(id, None)

    def _end(self) -> list[dict[str, Any]]:
        events = list[dict[str, Any]]()
        for number, pid in self.children.items():
            if pid is None:
                events.append({"event": "failed", "id": number, "why": "the interpreter that forks it was killed"})
                continue
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)
            events.append({"event": "ended", "id": number, "pid": pid, "code": -signal.SIGKILL})
        return events

    def close(self) -> None:
        """Have it take down what it has forked, and end."""
        os.close(self.writer)
        os.close(self.reader)
