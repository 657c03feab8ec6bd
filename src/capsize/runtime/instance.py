"""One instance of a service: started, probed, restarted with back-off, stopped, as its service says.

The back-off is Docker's and Kubernetes' idea with Docker's first step: 0.1 s, doubled at each restart, at most 10 s,
and forgotten once an instance has run for 10 s.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio

from capsize.errors import CapsizeError
from capsize.runtime.blame import blame, tail
from capsize.runtime.probes import Answer, Bedside, ask
from capsize.runtime.processes import Child, Family
from capsize.runtime.program import Program
from capsize.runtime.timeline import Timeline
from capsize.stack.model import Probe, Service

EAGER = 0.02  # seconds between probes until the first that passes
FIRST_BACKOFF, LONGEST_BACKOFF, FORGIVEN_AFTER = 0.1, 10.0, 10.0


@dataclass(frozen=True)
class Plan:
    """How an instance comes to life: the program it runs, made anew at each start, and who says that it is ready."""

    program: Callable[[], Awaitable[Program]]
    ready: Callable[[], Awaitable[bool]] | None
    folder: Path
    code: Path
    sweep: Callable[[], None] = lambda: None  # removes what a killed program leaves outside its folder
    tend: Callable[[Callable[[str, str], None]], Coroutine[Any, Any, None]] | None = (
        None  # looks after it while it runs
    )


class Instance:
    """An instance by name, its desired state (``wanted``) and its actual one (``state``, ``ready``, ``live``)."""

    def __init__(self, service: Service, name: str, port: int, plan: Plan, family: Family, timeline: Timeline) -> None:
        self.service, self.name, self.port, self.plan = service, name, port, plan
        self.family, self.timeline = family, timeline
        self.log = plan.folder.parent / f"{name}.log"
        self.wanted, self.state, self.why = "running", "starting", ""
        self.ready = False
        self.restarts = 0
        self.child: Child | None = None
        self.settled = anyio.Event()  # ready for the first time, or ended for good
        self.spawned = anyio.Event()
        self.changed: Callable[[Instance], None] = lambda _: None
        self._wake = anyio.Event()
        self._grace = service.stop_grace_period
        self._program: Program | None = None

    @property
    def pid(self) -> int | None:
        return self.child.pid if self.child and self.child.code is None else None

    @property
    def live(self) -> bool:
        return self.state in ("starting", "running")

    async def live_on(self) -> None:
        """Run until nobody wants the instance any more."""
        backoff = FIRST_BACKOFF
        while self.wanted != "gone":
            began = time.monotonic()
            code = await self._run_once()
            self._end(code)
            if time.monotonic() - began > FORGIVEN_AFTER:
                backoff = FIRST_BACKOFF
            if self.wanted == "restarted":
                self.wanted = "running"
            elif self._shall_restart(code):
                await self._back_off(backoff)
                backoff = min(backoff * 2, LONGEST_BACKOFF)
            else:
                await self._rest()
            self.restarts += self.wanted == "running"

    async def _back_off(self, seconds: float) -> None:
        self.state = "back-off"
        with anyio.move_on_after(seconds):
            await self._wake.wait()

    async def _rest(self) -> None:
        self.settled.set()
        while self.wanted not in ("running", "gone"):
            await self._wake.wait()

    def _shall_restart(self, code: int) -> bool:
        restart = self.service.restart
        if self.wanted != "running":
            return False
        if restart.policy == "on-failure":
            return code != 0 and (restart.attempts is None or self.restarts < restart.attempts)
        if restart.policy == "no":
            self.wanted = "ended"
        return restart.policy != "no"

    def want(self, wanted: str) -> None:
        """Say what is desired: running, stopped, gone."""
        self.wanted = wanted
        self._wake.set()
        self._wake = anyio.Event()

    async def _run_once(self) -> int:
        self.state, self.why = "starting", ""
        self._program = program = await self.plan.program()
        self.child = await self.family.spawn(
            program.argv, env=program.env, cwd=program.cwd, log=self.log, user=program.user, stop=program.stop_signal
        )
        self.spawned.set()
        self.changed(self)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._keep_asking, program)
            if self.plan.tend:
                tasks.start_soon(self.plan.tend, self._tell)
            code = await self.child.wait()
            tasks.cancel_scope.cancel()
        return code

    def _end(self, code: int) -> None:
        asked = self.wanted in ("stopped", "gone", "restarted")
        self.state = "stopped" if asked or code == 0 else "crashed"
        self.why = _ending(code)
        self._set_ready(False)
        self.timeline.tell(self.name, "ended" if self.state == "stopped" else "crashed", self.why)
        if blame(self.log, self.plan.code):
            self.settled.set()  # the learner's file is at fault: another try would end the same way
        self.changed(self)

    async def _keep_asking(self, program: Program) -> None:
        probe = self.service.readiness
        await anyio.sleep(probe.initial_delay if probe else 0)
        failures = successes = 0
        while True:
            answer = await self._ask(probe, program)
            failures, successes = (0, successes + 1) if answer.passed else (failures + 1, 0)
            self.why = answer.why
            if answer.passed and successes >= (probe.success_threshold if probe else 1):
                self._set_ready(True)
            elif self.ready and failures >= (probe.failure_threshold if probe else 3):
                self._set_ready(False)
            await anyio.sleep(EAGER if self.state == "starting" else probe.period if probe else 2.0)

    async def _ask(self, probe: Probe | None, program: Program) -> Answer:
        if self.plan.ready:
            with anyio.move_on_after(1.0):
                return Answer(await self.plan.ready(), "answers")
            return Answer(False, "no answer within 1 s")
        if self.state == "starting" and probe and probe.kind == "exec" and self.service.environment.get("PORT"):
            answer = await self._ask(None, program)  # a command costs a process: not before there is somebody to ask
            if not answer.passed:
                return answer
        bedside = Bedside(self.family, self.port, program.env, program.cwd, self.log.with_suffix(".probe"))
        return await ask(probe or Probe("tcp"), bedside)

    def _set_ready(self, ready: bool) -> None:
        if ready == self.ready:
            return
        self.ready = ready
        if ready and self.state == "starting":
            self.state = "running"
        if self.pid is not None:
            self.timeline.tell(self.name, "ready" if ready else "not ready", self.why)
        if ready:
            self.settled.set()
        self.changed(self)

    async def kill(self, why: str = "") -> None:
        """Send SIGKILL to the instance and all its processes."""
        self._tell("killed", why)
        await self._hit(signal.SIGKILL)

    async def pause(self, why: str = "") -> None:
        """Freeze the instance with SIGSTOP: it keeps its connections and answers nobody."""
        if self.pid is not None and self.state != "paused":
            self._tell("paused", why)
            await self._hit(signal.SIGSTOP)
            self.state = "paused"
            self.changed(self)

    async def resume(self, why: str = "") -> None:
        """Let a paused instance go on."""
        if self.state == "paused":
            self._tell("resumed", why)
            await self._hit(signal.SIGCONT)
            self.state = "running" if self.settled.is_set() else "starting"
            self.changed(self)

    async def stop(self, why: str = "", *, wanted: str = "stopped") -> None:
        """Ask it to end by its stop signal, and end it when its grace period is over."""
        self.want(wanted)
        child = self.child
        if child is None or child.code is not None:
            return
        self._tell("asked to stop", why)
        await self.resume()
        self.state = "stopping"
        self.changed(self)
        number = self.service.stop_signal if not self.service.image or not self._program else self._program.stop_signal
        if not await child.stop(getattr(signal, number), self._grace):
            self._tell("killed", f"did not end within {self._grace:g} s")
        while self.child is child and self.state == "stopping":
            await anyio.sleep(0)  # until live_on has heard of it too

    async def restart(self, why: str = "") -> None:
        """Stop it, and start it again; start it if it had ended."""
        if self.pid is None:
            self.start(why)
        else:
            await self.stop(why, wanted="restarted")

    def start(self, why: str = "") -> None:
        """Start it again if it has ended."""
        if self.pid is None:
            self._tell("started", why)
            self.want("running")

    async def _hit(self, number: int) -> None:
        if self.child:
            await self.child.hit(number)

    def _tell(self, what: str, why: str) -> None:
        self.timeline.tell(self.name, what, why)

    def complaint(self, what: str) -> CapsizeError:
        """Return the error that tells what became of this instance, with the learner's line and the log's last."""
        return CapsizeError(
            f"{self.name} {what}",
            place=blame(self.log, self.plan.code) or self.service.place,
            expected=f"{self.service.name} becomes ready",
            got=self.why,
            evidence=tail(self.log, 12),
            next="correct the line above, then start the stack again",
        )


def _ending(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    return f"signal {signal.Signals(-code).name}"
