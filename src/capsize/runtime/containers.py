"""The Docker engine as a stack's place: instances are containers in pods, on a network of the stack's own.

A nursery keeps the stack's folder and its lock, and has everything in the engine taken away when the kit ends.
"""

from __future__ import annotations

import contextlib
import functools
import os
import sys
from collections.abc import AsyncIterator, Iterable, Mapping
from pathlib import Path
from typing import Any

import anyio
import httpx
from anyio.abc import TaskGroup
from docker.types import Mount

from capsize.runtime import backing, container, images, leftovers, relay
from capsize.runtime.child import Child
from capsize.runtime.container import Command
from capsize.runtime.engine import Engine, connect
from capsize.runtime.environment import Surroundings
from capsize.runtime.inside import Inside, inner_port
from capsize.runtime.place import Address, Carrier
from capsize.runtime.plan import Plan
from capsize.runtime.pod import Contents, Pod
from capsize.runtime.ports import LOOPBACK, Ports
from capsize.runtime.processes import Family, family
from capsize.stack.model import Service, Stack

EVERYWHERE = "0.0.0.0"
WIRES = Inside.wires_at
UNPRIVILEGED = 10001  # the image's own user, for those who are root themselves


class Containers:
    """The pods of one stack. Instances and Envoy are reached at published ports of 127.0.0.1, and nobody else is."""

    name, patience = "docker", 60.0

    def __init__(self, engine: Engine, home: Family, tasks: TaskGroup) -> None:
        self.engine, self.home, self.tasks = engine, home, tasks
        self.folder, self.lost = home.folder, home.lost
        self.labels, self.network = leftovers.labels(home.folder), home.folder.name
        self.unlimited = container.unlimited()
        self.user = f"{os.getuid() or UNPRIVILEGED}:{os.getgid() or UNPRIVILEGED}"
        self.owner = f"{os.getuid()}:{os.getgid()}"
        self._endpoints: dict[int, Address] = {}
        self._wired = anyio.Event()

    def surroundings(
        self, stack: Stack, wires: Mapping[tuple[str, str, int], int], shared: Mapping[str, Path]
    ) -> Surroundings:
        """Say what containers see: wires by the name of Envoy's pod, and files where they are mounted."""
        return Inside(stack, wires, shared)

    def endpoint(self, port: int) -> Address:
        """Return the address of the pod whose port is published there."""
        return self._endpoints.get(port, (LOOPBACK, port))

    def warm(self, *also: str) -> None:
        """Do nothing: a container starts cold."""

    def plan(self, service: Service, name: str, port: int, around: Surroundings) -> Plan:
        """Plan a pod whose inner port is published at ``port``."""
        folder = self.folder / name
        folder.mkdir(mode=0o700, exist_ok=True)
        berth = Berth(self, service, name, port, folder, around)
        if service.image is None:
            return Plan(berth.start, berth.beside, folder, berth.code, is_contained=True, leave=berth.pod.close)
        part = backing.find(service.image).within(around)
        return Plan(
            berth.start,
            berth.beside,
            folder,
            berth.code,
            ready=functools.partial(part.serves, service, folder, port),
            is_contained=True,
            leave=berth.pod.close,
        )

    def carrier(self, folder: Path, doors: Iterable[int], ports: Ports) -> Carrier:
        """Say how Envoy runs in a pod: the doors and its administration are published."""
        admin = ports.reserve()
        pod = Pod(self, WIRES, {port: port for port in (*doors, admin)})
        client = httpx.AsyncClient(base_url=f"http://{LOOPBACK}:{admin}", trust_env=False, timeout=5)
        address = {"socket_address": {"address": EVERYWHERE, "port_value": admin}}

        async def start(arguments: tuple[str, ...], log: Path) -> Child:
            own = (bind(folder, str(folder), read_only=True),)
            contents = Contents(images.ENVOY, arguments, mounts=own, user=self.owner, entrypoint=("envoy",))
            child = await pod.run(contents, log)
            self.tasks.start_soon(self._wire, client)
            return child

        async def slow(arguments: tuple[str, ...], log: Path) -> Child:
            program = (bind(Path(relay.__file__), "/relay.py", read_only=True),)
            contents = Contents(images.SHOP, ("python", "/relay.py", *arguments), mounts=program, user=self.user)
            return await pod.run(contents, log, part=f"relay-{arguments[0]}")

        return Carrier(EVERYWHERE, address, client, start, slow)

    async def _wire(self, client: httpx.AsyncClient) -> None:
        """Let our own services start once their wires are there."""
        while not self._wired.is_set():
            with contextlib.suppress(httpx.HTTPError):
                if (await client.get("/ready")).status_code == 200:
                    self._wired.set()
            await anyio.sleep(0.02)

    async def wired(self) -> None:
        await self._wired.wait()

    def reach(self, port: int, at: Address) -> None:
        """Remember where Envoy reaches the instance that the kit reaches at ``port``."""
        self._endpoints[port] = at


