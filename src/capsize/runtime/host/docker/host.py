"""The Docker engine as a stack's host: instances are containers in pods, on a network of the stack's own.

A nursery keeps the stack's folder and its lock, and has everything in the engine taken away when the kit ends.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import AsyncIterator, Iterable, Mapping
from pathlib import Path

import anyio
import httpx

from capsize.runtime.child import Child
from capsize.runtime.environment import Environment
from capsize.runtime.host import relay
from capsize.runtime.host.docker import cleanup, images
from capsize.runtime.host.docker.engine import Engine, connect
from capsize.runtime.host.docker.environment import ContainerEnvironment, published
from capsize.runtime.host.docker.instance import container_instance
from capsize.runtime.host.docker.network_pod import Contents, NetworkPod, bind
from capsize.runtime.host.docker.site import Site
from capsize.runtime.host.processes.client import SpawnerClient, spawner_client
from capsize.runtime.host.protocol import EnvoyLauncher
from capsize.runtime.plan import Plan
from capsize.runtime.ports import LOOPBACK, Address, Ports
from capsize.stack.model import Service, Stack

EVERYWHERE = "0.0.0.0"
WIRES = ContainerEnvironment.wires_at
LOOK_EVERY = 0.1  # seconds between two looks whether Envoy answers


class DockerHost:
    """The pods of one stack. Instances and Envoy are reached at published ports of 127.0.0.1, and nobody else is."""

    name, patience, keeps_ports = "docker", 60.0, False

    def __init__(self, site: Site, home: SpawnerClient, ports: Ports) -> None:
        self.site, self.ports = site, ports
        self.folder, self.lost = site.folder, home.lost
        self._shared: dict[str, NetworkPod] = {}

    def environment(
        self, stack: Stack, wires: Mapping[tuple[str, str, int], int], shared: Mapping[str, Path]
    ) -> Environment:
        """Say what containers see: wires by the name of Envoy's pod, and files where they are mounted."""
        return ContainerEnvironment(stack, wires, shared)

    def endpoint(self, port: int) -> Address:
        """Return the address of the pod whose port is published there."""
        return self.site.addresses.get(port, (LOOPBACK, port))

    def warm(self, *also: str, seeds: int) -> None:
        """Do nothing: a container starts cold."""

    def plan(self, service: Service, name: str, port: int, around: Environment) -> Plan:
        """Plan a pod whose inner port is published at ``port``."""
        folder = self.folder / name
        folder.mkdir(mode=0o700, exist_ok=True)
        pod = self.pod(name, service, port, around)
        return container_instance(self.site, pod, service, name, port, folder, around).plan()

    def pod(self, name: str, service: Service, port: int, around: Environment) -> NetworkPod:
        """Return the pod of the instance ``name``: its own, or that which it shares with its mates."""
        if around.pod in self._shared:
            return self._shared[around.pod]
        pod = NetworkPod(self.site, around.pod or name, published(service, port, around, self.ports))
        if around.pod:
            self._shared[pod.name] = pod
        return pod

    def carrier(self, folder: Path, doors: Iterable[int], ports: Ports) -> EnvoyLauncher:
        """Say how Envoy runs in a pod: the doors and its administration are published."""
        admin = ports.reserve()
        pod = NetworkPod(self.site, WIRES, {port: port for port in (*doors, admin)})
        client = httpx.AsyncClient(base_url=f"http://{LOOPBACK}:{admin}", trust_env=False, timeout=5)
        address = {"socket_address": {"address": EVERYWHERE, "port_value": admin}}

        async def start(arguments: tuple[str, ...], log: Path) -> Child:
            own = (bind(folder, str(folder), read_only=False),)  # it writes its health checks down
            contents = Contents(images.ENVOY, arguments, mounts=own, user=self.site.owner, entrypoint=("envoy",))
            return await pod.run(contents, log)

        async def slow(arguments: tuple[str, ...], log: Path) -> Child:
            program = (bind(Path(relay.__file__), "/relay.py"),)
            contents = Contents(
                self.site.shop, ("python", "/relay.py", *arguments), mounts=program, user=self.site.user
            )
            return await pod.run(contents, log, part=f"relay-{arguments[0]}")

        return EnvoyLauncher(EVERYWHERE, address, client, LOOK_EVERY, self.patience, start, slow)


@contextlib.asynccontextmanager
async def docker_host(stack: Stack) -> AsyncIterator[DockerHost]:
    """Open the engine as a stack's host; everything in it is taken away at the end, however that comes."""
    client = await anyio.to_thread.run_sync(connect)
    with contextlib.closing(client), contextlib.closing(Ports()) as ports:
        engine = Engine(client)
        shop = await engine.do(images.provide, client, images.of(stack))
        await engine.do(cleanup.sweep, client)
        async with spawner_client() as home:
            home.finish_with(sys.executable, "-m", cleanup.__name__, home.folder.name, patience=cleanup.REMOVED_WITHIN)
            try:
                async with anyio.create_task_group() as tasks:
                    site = Site(engine, shop, home.folder, tasks)
                    await engine.do(client.networks.create, site.network, labels=site.labels)
                    yield DockerHost(site, home, ports)
                    tasks.cancel_scope.cancel()
            finally:
                if home.lost.is_set():
                    cleanup.remove(client, home.folder.name)
