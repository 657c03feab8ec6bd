"""The report of a check's process: its verdicts, one JSON object a line over a socket pair, and what they add up to.

Only the two processes hold the pair. A learner's service runs below the nursery, which does not inherit it, so nothing
that a service prints, writes or exits with can pass for a verdict. "Passed" needs a test of the exercise that ran,
every test passed, and a process that ended with exit code 0.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, cast

from capsize.check.verdict import Verdict
from capsize.course.exercises import Exercise

CANCELLED = "the check was cancelled"
TAIL = 12  # lines of the process's output that are quoted


class Reporter:
    """The check's end. When the other end is gone, nobody waits for a verdict, and the process group ends."""

    def __init__(self, number: int) -> None:
        os.set_inheritable(number, False)
        self.wire = socket.socket(fileno=number)
        threading.Thread(target=self._watch, name="capsize-asker", daemon=True).start()

    def send(self, **message: Any) -> None:
        self.wire.sendall(json.dumps(message).encode() + b"\n")

    def _watch(self) -> None:
        if not self.wire.recv(1):
            os.killpg(0, signal.SIGKILL)


def received(wire: socket.socket) -> Iterator[dict[str, Any]]:
    """Yield what the check sends until its process ends. Raise TimeoutError by the wire's own timeout."""
    rest = b""
    while data := wire.recv(65536):
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            yield cast(dict[str, Any], json.loads(line))


@dataclass
class Report:
    """What has come in. ``allowed`` is how many seconds a test has; ``code`` is pytest's exit code."""

    allowed: float
    seed: int = 0
    began: list[str] = field(default_factory=list)
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    code: int | None = None
    problem: str | None = None
    broken: str = ""  # why the checks could not even be read
    output: str = ""

    def take(self, message: dict[str, Any]) -> None:
        """Take one message in."""
        match message:
            case {"begin": test, "deadline": deadline}:
                self.began.append(test)
                self.allowed = deadline
            case {"end": test, "verdict": verdict}:
                self.verdicts[test] = Verdict.from_json(verdict)
            case {"broken": why}:
                self.broken = why
            case {"over": code}:
                self.code = code

    def verdict(self, exercise: Exercise, seconds: float) -> Verdict:
        """Return what everything that came in means together."""
        return replace(self._verdict(exercise), title=exercise.title, seconds=round(seconds, 2), seed=self.seed)

    def _verdict(self, exercise: Exercise) -> Verdict:
        said = None if self.problem == CANCELLED else self._first("refused") or self._first("unjudged")
        if said:
            return said
        problem = self._problem(exercise)
        if problem:
            expected = "a check that runs to its end"
            drew = bool(self.began) and self.problem != CANCELLED  # it may have
            return Verdict(exercise.id, "unjudged", expected=expected, got=problem, evidence=self._tail(), drew=drew)
        return _merged(list(self.verdicts.values()))

    def _first(self, status: str) -> Verdict | None:
        return next((verdict for verdict in self.verdicts.values() if verdict.status == status), None)

    def _problem(self, exercise: Exercise) -> str | None:
        """Name what keeps the report from being a pass; None where nothing does."""
        if self.problem:
            return self.problem
        if self.broken:
            return "the checks of this lab cannot be imported"
        if self.code is None:
            return "the check's process ended before it was done"
        if not self.began:
            return f"no check of exercise {exercise.id} ran"
        if self.code != 0 or set(self.began) != set(self.verdicts):
            return f"the check's process failed: exit code {self.code}"
        return None

    def _tail(self) -> tuple[str, ...]:
        return tuple([line for line in (self.broken or self.output).splitlines() if line.strip()][-TAIL:])


def _merged(passed: list[Verdict]) -> Verdict:
    """Make one pass of several tests': each thing that was done and each claim that held, once."""
    done = dict.fromkeys(verdict.done for verdict in passed if verdict.done)
    held = dict.fromkeys(pair for one in passed for pair in zip(one.held, one.held_lines, strict=True))
    return replace(
        passed[0],
        done="\n".join(done),
        held=tuple(claim for claim, _ in held),
        held_lines=tuple(line for _, line in held),
        drew=any(verdict.drew for verdict in passed),
    )
