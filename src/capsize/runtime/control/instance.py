"""One instance of a service: started, probed, restarted with back-off, stopped, as its service says.

A service of a Deployment or a Job lives by Kubernetes' rules (probes.kubernetes, shutdown), the others by Compose's.
"""

from __future__ import annotations

import functools
import signal
import time
from collections.abc import Awaitable, Callable

import anyio

from capsize.runtime.child import Child, ending
from capsize.runtime.control.backoff import Backoff, may_come_up
from capsize.runtime.control.changes import Changes
from capsize.runtime.control.compose_health import keep_asking
from capsize.runtime.control.pod_group import PodGroup
from capsize.runtime.control.port_watch import PortWatch, take_port
from capsize.runtime.control.shutdown import shutdown, terminate
from capsize.runtime.control.timeline import Timeline
from capsize.runtime.plan import Plan
from capsize.runtime.probes.clients import ProbeTarget, ask
from capsize.runtime.probes.kubernetes import ContainerProbes, Kind, ProbeStatus
from capsize.runtime.time_scale import EXTENSION, is_kubernetes
from capsize.stack.model import Service

OVER = ("stopped", "crashed", "back-off")  # the states in which it has no process
REAPING = 5.0  # seconds at most until a death by SIGKILL is noticed


class Instance:
    """An instance by name, its desired state (``wanted``) and its actual one (``state``, ``ready``, ``live``)."""

    def __init__(
        self, service: Service, name: str, door: PortWatch, plan: Plan, timeline: Timeline, changes: Changes
    ) -> None:
        self.service, self.name, self.port, self.door, self.plan = service, name, door.port, door, plan
        self.timeline, self.changes = timeline, changes
        self.log = plan.folder.parent / f"{name}.log"
        self.wanted, self.state, self.why = "running", "starting", ""
        self.ready, self.ready_since = False, float("inf")
        self.leaving = False  # its deletion has begun: no endpoint any more, whatever its readiness
        self.is_kubernetes, self.is_being_born = is_kubernetes(service), False
        self.has_started = False  # once, however it is now
        self.is_worker = False  # it has no port: without a probe of its own it is ready as long as it runs
        self.hurries = False  # the stack goes down: nobody waits for a preStop hook
        self.extension = EXTENSION  # of a grace period that a preStop hook used up, in seconds
        self.revision, self.restarts, self.began = 1, 0, time.monotonic()
        self.child: Child | None = None
        self.settled, self.spawned = (
            anyio.Event(),
            anyio.Event(),
        )  # settled: ready for the first time, or ended for good
        self.ended = anyio.Event()  # for good: nothing starts it again by itself
        self.health: ContainerProbes | None = None
        self.changed: Callable[[Instance], None] = lambda _: None
        self.pod: PodGroup[Instance]
        self.drain: Callable[[Instance], Awaitable[None]] | None = None  # before it is told to end
        self._wake = anyio.Event()

    @property
    def pid(self) -> int | None:
        return self.child.pid if self.child and self.child.code is None else None

    @property
    def live(self) -> bool:
        return self.state in ("starting", "running")

    @property
    def serves(self) -> bool:
        """Whether it may be called; a backing service as soon as it listens."""
        listens = self.pid is not None and self.door.is_ours
        return listens if self.service.image else self.ready and not self.door.thief

    @property
    def is_done(self) -> bool:
        """Whether it has done once and for all what it was to do."""
        return self.service.runs_once and self.ended.is_set() and self.child is not None and self.child.code == 0

    @property
    def is_ending(self) -> bool:
        """Whether somebody wants it to end, and it has not yet."""
        return self.wanted in ("gone", "stopped") and self.child is not None and self.state not in OVER

    @property
    def has_ended(self) -> bool:
        """Whether it has ended, and nothing starts it again by itself."""
        return self.state in ("crashed", "stopped") and self.wanted != "running"

    @property
    def shown(self) -> str:
        """The state as its platform calls it."""
        if self.service.part == "init" and self.is_done:
            return "Completed"
        if self.is_kubernetes and self.child is None and len(self.pod.services) > 1:
            return "PodInitializing"
        if self.is_kubernetes and self.leaving and self.pid is not None:
            return "Terminating"
        return "CrashLoopBackOff" if self.is_kubernetes and self.state == "back-off" else self.state

    async def live_on(self) -> None:
        """Run until nobody wants the instance any more."""
        backoff = Backoff(self.service)
        while self.wanted != "gone":
            began = self.began = time.monotonic()
            code = await self._run_once()
            self._end(code)
            if self.wanted == "restarted":
                self.wanted = "running"
            elif self.wanted == "running" and may_come_up(self) and backoff.allows(code, self.restarts):
                await self._back_off(backoff.next(time.monotonic() - began))
                if self.wanted == "stopped":
                    self.state = "stopped"
                    await self._rest(code)
            else:
                await self._rest(code)
            self.restarts += self.wanted == "running"

    async def _back_off(self, seconds: float) -> None:
        if not seconds:
            return
        self.state = "back-off"
        if self.is_kubernetes:
            self._tell("CrashLoopBackOff", f"{seconds:g} s before restart {self.restarts + 1}")
        self.changed(self)
        with anyio.move_on_after(seconds):
            await self._wake.wait()

    async def _rest(self, code: int) -> None:
        if self.wanted == "running":
            self.wanted = "ended"
        self.settled.set()
        self.ended.set()
        self.changes.mark()
        if self.service.runs_once and self.wanted == "ended":
            self._tell("completed" if code == 0 else "failed", "" if code == 0 else "BackoffLimitExceeded")
        await self.changes.until(lambda: self.wanted in ("running", "gone"))

    def want(self, wanted: str) -> None:
        """Say what is desired: running, stopped, gone."""
        self.wanted = wanted
        self._wake.set()
        self._wake = anyio.Event()
        self.changes.mark()

    async def _run_once(self) -> int:
        self.state, self.why, self.is_being_born = "starting", "", True
        await self.door.begin(lambda: self.wanted == "gone")
        self.child = await self.plan.start(self.log)  # whose failure ends the stack
        self.is_being_born = False
        self.spawned.set()
        self.changed(self)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._attend if self._is_attended else functools.partial(keep_asking, self))
            if self.plan.tend:
                tasks.start_soon(self.plan.tend, self._tell)
            tasks.start_soon(take_port, self, lambda: self.changed(self))
            code = await self.child.wait()
            tasks.cancel_scope.cancel()
        self.door.end()
        return code

    def _end(self, code: int) -> None:
        asked = self.wanted in ("stopped", "gone", "restarted")
        self.state = "stopped" if asked or code == 0 else "crashed"
        self.why = ", ".join(filter(None, (ending(code), self.child.why if self.child else "")))
        self.set_ready(False)
        self.timeline.tell(self.name, "ended" if self.state == "stopped" else "crashed", self.why)
        if not may_come_up(self):
            self.settled.set()
        self.changed(self)

    @property
    def _is_attended(self) -> bool:
        """Kubernetes' probes ask the services of ours; a backing service says itself when it is ready."""
        return self.is_kubernetes and self.plan.ready is None

    async def _attend(self) -> None:
        """Probe a container by Kubernetes' rules until one of its probes gives it up, and then end it."""
        self._tell("started", f"restart {self.restarts}" if self.restarts else "")
        self.health = ContainerProbes(
            self.service,
            lambda kind, probe: ask(probe, self.probe_target(f".{kind}", probe.port)),
            self._hear,
            self._count_as_started,
            lambda: self.wanted != "running",
        )
        failed = await self.health.give_up()
        self._tell(f"{failed.kind} failed", str(failed))
        self.state = "stopping"
        self.changed(self)
        await self._terminate(failed.probe.grace_period)

    def _hear(self, standing: ProbeStatus) -> None:
        self.why = standing.why
        if standing.kind == "readiness":
            self.set_ready(standing.holds)

    def _count_as_started(self) -> None:
        self.has_started = True
        if self.state == "starting":
            self.state = "running"
        if not self.service.readiness:
            self.set_ready(True)
        self.changed(self)

    def probes(self) -> dict[Kind, ProbeStatus]:
        """Return what the probes of the present container said; empty where Kubernetes' rules do not hold."""
        return self.health.standings if self.health else {}

    async def _terminate(self, grace: float | None = None) -> None:
        """End the container through its preStop hook and its stop signal."""
        assert self.child
        turn = functools.partial(self.pod.turn_to_end, self)
        await terminate(self.child, shutdown(self, self.child, grace, turn), self._tell)

    def probe_target(self, suffix: str = ".probe", port: int | None = None) -> ProbeTarget:
        """Say how it is asked: at a port that its file knows, its own where none is said."""
        at = self.pod.find(port, self.port)
        return ProbeTarget(at, self.plan.beside, self.log.with_suffix(suffix), self.plan.is_contained)

    def set_ready(self, ready: bool) -> None:
        """Take in whether it is ready, and tell if that is news."""
        if ready == self.ready or (ready and self.door.is_thieved(self.child)):
            return
        self.ready = ready
        self.ready_since = time.monotonic() if ready else float("inf")
        if ready and self.state == "starting":
            self.state, self.has_started = "running", True
        if self.pid is not None:
            self.timeline.tell(self.name, "ready" if ready else "not ready", self.why)
        if ready:
            self.settled.set()
        self.changed(self)

    def dump(self) -> None:
        """Have a Python service write down in its log where it is."""
        if self.child and self.child.dumps:
            self.child.signal(signal.SIGUSR1)

    async def kill(self, why: str = "") -> None:
        """Send SIGKILL to the instance and all its processes, and wait until its death was noticed."""
        self._tell("killed", why)
        if child := self.child:
            await child.hit(signal.SIGKILL)
            with anyio.move_on_after(REAPING):
                await self.changes.until(lambda: self.child is not child or self.state in OVER)

    async def pause(self, why: str = "") -> None:
        """Freeze the instance with SIGSTOP: it keeps its connections and answers nobody."""
        if self.child and self.pid is not None and self.state != "paused":
            self._tell("paused", why)
            await self.child.hit(signal.SIGSTOP)
            self.state = "paused"
            self.changed(self)

    async def resume(self, why: str = "") -> None:
        """Let a paused instance go on."""
        if self.child and self.state == "paused":
            self._tell("resumed", why)
            await self.child.hit(signal.SIGCONT)
            self.state = "running" if self.settled.is_set() else "starting"
            self.changed(self)

    async def stop(self, why: str = "", *, wanted: str = "stopped") -> None:
        """Ask it to end by its stop signal, and end it when its grace period is over."""
        self.want(wanted)
        await self.changes.until(lambda: not self.is_being_born)
        if (child := self.child) is None or child.code is not None:
            return
        self._tell("asked to stop", why)
        if not self.is_kubernetes:
            await self.resume()
        self.state = "stopping"
        self.changed(self)
        if self.drain and not self.hurries:
            await self.drain(self)
        if self.child is child and child.code is None:
            await self._terminate()
        await self.changes.until(lambda: self.child is not child or self.state != "stopping")

    async def restart(self, why: str = "") -> None:
        """Stop it, and start it again; start it if it had ended."""
        await self.stop(why, wanted="restarted") if self.pid is not None else self.start(why)

    def start(self, why: str = "") -> None:
        """Start it again if it has ended."""
        if self.pid is None:
            self._tell("started", why)
            self.ended = anyio.Event()
            self.want("running")

    def _tell(self, what: str, why: str) -> None:
        self.timeline.tell(self.name, what, why)
