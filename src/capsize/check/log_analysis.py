"""What a stack's logs say about the learner's files: which line failed, which hangs, which is not written."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from capsize.check.farewells import without_farewells
from capsize.errors import CapsizeError
from capsize.runtime.tracebacks import own_line, reason, undumped
from capsize.stack.model import Location, Service, Stack

if TYPE_CHECKING:
    from capsize.session.handles import InstanceHandle
    from capsize.session.running import RunningStack

UNWRITTEN = re.compile(r"exercise (\d+\.\d+) is yours to write|NotImplementedError\W+(\d+\.\d+)")
ROUTINE = re.compile(r"\bINFO\s+uvicorn|There is no configured limit to the number of allowed active downstream")
UNAWAITED = re.compile(r"(?P<file>\S+):(?P<line>\d+): RuntimeWarning: coroutine '.+' was never awaited")
NOTICED_WITHIN = 0.5  # seconds
LINES = 400  # of a log, looked at for a traceback
TAIL = 8  # of a log, quoted


@dataclass(frozen=True)
class LogAnalysis:
    """The logs of a stack that is up, read for the files in ``code``."""

    stack: RunningStack
    code: Path

    @property
    def instances(self) -> list[InstanceHandle]:
        """The instances that run the learner's files."""
        own = {service.name for service in own_services(self.stack.model, self.code)}
        return [instance for instance in self.stack.instances if instance.service in own]

    def line(self) -> Location | None:
        """Name the learner's line that the last traceback of a log goes through."""
        found = (own_line(_told(instance), self.code) for instance in self.instances)
        return next((place for place in found if place), None)

    def lacking(self, file: str) -> Location | None:
        """Name the exercise's file where the last error is that it lacks a name which others call."""
        words = f"AttributeError: module '{file.removesuffix('.py')}' has no attribute"
        lacks = any(reason(_told(instance)).startswith(words) for instance in self.instances)
        return Location(self.code / file, 1) if lacks else None

    def last_words(self) -> list[str]:
        """Return the last lines of the learner's logs, without what servers say on every start."""
        lines = [line for instance in self.instances for line in _told(instance)]
        return [line for line in lines if not ROUTINE.search(line)][-TAIL:]

    def unwritten(self) -> str | None:
        return unwritten(instance.logs(LINES) for instance in self.instances)

    def unawaited(self) -> tuple[Location, str] | None:
        """Name the learner's line that made a coroutine and did not await it, and what Python said of it."""
        logs = (instance.logs(LINES) for instance in self.instances)
        for found in (found for log in logs for found in UNAWAITED.finditer(log)):
            if Path(found["file"]).is_relative_to(self.code):
                return Location(Path(found["file"]), int(found["line"])), found[0]
        return None

    def crash(self) -> str | None:
        """Say which of the learner's instances ended by itself, and how."""
        own = {instance.name for instance in self.instances}
        ends = [end for who, end in self._ends() if who in own]
        return ends[-1] if ends else None

    def end_of_ours(self) -> str | None:
        """Say which part of the stack that is not the learner's ended by itself, and how: a database, the wires."""
        theirs = {instance.name for instance in self.instances}
        ends = [end for who, end in self._ends() if who not in theirs and who not in self._tasks]
        return ends[-1] if ends else None

    def _ends(self) -> Iterator[tuple[str, str]]:
        """Yield who ended without being asked to, and in which words that is said."""
        asked = set()
        for event in list(self.stack.timeline.events):
            if event.what in ("asked to stop", "killed"):
                asked.add(event.who)
            elif event.what in ("crashed", "ended") and event.who not in asked:
                yield event.who, f"{event.who} ended by itself: {event.why}"
            elif event.what == "ready":
                asked.discard(event.who)

    def where_it_is_stuck(self) -> Location | None:
        """Name the learner's line that a process executes for ever, if one does."""
        awake = [one for one in self.instances if one.pid and one.service in self._python and one.state != "paused"]
        return next((place for one in awake if (place := one.where_it_is_stuck())), None)

    def loss(self) -> CapsizeError | None:
        """Return why the whole stack went down. Blocks a moment where an instance is gone and nobody has noticed."""
        pids = [one.pid for one in self.instances if one.pid]
        deadline = time.monotonic() + NOTICED_WITHIN
        while not self.stack.loss and not all(map(psutil.pid_exists, pids)) and time.monotonic() < deadline:
            time.sleep(0.01)
        return self.stack.loss

    def is_own(self, port: int | None) -> bool:
        """Say whether a port that the outside calls leads to a service that runs the learner's files."""
        own = {service.name for service in own_services(self.stack.model, self.code)}
        return any(edge.callee in own for edge, at in self.stack.supervisor.view.wires.at.items() if at == port)

    @property
    def _tasks(self) -> set[str]:
        """The instances that end by themselves when they are done."""
        return {one.name for one in self.stack.instances if self.stack.model.services[one.service].runs_once}

    @property
    def _python(self) -> set[str]:
        """The services that can be asked where they are."""
        return {name for name, service in self.stack.model.services.items() if service.image is None}


def _told(instance: InstanceHandle) -> list[str]:
    """Return the last lines that an instance wrote of itself, not because a check asked it or ended it."""
    return without_farewells(undumped(instance.logs(LINES).splitlines()))


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
