"""What the rules of the control plane see of a running stack, and the few acts that they may ask for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from capsize.runtime.control.changes import Changes
from capsize.runtime.control.instance import Instance
from capsize.runtime.control.timeline import Timeline
from capsize.runtime.wires.proxy import Wires
from capsize.stack.model import Service, Stack


@dataclass
class View:
    """A stack as it is desired and as it runs.

    ``stack`` is what the file said; ``services`` are what is desired now, in seconds of this machine; ``phase`` is
    one of starting, up, stopping, down.
    """

    stack: Stack
    services: dict[str, Service]
    instances: dict[str, list[Instance]]
    wires: Wires
    timeline: Timeline
    changes: Changes
    phase: str = "starting"

    @property
    def all_instances(self) -> list[Instance]:
        return [instance for group in self.instances.values() for instance in group]

    def logs(self, name: str) -> Iterator[Path]:
        """Yield the log of an instance, or of each instance of a service."""
        return (each.log for each in self.all_instances if name in (each.name, each.service.name))

    def active(self, name: str) -> list[Instance]:
        """Return the instances of a service that nobody has told to leave."""
        return [instance for instance in self.instances[name] if not instance.leaving]


class Acts(Protocol):
    """What a rule may have done to the stack that it sees."""

    def add(self, service: Service, revision: int | None = None) -> Instance:
        """Add an instance of a service and start it."""
        ...

    def delete(self, instance: Instance, why: str) -> None:
        """Begin to delete an instance."""
        ...

    async def scale(self, name: str, replicas: int) -> None:
        """Have this many instances of a service, and wait until they are ready or gone."""
        ...

    async def in_rotation(self, service: str) -> None:
        """Wait until the wires lead to just the instances of a service that are ready."""
        ...

    def see(self, stack: Stack) -> None:
        """Take a changed file for what instances that start from now on see."""
        ...
