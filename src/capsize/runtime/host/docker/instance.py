"""One instance among containers: what is put into its container, and how it starts in its pod."""

from __future__ import annotations

import functools
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio.to_thread
from docker.types import Mount

from capsize.runtime import backing
from capsize.runtime.backing import envoy
from capsize.runtime.child import Child
from capsize.runtime.environment import Environment
from capsize.runtime.host.docker.container import Command
from capsize.runtime.host.docker.environment import inner_port
from capsize.runtime.host.docker.network_pod import Contents, NetworkPod, bind
from capsize.runtime.host.docker.site import Site
from capsize.runtime.plan import Plan
from capsize.runtime.ports import LOOPBACK
from capsize.stack.model import ADMINISTRATION, Service

ALONE = "app"  # what the one container of an instance's own pod is called


class ContainerInstance:
    """An instance of our own code, in the shop's image."""

    def __init__(
        self, site: Site, pod: NetworkPod, service: Service, name: str, port: int, folder: Path, around: Environment
    ) -> None:
        self.site, self.pod, self.service, self.name, self.port = site, pod, service, name, port
        self.folder, self.around = folder, around
        self.inside = inner_port(service, around.stack)
        self.code = around.cwd(service, folder)
        self.part = service.name if around.pod else ALONE
        self._container: Any = None

    def plan(self) -> Plan:
        return Plan(self.start, self.beside, self.folder, self.code, is_contained=True, leave=self.leave)

    async def leave(self) -> None:
        """Take the instance's container away; its mates keep the pod."""
        await self.pod.leave(self.part)

    async def start(self, log: Path) -> Child:
        """Start the instance's container."""
        await self.pod.open()
        self.site.addresses[self.port] = (self.pod.address, self.inside)
        contents = await self.contents()
        child = await self.pod.run(contents, log, part=self.part, code=self.code)
        self._container = child.container
        return child

    async def contents(self) -> Contents:
        """Say what runs in the container."""
        env = self.around.environment(self.service, self.name, self.inside, self.folder)
        command = self.around.command(self.service, self.name, self.inside, self.folder)
        mounts = self.mounts()
        self.site.give(self.own_volumes())
        return Contents(
            self.site.shop,
            command,
            env,
            mounts,
            user=self.site.user,
            limits=self.service.limits,
            working_dir=self.service.working_dir,
        )

    def mounts(self) -> tuple[Mount, ...]:
        """Return the service's volumes where its file has them."""
        read_only = {one.target: one.read_only for one in self.service.volumes}
        found = self._sources().items()
        for one in self.own_volumes():
            one.mkdir(mode=0o700, exist_ok=True)
        return tuple(bind(source, target, read_only=read_only[target]) for target, source in found)

    def own_volumes(self) -> list[Path]:
        """List the volumes that are the stack's own, not the learner's."""
        return [source for source in self._sources().values() if source.is_relative_to(self.site.folder)]

    def _sources(self) -> dict[str, Path]:
        found = ((one.target, self.around.source(one, self.folder)) for one in self.service.volumes)
        return {target: source for target, source in found if source}

    async def beside(self, command: tuple[str, ...], log: Path, seconds: float) -> Child:
        """Run a command in the instance's container."""
        command = self.around.words(self.service, command, self.name, self.folder)
        return Command(self.site, self._container).start(command, log, seconds)


class BackingContainer(ContainerInstance):
    """An instance of a backing service, in its own image."""

    def plan(self) -> Plan:
        assert self.service.image
        part, about = backing.find(self.service.image), (self.service, self.folder, self.port)
        ready, queues = functools.partial(part.serves, *about), functools.partial(part.queues, *about)
        return replace(super().plan(), ready=ready, queues=queues)

    async def contents(self) -> Contents:
        """Say what runs in the container: the image, as the file has it."""
        service, around = self.service, self.around
        assert service.image
        env = around.variables(service, self.name)
        words = around.command(service, self.name, self.inside, self.folder)
        return Contents(service.image, words, env, self.mounts(), limits=service.limits)


class GatewayContainer(ContainerInstance):
    """A gateway: Envoy with the file that a volume brings, and the files that it watches in the instance's folder."""

    def __init__(
        self, site: Site, pod: NetworkPod, service: Service, name: str, port: int, folder: Path, around: Environment
    ) -> None:
        super().__init__(site, pod, service, name, port, folder, around)
        self.envoy = envoy.Envoy(around)
        (folder / envoy.ADMIN).write_text(f"{LOOPBACK}:{self.pod.published[ADMINISTRATION]}", encoding="utf-8")

    def plan(self) -> Plan:
        ready = functools.partial(self.envoy.serves, self.service, self.folder, self.port)
        tend = functools.partial(self.envoy.tend, self.service, self.folder)
        return replace(super().plan(), ready=ready, tend=tend)

    async def contents(self) -> Contents:
        """Say what runs in the container: its file for this stack's wires, at the path that it has on the host."""
        image, user, limits = self.service.image, self.site.user, self.service.limits
        assert image
        arguments = await anyio.to_thread.run_sync(self.envoy.arguments, self.service, self.folder, self.inside)
        mounts = (bind(self.folder, str(self.folder)), *self.mounts())
        self.site.give((self.folder, *self.own_volumes()))
        return Contents(image, arguments, mounts=mounts, user=user, entrypoint=("envoy",), limits=limits)


def container_instance(
    site: Site, pod: NetworkPod, service: Service, name: str, port: int, folder: Path, around: Environment
) -> ContainerInstance:
    """Choose the kind of container that a service's instance needs."""
    if service.image is None:
        return ContainerInstance(site, pod, service, name, port, folder, around)
    is_gateway = isinstance(backing.find(service.image), envoy.Envoy)
    return (GatewayContainer if is_gateway else BackingContainer)(site, pod, service, name, port, folder, around)
