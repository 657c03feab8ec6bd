"""A pod: a container that only holds a network address, and beside it the containers that share it.

The address and the published ports stay while an instance is killed, stopped and started again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass, field
from pathlib import Path
from typing import Any

import anyio
from docker.types import LogConfig, Mount

from capsize.runtime.host.docker.container import Container
from capsize.runtime.host.docker.site import Site
from capsize.runtime.ports import LOOPBACK
from capsize.stack.model import Limits

OURS = Limits(memory=512 << 20, processes=256)  # of a container of our own whose file says nothing
LOCKED_UP = {"read_only": True, "tmpfs": {"/tmp": ""}, "cap_drop": ["ALL"]}
NONE = Limits()
PERIOD, SHORTEST = 100_000, 1_000  # microseconds: in which cores are counted, and that the engine gives at least


@dataclass(frozen=True)
class Contents:
    """What runs in a container. ``user`` locks it up: an unprivileged one, a read-only root, limits in any case."""

    image: str
    command: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    mounts: tuple[Mount, ...] = ()
    user: str | None = None
    entrypoint: tuple[str, ...] | None = None
    limits: Limits = NONE
    working_dir: str | None = None


def bind(source: Path, target: str, *, read_only: bool = True) -> Mount:
    """Describe a folder or a file of this machine, seen in a container."""
    return Mount(target, str(source), type="bind", read_only=read_only)


def held_to(limits: Limits) -> dict[str, int]:
    """Return the engine's options for limits. Memory is all there is: none is added by swapping."""
    memory = {"mem_limit": limits.memory, "memswap_limit": limits.memory} if limits.memory else {}
    cores = max(int(limits.cpus * PERIOD), SHORTEST) if limits.cpus else 0
    cpus = {"cpu_period": PERIOD, "cpu_quota": cores} if cores else {}
    return {**memory, **cpus, **({"pids_limit": limits.processes} if limits.processes else {})}


class NetworkPod:
    """A network address by the name ``name``, with ports of its own published at ports of 127.0.0.1."""

    def __init__(self, site: Site, name: str, published: Mapping[int, int]) -> None:
        self.site, self.name, self.published = site, name, published
        self.address = ""
        self._opening = anyio.Lock()
        self._pause: Any = None
        self._inside: dict[str, Any] = {}

    async def open(self) -> None:
        """Get the address; once is enough, and whoever asks first waits for it as the others do."""
        async with self._opening:
            if self._pause is None:
                self._pause = await self._hold()

    async def _hold(self) -> Any:
        ports = {f"{inside}/tcp": (LOOPBACK, outside) for inside, outside in self.published.items()}
        aliases = self.site.engine.client.api.create_endpoint_config(aliases=[self.name])
        pause = await self._create(
            "pod",
            Contents(self.site.shop, ("sleep", "infinity"), user=self.site.user),
            ports=ports,
            hostname=self.name,
            network=self.site.network,
            networking_config={self.site.network: aliases},
        )
        await self.site.engine.do(pause.start)
        await self.site.engine.do(pause.reload)
        self.address = pause.attrs["NetworkSettings"]["Networks"][self.site.network]["IPAddress"]
        return pause

    async def run(self, contents: Contents, log: Path, *, part: str = "", code: Path | None = None) -> Container:
        """Start a container at the pod's address, with its words in ``log``; one that is there is started again."""
        await self.open()
        if part not in self._inside:
            self._inside[part] = await self._create(part, contents, network_mode=f"container:{self._pause.id}")
        return await Container(self.site, self._inside[part]).start(log, code)

    async def leave(self, part: str) -> None:
        """Take one container away, and with the last of them the address."""
        gone = [self._inside.pop(part)] if part in self._inside else []
        if not self._inside and self._pause is not None:
            gone, self._pause = [*gone, self._pause], None
        for container in gone:
            await self.site.engine.do(container.remove, force=True, v=True)

    async def _create(self, part: str, contents: Contents, **options: Any) -> Any:
        """Create a container; what differs between locked up and not is said by its contents."""
        locks, own = (LOCKED_UP, OURS) if contents.user else ({}, NONE)
        limits = Limits(*(said or given for said, given in zip(astuple(contents.limits), astuple(own), strict=True)))
        return await self.site.engine.do(
            self.site.engine.client.containers.create,
            contents.image,
            list(contents.command) or None,
            working_dir=contents.working_dir,
            name="-".join(filter(None, (self.site.folder.name, self.name, part))),
            entrypoint=list(contents.entrypoint) if contents.entrypoint else None,
            environment=dict(contents.env),
            mounts=list(contents.mounts),
            user=contents.user,
            labels=self.site.labels,
            security_opt=["no-new-privileges"],
            log_config=LogConfig(type=LogConfig.types.JSON, config={"max-size": "10m"}),
            **locks,
            **held_to(limits),
            **options,
        )
