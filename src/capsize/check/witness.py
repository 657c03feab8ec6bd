"""What a stack's logs say about the learner's files: which line failed, which turns for ever, which is not written."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from capsize.runtime.blame import own_line
from capsize.stack.model import Place, Service, Stack

if TYPE_CHECKING:
    from capsize.handles import InstanceHandle
    from capsize.running import RunningStack

UNWRITTEN = re.compile(r"exercise (\d+\.\d+) is yours to write|NotImplementedError\W+(\d+\.\d+)")
DUMP = "(most recent call first)"
ROUTINE = re.compile(r"\bINFO\s+uvicorn")
LINES = 400  # of a log, looked at for a traceback
TAIL = 8  # of a log, quoted


@dataclass(frozen=True)
class Witness:
    """A stack that is up, asked about the files in ``code``."""

    stack: RunningStack
    code: Path

    @property
    def instances(self) -> list[InstanceHandle]:
        """The instances that run the learner's files."""
        own = {service.name for service in own_services(self.stack.model, self.code)}
        return [instance for instance in self.stack.instances if instance.service in own]

    def line(self) -> Place | None:
        """Name the learner's line that the last traceback of a log goes through."""
        found = (own_line(instance.logs(LINES).splitlines(), self.code) for instance in self.instances)
        return next((place for place in found if place), None)

    def last_words(self) -> list[str]:
        """Return the last lines of the learner's logs, without what uvicorn says on every start."""
        lines = [line for instance in self.instances for line in instance.logs(LINES).splitlines()]
        return [line for line in lines if not ROUTINE.search(line)][-TAIL:]

    def unwritten(self) -> str | None:
        return unwritten(instance.logs(LINES) for instance in self.instances)

    def crash(self) -> str | None:
        """Say which of the learner's instances ended by itself, and how."""
        own, asked, ends = {instance.name for instance in self.instances}, set(), []
        for event in list(self.stack.timeline.events):
            if event.what in ("asked to stop", "killed"):
                asked.add(event.who)
            elif event.what in ("crashed", "ended") and event.who in own and event.who not in asked:
                ends.append(f"{event.who} ended by itself: {event.why}")
            elif event.what == "ready":
                asked.discard(event.who)
        return ends[-1] if ends else None

    def where_it_turns(self) -> Place | None:
        """Name the learner's line that a process turns in. One that is only passing by is not there three times."""
        place = None
        for _ in range(3):
            place = self._where_it_is()
            if place is None:
                return None
        return place

    def _where_it_is(self) -> Place | None:
        """Have the learner's processes write down where they are, and name the learner's line."""
        before = self._dumps()
        awake = [one for one in self.instances if one.pid is not None and one.state != "paused"]
        if not awake:
            return None
        for one in awake:
            one.dump()
        deadline = time.monotonic() + 1.0
        while self._dumps() == before and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(0.1)  # apart from the next look, and long enough for the whole of the dump
        return self.line() if self._dumps() > before else None

    def _dumps(self) -> int:
        return sum(instance.logs(LINES).count(DUMP) for instance in self.instances)


def own_services(model: Stack, code: Path) -> list[Service]:
    """List the services that run the learner's files: those that see the folder."""
    here = model.file.parent
    return [
        service
        for service in model.services.values()
        if any(v.kind == "bind" and (here / v.source).resolve() == code.resolve() for v in service.volumes)
    ]


def unwritten(texts: Iterable[str]) -> str | None:
    """Name the exercise whose unfinished path was taken, if one was."""
    for text in texts:
        if found := UNWRITTEN.search(text):
            return found[1] or found[2]
    return None
