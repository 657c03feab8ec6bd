"""The supervisor: what a stack's file desires against what runs; it starts, watches, rotates, scales and stops.

Everything lives inside one ``async with``: if the third of five services does not come up, the first two are stopped
on the way out and the error carries the third's last lines.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
from collections.abc import AsyncIterator
from dataclasses import replace

import anyio
import anyio.to_thread
from anyio.abc import TaskGroup

from capsize.errors import CapsizeError
from capsize.runtime import backing
from capsize.runtime.control.apply import apply
from capsize.runtime.control.balancers import Balancers
from capsize.runtime.control.changes import Changes
from capsize.runtime.control.complaint import loss
from capsize.runtime.control.dependencies import Dependencies
from capsize.runtime.control.edges import Edges
from capsize.runtime.control.instance import Instance
from capsize.runtime.control.pod_groups import PodGroups
from capsize.runtime.control.queues import Queues
from capsize.runtime.control.rollout import Rollouts, in_order_of_leaving
from capsize.runtime.control.startup_wait import StartupWait
from capsize.runtime.control.timeline import Timeline
from capsize.runtime.control.view import View
from capsize.runtime.environment import refuse_dead_ends
from capsize.runtime.host import volumes as folders
from capsize.runtime.host.processes.host import process_host
from capsize.runtime.host.protocol import Host, HostOpening
from capsize.runtime.ports import Ports
from capsize.runtime.time_scale import is_kubernetes, paced, paced_groups
from capsize.runtime.wires.proxy import Wires
from capsize.stack.model import Service, Stack

GRPC = ("grpc.aio", "grpc_health.v1.health")  # take long to import; no channel may be open when a service is forked
ENDPOINT_LAG = 0.25  # seconds between an instance's change of readiness and the wires' notice of it


class Supervisor:
    """A running stack, from inside its event loop. ``endpoint_lag`` and ``patience`` are in seconds."""

    def __init__(
        self, stack: Stack, host: Host, ports: Ports, *, endpoint_lag: float, patience: float, wait: bool
    ) -> None:
        self.host, self.ports, self.endpoint_lag = host, ports, endpoint_lag
        wires = Wires(host, stack.edges, ports, paced_groups(stack))
        instances: dict[str, list[Instance]] = {name: [] for name in stack.services}
        self.view = view = View(stack, paced(stack), instances, wires, Timeline(), Changes())
        self.edges, self.queues = Edges(view), Queues()
        self.see(stack)
        self.dependencies = Dependencies(stack.services)
        self.pods = PodGroups(view, host, ports, lambda: self.environment)
        self.balancers = Balancers(view, self)
        self.rollouts = Rollouts(view, self, self.balancers.accept)
        self.startup = StartupWait(view, self.dependencies, self.in_rotation, patience=patience, waits=wait)
        self._tasks: TaskGroup | None = None
        self._warmed = anyio.Event()
        self.loss: CapsizeError | None = None  # why it went down, if nobody asked for that
        self._numbers = {name: itertools.count(1) for name in stack.services}

    def see(self, stack: Stack) -> None:
        """Take a stack's files, names and volumes for what instances that start from now on see."""
        self.view.stack = stack
        shared = folders.shared(stack, self.host.folder)
        self.environment = self.host.environment(stack, self.view.wires.addresses, shared)
        self.environment.lay_out()

    async def start(self, tasks: TaskGroup) -> None:
        """Start everything, each service when those that it depends on are as far as it asks."""
        self._tasks = tasks
        if self.view.stack.time_scale != 1:
            self.view.timeline.tell(
                "stack", "time scale", f"one second in the file takes {self.view.stack.time_scale:g} s"
            )
        self.view.timeline.tell_notes(self.view.stack.notes)
        folders.make(self.view.stack, self.host.folder)
        if on_the_disk := folders.on_the_disk(self.view.stack, self.host.folder):
            self.view.timeline.tell("stack", "tmpfs volumes are on disk here", ", ".join(on_the_disk))
        tasks.start_soon(self._notice_loss)
        tasks.start_soon(self.balancers.tend)
        tasks.start_soon(self.view.wires.tend, self.view.timeline.tell)
        async with anyio.create_task_group() as starts:
            starts.start_soon(self.view.wires.start)
            for service in self.view.services.values():
                starts.start_soon(self._bring_up, service)
            starts.start_soon(self._warm)
        await self.view.wires.settled()
        if self.startup.waits:
            await self.balancers.welcomed()
        self.view.phase = "up"
        self.view.timeline.tell("stack", "up")

    async def _notice_loss(self) -> None:
        await self.host.lost.wait()
        self.loss = loss(self.view.all_instances)
        self.view.phase = "down"
        self.view.timeline.tell("stack", "lost", self.loss.what)
        raise self.loss

    async def _bring_up(self, service: Service) -> None:
        for name, condition in service.depends_on.items():
            await self.dependencies.reached(name, condition, self.view.instances[name], self.startup.patience)
        if service.network_of in self.view.services:
            if is_kubernetes(service):
                return  # it comes with each pod of its owner
            await self.dependencies.spawned[service.network_of].wait()
        if not service.image:
            await self.view.wires.settled()  # whoever calls others finds the wires, as a container finds its network
        await self.scale(service.name, service.replicas)
        self.dependencies.healthy[service.name].set()

    async def _warm(self) -> None:
        """Warm the nursery while the backing services start: it spawns nothing meanwhile, so they go first."""
        for instance in self.view.all_instances:
            if instance.service.image and len(instance.pod.services) == 1:  # in a pod it may wait for one of ours
                await instance.spawned.wait()
        images = {service.image for service in self.view.stack.services.values() if service.image}
        clients = {client for image in images for client in backing.find(image).clients}
        if any(edge.protocol == "http2" for edge in self.view.stack.edges):
            clients.update(GRPC)
        copies = max((one.replicas for one in self.view.services.values() if not one.image), default=1)
        self.host.warm(*sorted(clients), seeds=copies)
        self._warmed.set()

    async def scale(self, name: str, replicas: int) -> None:
        """Have this many instances of a service: new ones are awaited, old ones leave the wires before they stop."""
        self.view.services[name] = service = replace(self.view.services[name], replicas=replicas)
        present = self.view.active(name)
        new = [self.add(service) for _ in range(replicas - len(present))]
        async with anyio.create_task_group() as tasks:
            for instance in (one for each in new for one in each.pod.together_with(each)):
                tasks.start_soon(self.startup.ready, instance)
            for instance in in_order_of_leaving(present)[: max(0, len(present) - replicas)]:
                tasks.start_soon(self.retire, instance, "scaled down")
        if self.view.phase == "up":
            await self.in_rotation(name)

    async def in_rotation(self, service: str) -> None:
        """Wait until the wires lead to just the instances that are ready, of a Deployment in whole pods."""
        names = self.view.stack.pod(service) if is_kubernetes(self.view.services[service]) else (service,)
        wires = self.view.wires
        await self.view.changes.until(lambda: all(wires.targets.get(n, ()) == self._ready_ports(n) for n in names))
        await wires.settled()

    def add(self, service: Service, revision: int | None = None) -> Instance:
        """Add an instance of a service and start it; of a Deployment, a pod with all its containers.

        A Deployment's numbers are never used twice.
        """
        if is_kubernetes(service):
            service = self.view.services[self.view.stack.pod(service.name)[0]]
        taken = {instance.name for instance in self.view.instances[service.name]}
        numbers = self._numbers[service.name] if is_kubernetes(service) else itertools.count(1)
        number = next(i for i in numbers if f"{service.name}-{i}" not in taken)
        pod = self.pods.open(service.name, number)
        inhabitants = pod.services if is_kubernetes(service) else [service]
        made = {one.name: self.pods.settle(one, f"{one.name}-{number}", pod) for one in inhabitants}
        assert self._tasks
        for instance in made.values():
            instance.changed, instance.drain = self.changed, self.drain
            instance.revision = revision or self.rollouts.revision(service.name)
            self._tasks.start_soon(self._run, instance)
        if service.runs_once and len(made) > 1:
            self._tasks.start_soon(pod.end_with_job)
        return made[service.name]

    async def drain(self, instance: Instance) -> None:
        """Have balancers call an instance no more, and wait until they let its whole pod go."""
        await self.balancers.drain(instance)
        await instance.pod.drained(instance)

    async def _run(self, instance: Instance) -> None:
        if instance.is_kubernetes and not instance.service.image:
            await self._warmed.wait()  # nothing orders a cluster's services: ours still start from a warm interpreter
        if instance.is_kubernetes:
            await self.view.changes.until(lambda: instance.wanted == "gone" or instance.pod.may_start(instance))
        await instance.live_on()

    def delete(self, instance: Instance, why: str) -> None:
        """Begin to delete an instance; whoever wants to know its end looks at the instances."""
        assert self._tasks
        instance.leaving = True
        self._tasks.start_soon(self.retire, instance, why)

    async def retire(self, instance: Instance, why: str) -> None:
        """Delete an instance. Compose's leaves the wires first; a Deployment's whole pod is told to end at once."""
        leaving = instance.pod.together_with(instance)
        for one in leaving:
            one.leaving = True
        if instance.is_kubernetes:
            for one in leaving:
                one.want("gone")  # all before any: who ends after others looks whether they are to end
            self.view.timeline.tell(instance.pod.name, "Terminating", why)
            self.changed(instance)
        else:
            self.view.timeline.tell(instance.name, "leaves the rotation", why)
            self._rotate(instance.service.name)
            await self.view.wires.settled()
        async with anyio.create_task_group() as tasks:
            for one in leaving:
                tasks.start_soon(functools.partial(one.stop, why, wanted="gone"))
        for one in leaving:
            self.view.instances[one.service.name].remove(one)
        self.changed(instance)
        for one in leaving:
            await one.plan.leave()
            self.pods.leave(one)

    def changed(self, instance: Instance) -> None:
        """Wake who waits for an instance's change, and bring the wires into step, its platform's lag later."""
        self.view.changes.mark()
        for service in instance.pod.services if instance.is_kubernetes else [instance.service]:
            if self.view.phase == "starting":
                self._rotate(service.name)
            elif self._tasks:
                self._tasks.start_soon(self._rotate_later, service.name)

    async def _rotate_later(self, service: str) -> None:
        await anyio.sleep(self.endpoint_lag)
        self._rotate(service)

    def _rotate(self, service: str) -> None:
        ports = self._ready_ports(service)
        if ports != self.view.wires.targets.get(service):
            self.view.wires.point(service, ports)
            self.view.changes.mark()

    def _ready_ports(self, service: str) -> tuple[int, ...]:
        return tuple(instance.port for instance in self.view.active(service) if instance.pod.serves(instance))

    async def apply(self, stack: Stack) -> None:
        """Make real what a changed file says. Raise CapsizeError for what only a new start can change."""
        await apply(self.view, self, self.rollouts, stack)

    async def stop(self) -> None:
        """Stop all instances of ours well; backing services and Envoy end with the host."""
        self.view.phase = "stopping"
        ours = [instance for instance in self.view.all_instances if instance.service.image is None]
        for instance in ours:
            instance.hurries = True
            instance.want("gone")  # all before any: who ends after others looks whether they are to end
        async with anyio.create_task_group() as tasks:
            for instance in ours:
                tasks.start_soon(functools.partial(instance.stop, wanted="gone"))

    def clean(self) -> None:
        """Remove what killed programs left; the host does the rest if it still can."""
        for instance in self.view.all_instances:
            if instance.pid is None or self.host.lost.is_set():
                instance.plan.sweep()


@contextlib.asynccontextmanager
async def running(
    stack: Stack,
    *,
    endpoint_lag: float = ENDPOINT_LAG,
    patience: float | None = None,
    wait: bool = True,
    host: HostOpening = process_host,
) -> AsyncIterator[Supervisor]:
    """Run a stack for the length of an ``async with``. Raise CapsizeError if it does not come up.

    Without ``wait`` a Deployment counts as up when its instances have been started, ready or not.
    """
    refuse_dead_ends(stack)
    async with host(stack) as here:
        with contextlib.closing(Ports(kept=here.keeps_ports)) as ports:
            seconds = here.patience if patience is None else patience
            supervisor = Supervisor(stack, here, ports, endpoint_lag=endpoint_lag, patience=seconds, wait=wait)
            try:
                async with anyio.create_task_group() as tasks:
                    await supervisor.start(tasks)
                    yield supervisor
                    await supervisor.stop()
                    tasks.cancel_scope.cancel()
            except BaseExceptionGroup:
                if supervisor.loss:  # all else follows from that
                    raise supervisor.loss from None
                raise
            finally:
                supervisor.view.phase = "down"
                with anyio.CancelScope(shield=True):
                    await supervisor.view.wires.close()
                supervisor.clean()
