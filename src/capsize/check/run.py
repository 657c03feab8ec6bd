"""Run an exercise's tests in a child process and hand back its verdict.

One child per exercise, with a deadline: whatever the child does, a verdict comes back.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from capsize.check import second_look, what_next
from capsize.check.draw import SEED, seed_of
from capsize.check.report import CANCELLED, Report, received
from capsize.check.unchanged import digest, keep, still_passed
from capsize.check.verdict import Verdict
from capsize.course.exercises import Exercise
from capsize.course.lab import Lab
from capsize.errors import CapsizeError
from capsize.session.hosts import prepare

START_UP = 60.0  # seconds that the child has to begin its first test, on a machine that is busy
GRACE = 15.0  # seconds beyond its deadline that a test has to take its stack down
UNUSED = ("cacheprovider", "doctest", "junitxml", "pastebin", "stepwise")
CHILD = ("-P", "-m", "capsize.check.child")
FOREIGN = re.compile(
    "(PYTEST_|PYTHONOPT|PG).*|(HTTP|HTTPS|ALL|NO)_PROXY|SSL_CERT_(FILE|DIR)|(REQUESTS|CURL|AWS)_CA_BUNDLE"
)
PYTEST = (
    *("-q", "-p", "capsize.check.plugin", "--noconftest", "--assert=plain"),
    *("-c", os.devnull),
    *(word for name in UNUSED for word in ("-p", f"no:{name}")),
)


class Checking:
    """The check of one exercise under way; ``cancel`` ends it from any thread. A context manager that ends it.

    Its draws come from ``seed``, else from the environment's, else from a new one.
    """

    def __init__(
        self, lab: Lab, exercise: Exercise, code: Path, on: str = "processes", seed: int | None = None
    ) -> None:
        self.lab, self.exercise, self.code, self.on = lab, exercise, code, on
        self.report, self.digest = Report(START_UP, seed_of(seed)), digest(lab, exercise, code)
        self._output = tempfile.TemporaryFile()  # noqa: SIM115 - closed by close()
        self._wire, theirs = socket.socketpair()
        with theirs:
            self._process = self._start(theirs.fileno())

    def _start(self, descriptor: int) -> subprocess.Popen[bytes]:
        rooms = self.lab.rooms
        asked = (f"--code={self.code}", f"--exercise={self.exercise.id}", f"--on={self.on}")
        return subprocess.Popen(
            [sys.executable, *CHILD, str(descriptor), *PYTEST, f"--rootdir={rooms.root}", *asked, str(rooms.checks)],
            cwd=rooms.root,
            env={**_environment(), SEED: str(self.report.seed)},
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=self._output,
            pass_fds=(descriptor,),
            start_new_session=True,
        )

    def verdict(self) -> Verdict:
        """Wait for the verdict; the child is gone afterwards."""
        began = time.monotonic()
        with self:
            try:
                self._listen()
            except TimeoutError:
                self._run_out()
            except OSError as error:
                self.report.problem = f"the check's process was lost: {error}"
        verdict = self.report.verdict(self.exercise, time.monotonic() - began)
        return replace(verdict, look=self._from_root(verdict.look))

    def _run_out(self) -> None:
        self.report.problem = self.report.problem or f"the check had no result after {self.report.allowed:g} s"

    def _from_root(self, look: str) -> str:
        """Write the place so that it can be opened: from the course's root."""
        return self.lab.rooms.short(self.code / look) if look else look

    def cancel(self) -> None:
        """End the check; its verdict says that it was cancelled."""
        self.report.problem = CANCELLED
        self._kill()

    def __enter__(self) -> Checking:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._kill()
        self._process.wait()
        self._output.seek(0)
        self.report.output = self._output.read().decode(errors="replace")
        self._output.close()
        self._wire.close()

    def _listen(self) -> None:
        """Hear the child until it has told everything, has ended, or has had the time that it may have."""
        self._await_until(time.monotonic() + START_UP)
        deadline = time.monotonic() + START_UP
        for message in received(self._wire):
            self.report.take(message)
            if self.report.code is not None:
                return
            deadline = time.monotonic() + self.report.allowed + GRACE if "begin" in message else deadline
            self._await_until(deadline)

    def _await_until(self, deadline: float) -> None:
        self._wire.settimeout(max(0.001, deadline - time.monotonic()))

    def _kill(self) -> None:
        """Kill the group while its leader is not yet reaped, so that the number cannot be somebody else's."""
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)


def begin(lab: Lab, exercise: Exercise, *, on: str = "processes", seed: int | None = None) -> Checking:
    """Begin to check one exercise on the lab's code; returns at once, or when its containers' images are there."""
    lab = lab.of(exercise)
    prepare(on, lab.model)
    return Checking(lab, exercise, lab.code(), on, seed)


def judge(lab: Lab, exercise: Exercise, *, on: str = "processes", seed: int | None = None) -> Verdict:
    """Check one exercise on the lab's code, and keep it if it passed."""
    checking = begin(lab, exercise, on=on, seed=seed)
    return record(checking, checking.verdict())


def judge_changed(lab: Lab, exercise: Exercise, *, on: str = "processes") -> Verdict:
    """Check one exercise, unless it passed in this session and nothing changed since."""
    return still_passed(lab, exercise, on) or judge(lab, exercise, on=on)


def record(checking: Checking, verdict: Verdict) -> Verdict:
    """Keep a pass, for this session and, of the learner's own files, in the score, and what was refused there.

    Return the verdict, with what it may have been where the same was refused before.
    """
    lab = checking.lab
    keep(lab, verdict, checking.on, checking.digest)
    if not lab.is_own_work:
        return verdict
    try:
        if verdict.passed:
            lab.record_pass(checking.exercise)
        return what_next.told(lab, checking.exercise, second_look.recorded(lab, verdict))
    except CapsizeError as error:  # a verdict is a verdict, written down or not
        print(f"{verdict.headline}; it is not written down: {error}", file=sys.stderr)
        return verdict


def _environment() -> dict[str, str]:
    """The environment without what would change how pytest or Python runs the check, or how its clients connect."""
    kept = {name: value for name, value in os.environ.items() if not FOREIGN.fullmatch(name.upper())}
    return {**kept, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
