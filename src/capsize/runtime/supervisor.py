"""The supervisor: what a stack's file desires against what runs; it starts, watches, rotates, scales and stops.

Everything lives inside one ``async with``: if the third of five services does not come up, the first two are stopped
on the way out and the error carries the third's last lines.
"""

from __future__ import annotations

import contextlib
import functools
import shutil
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import anyio.to_thread
from anyio.abc import TaskGroup

from capsize.errors import CapsizeError
from capsize.runtime import backing
from capsize.runtime.edge import Setting, Wires
from capsize.runtime.environment import Surroundings, refuse_dead_ends
from capsize.runtime.figures import Figures
from capsize.runtime.instance import Instance, Plan
from capsize.runtime.ports import Ports
from capsize.runtime.processes import Family, family
from capsize.runtime.program import Program
from capsize.runtime.timeline import Timeline
from capsize.stack.model import Edge, Service, Stack

ENDPOINT_LAG = 0.25  # seconds between an instance's change of readiness and the wires' notice of it
PATIENCE = 15.0  # seconds that a service has to become ready


class Supervisor:
    """A running stack, from inside its event loop. ``endpoint_lag`` and ``patience`` are in seconds."""

    def __init__(self, stack: Stack, home: Family, ports: Ports, *, endpoint_lag: float, patience: float) -> None:
        self.stack, self.home, self.ports = stack, home, ports
        self.endpoint_lag, self.patience = endpoint_lag, patience
        self.state, self.read_at = "starting", float("-inf")
        self.timeline, self.figures = Timeline(), Figures()
        self.wires = Wires(home, stack.edges, home.folder / "wires", self.ports)
        self.instances: dict[str, list[Instance]] = {name: [] for name in stack.services}
        volumes = [volume for service in stack.services.values() for volume in service.volumes]
        shared = {v.source: home.folder / f"volume-{v.source}" for v in volumes if v.kind == "shared"}
        self.surroundings = Surroundings(stack, self.wires.addresses, shared)
        self._tasks: TaskGroup | None = None
        self._healthy = {name: anyio.Event() for name in stack.services}

    @property
    def all_instances(self) -> list[Instance]:
        return [instance for group in self.instances.values() for instance in group]

    async def start(self, tasks: TaskGroup) -> None:
        """Start everything, each service when those that it depends on are as far as it asks."""
        self._tasks = tasks
        for volume in set(self.surroundings.shared.values()):
            volume.mkdir(mode=0o700, exist_ok=True)
        tasks.start_soon(self._notice_loss)
        async with anyio.create_task_group() as starts:
            starts.start_soon(self.wires.start)
            for service in self.stack.services.values():
                starts.start_soon(self._bring_up, service)
            starts.start_soon(self._warm)
        for name in self.stack.services:
            await self.wires.settled(name)
        self.state = "up"
        self.timeline.tell("stack", "up")

    async def _notice_loss(self) -> None:
        await self.home.lost.wait()
        self.state = "down"
        raise CapsizeError("the nursery, which parents the stack's processes, was killed", next="start the stack again")

    async def _bring_up(self, service: Service) -> None:
        for name, condition in service.depends_on.items():
            await self._until(self.stack.services[name], condition)
        await self.scale(service.name, service.replicas)
        self._healthy[service.name].set()

    async def _warm(self) -> None:
        """Warm the nursery while the backing services start: it spawns nothing meanwhile, so they go first."""
        for instance in self.all_instances:
            if instance.service.image:
                await instance.spawned.wait()
        self.home.warm()

    async def _until(self, service: Service, condition: str) -> None:
        if condition != "service_started":
            await self._healthy[service.name].wait()

    async def scale(self, name: str, replicas: int) -> None:
        """Have this many instances of a service: new ones are awaited, old ones leave the wires before they stop."""
        service, group = self.stack.services[name], self.instances[name]
        new = [self._add(service) for _ in range(replicas - len(group))]
        old, group[replicas:] = group[replicas:], []
        async with anyio.create_task_group() as tasks:
            for instance in new:
                tasks.start_soon(self._await_ready, instance)
            for instance in old:
                tasks.start_soon(self._retire, instance)
        if self.state == "up":
            await self._in_rotation(name)

    async def _in_rotation(self, service: str) -> None:
        """Wait until the wires lead to just the instances that are ready."""
        while self.wires.targets.get(service, ()) != self._ready_ports(service):
            await anyio.sleep(0.01)
        await self.wires.settled(service)

    def _add(self, service: Service) -> Instance:
        group = self.instances[service.name]
        taken = {instance.name for instance in group}
        name = next(n for i in range(1, len(group) + 2) if (n := f"{service.name}-{i}") not in taken)
        port = self.ports.reserve()
        instance = Instance(service, name, port, self._plan(service, name, port), self.home, self.timeline)
        instance.changed = self._changed
        group.append(instance)
        assert self._tasks
        self._tasks.start_soon(instance.live_on)
        return instance

    def _plan(self, service: Service, name: str, port: int) -> Plan:
        folder = self.home.folder / name
        folder.mkdir(mode=0o700, exist_ok=True)
        code = self.surroundings.cwd(service, folder)
        if service.image is None:
            return Plan(functools.partial(self._own, service, name, port, folder), None, folder, code)
        part = backing.find(service.image).within(self.surroundings)
        make = functools.partial(anyio.to_thread.run_sync, part.program, service, folder, port)
        ready = functools.partial(part.ready, service, folder, port)
        tend = functools.partial(part.tend, service, folder)
        return Plan(make, ready, folder, code, functools.partial(part.sweep, folder), tend)

    async def _own(self, service: Service, name: str, port: int, folder: Path) -> Program:
        env = self.surroundings.environment(service, name, port, folder)
        argv = tuple(self.surroundings.rewrite(service, word) for word in service.command)
        return Program(argv, env, self.surroundings.cwd(service, folder))

    async def _await_ready(self, instance: Instance) -> None:
        await instance.spawned.wait()
        with anyio.move_on_after(self.patience):
            await instance.settled.wait()
        if instance.ready or (instance.state == "stopped" and instance.child and instance.child.code == 0):
            return
        if instance.pid is not None:
            await self._show_where_it_turns(instance)
            raise instance.complaint(f"was not ready within {self.patience:g} s")
        raise instance.complaint("ended before it was ready")

    async def await_back(self, instance: Instance) -> None:
        """Wait until an instance that was started again is ready."""
        with anyio.move_on_after(self.patience):
            while not instance.ready:
                if instance.state in ("crashed", "stopped") and instance.wanted != "running":
                    raise instance.complaint("ended before it was ready")
                await anyio.sleep(0.01)
            await self._in_rotation(instance.service.name)
            return
        raise instance.complaint(f"was not ready within {self.patience:g} s")

    async def _show_where_it_turns(self, instance: Instance) -> None:
        if instance.service.image is None and instance.child:
            instance.child.signal(signal.SIGUSR1)
            await anyio.sleep(0.2)

    async def _retire(self, instance: Instance) -> None:
        self.timeline.tell(instance.name, "leaves the rotation", "scaled down")
        self._rotate(instance.service.name)
        await anyio.sleep(0.05)
        await instance.stop("scaled down", wanted="gone")
        self.ports.release(instance.port)

    def _changed(self, instance: Instance) -> None:
        if self.state == "starting":
            self._rotate(instance.service.name)
        elif self._tasks:
            self._tasks.start_soon(self._rotate_later, instance.service.name)

    async def _rotate_later(self, service: str) -> None:
        await anyio.sleep(self.endpoint_lag)
        self._rotate(service)

    def _rotate(self, service: str) -> None:
        ports = self._ready_ports(service)
        if ports != self.wires.targets.get(service):
            self.wires.point(service, ports)

    def _ready_ports(self, service: str) -> tuple[int, ...]:
        return tuple(i.port for i in self.instances[service] if (i.pid is not None if i.service.image else i.ready))

    async def set_edge(self, edge: Edge, setting: Setting) -> None:
        """Do this to an edge, and tell the timeline."""
        words = {"none": "healed", "delay": "slowed", "fail": "failing", "lose": "losing answers", "cut": "cut"}
        share = f"{setting.percent:g} %"
        why = {"delay": f"{setting.ms} ms, {share}", "fail": f"{setting.status}, {share}", "lose": share}
        self.timeline.tell(edge.name, words[setting.kind], why.get(setting.kind, ""))
        await self.wires.set(edge, setting)

    async def stop(self) -> None:
        """Stop all instances of ours well; backing services and Envoy end with the nursery."""
        self.state = "stopping"
        async with anyio.create_task_group() as tasks:
            for instance in self.all_instances:
                if instance.service.image is None:
                    tasks.start_soon(functools.partial(instance.stop, wanted="gone"))

    def clean(self) -> None:
        """Remove what killed programs left; the nursery does the rest if it still can."""
        for instance in self.all_instances:
            if instance.pid is None or self.home.lost.is_set():
                instance.plan.sweep()
        if self.home.lost.is_set():
            shutil.rmtree(self.home.folder, ignore_errors=True)


@contextlib.asynccontextmanager
async def running(
    stack: Stack, *, endpoint_lag: float = ENDPOINT_LAG, patience: float = PATIENCE
) -> AsyncIterator[Supervisor]:
    """Run a stack for the length of an ``async with``. Raise CapsizeError if it does not come up."""
    refuse_dead_ends(stack)
    async with family() as home:
        with contextlib.closing(Ports()) as ports:
            supervisor = Supervisor(stack, home, ports, endpoint_lag=endpoint_lag, patience=patience)
            try:
                async with anyio.create_task_group() as tasks:
                    await supervisor.start(tasks)
                    yield supervisor
                    await supervisor.stop()
                    tasks.cancel_scope.cancel()
            finally:
                supervisor.state = "down"
                with anyio.CancelScope(shield=True):
                    await supervisor.wires.close()
                supervisor.clean()
