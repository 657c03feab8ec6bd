"""What the containers of one stack have in common: the engine, the network, the labels, the users."""

from __future__ import annotations

import contextlib
import math
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import anyio
from anyio.abc import TaskGroup

from capsize.runtime.host.docker import cleanup
from capsize.runtime.host.docker.engine import Engine
from capsize.runtime.ports import Address

UNPRIVILEGED = 10001  # the image's own user, for those who are root themselves


@dataclass(frozen=True)
class Site:
    """Where the containers of one stack are. ``shop`` is the image of our own services; ``folder`` is the stack's.

    ``user`` runs services, ``owner`` is who runs the kit: each ``uid:gid``. ``unlimited`` is for threads that wait for
    containers: there are as many as containers. ``addresses`` are where Envoy reaches the instances, by the port at
    which the kit does.
    """

    engine: Engine
    shop: str
    folder: Path
    tasks: TaskGroup
    unlimited: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(math.inf))
    user: str = f"{os.getuid() or UNPRIVILEGED}:{os.getgid() or UNPRIVILEGED}"
    owner: str = f"{os.getuid()}:{os.getgid()}"
    addresses: dict[int, Address] = field(default_factory=dict)

    @property
    def labels(self) -> dict[str, str]:
        """The labels by which a container or a network is known as this stack's."""
        return cleanup.labels(self.folder)

    @property
    def network(self) -> str:
        """The name of the stack's own network."""
        return self.folder.name

    def give(self, folders: Iterable[Path]) -> None:
        """Let the services' user write into folders of the stack, where root runs the kit."""
        if os.getuid() == 0:
            for folder in folders:
                for path in (folder, *folder.rglob("*")):
                    with contextlib.suppress(FileNotFoundError):  # another container of the pod was quicker
                        os.chown(path, UNPRIVILEGED, UNPRIVILEGED)