class Berth:
    """One instance's pod, and what is put into it."""

    def __init__(
        self, place: Containers, service: Service, name: str, port: int, folder: Path, around: Surroundings
    ) -> None:
        self.place, self.service, self.name, self.port = place, service, name, port
        self.folder, self.around = folder, around
        self.inside = inner_port(service, around.stack)
        self.pod = Pod(place, name, {self.inside: port})
        self.code = around.cwd(service, folder)
        self._container: Any = None

    async def start(self, log: Path) -> Child:
        """Start the instance's container; ours wait until their wires are there."""
        await self.pod.open()
        self.place.reach(self.port, (self.pod.address, self.inside))
        if self.service.image is None:
            await self.place.wired()
        child = await self.pod.run(self._contents(), log, part="app", code=self.code)
        self._container = child.container
        return child

    def _contents(self) -> Contents:
        service, around = self.service, self.around
        if service.image:
            env = {name: around.rewrite(service, value, self.name) for name, value in service.environment.items()}
            return Contents(service.image, around.command(service, self.name, self.folder), env, self._mounts())
        env = around.environment(service, self.name, self.inside, self.folder)
        command = around.command(service, self.name, self.folder)
        return Contents(images.SHOP, command, env, self._mounts(), user=self.place.user)

    def _mounts(self) -> tuple[Mount, ...]:
        found = ((one, self.around.source(one, self.folder)) for one in self.service.volumes)
        return tuple(bind(source, one.target, read_only=one.read_only) for one, source in found if source)

    async def beside(self, command: tuple[str, ...], log: Path, seconds: float) -> Child:
        """Run a command in the instance's container."""
        return Command(self.place, self._container).start(command, log, seconds)


def bind(source: Path, target: str, *, read_only: bool) -> Mount:
    """Describe a folder or a file of this machine, seen in a container."""
    return Mount(target, str(source), type="bind", read_only=read_only)


@contextlib.asynccontextmanager
async def containers(stack: Stack) -> AsyncIterator[Containers]:
    """Open the engine as a stack's place; everything in it is taken away at the end, however that comes."""
    with contextlib.closing(await anyio.to_thread.run_sync(connect)) as client:
        engine = Engine(client)
        await engine.do(images.provide, client, images.of(stack))
        await engine.do(leftovers.sweep, client)
        async with family() as home:
            home.finish_with(sys.executable, "-m", leftovers.__name__, home.folder.name, patience=leftovers.PATIENCE)
            try:
                async with anyio.create_task_group() as tasks:
                    place = Containers(engine, home, tasks)
                    await engine.do(client.networks.create, place.network, labels=place.labels)
                    yield place
                    tasks.cancel_scope.cancel()
            finally:
                if home.lost.is_set():
                    leftovers.remove(client, home.folder.name)
