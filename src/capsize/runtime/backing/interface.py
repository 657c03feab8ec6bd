"""What the runtime asks of a backing service: how it starts, when it answers, and what it leaves in the system."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from capsize.runtime.backing.commands import Run
from capsize.runtime.program import Program
from capsize.runtime.queues import Broker
from capsize.stack.model import Service

if TYPE_CHECKING:
    from capsize.runtime.environment import Environment


class Backing(Protocol):
    """A part that runs from a wheel instead of an image.

    ``folder`` is an existing 0700 folder of this instance alone, in which everything is kept;
    ``images`` are the repositories (without a tag) that it stands for; ``capsize.stack.images`` has the tags;
    ``clients`` are modules by which services call it that take long to import.
    """

    images: tuple[str, ...]
    clients: tuple[str, ...] = ()

    def within(self, environment: Environment) -> Backing:
        """Return this part for one stack; most parts need nothing of what is around them."""
        return self

    def run_by(self, run: Run) -> Backing:
        """Return this part with who runs its commands; most parts have none."""
        return self

    def doors(self, service: Service) -> tuple[int, ...]:
        """Say at which ports it listens, where a file of its own says so."""
        return ()

    def program(self, service: Service, folder: Path, port: int) -> Program:
        """Prepare the folder and say what to start on 127.0.0.1:port. Blocks; keeps the data of an earlier start."""
        ...

    async def ready(self, service: Service, folder: Path, port: int) -> bool:
        """Say whether a process that ``program`` made serves; finish its first start on the way."""
        return await self.serves(service, folder, port)

    async def serves(self, service: Service, folder: Path, port: int) -> bool:
        """Say whether a client with the service's own credentials is served at 127.0.0.1:port."""
        ...

    async def tend(self, service: Service, folder: Path, tell: Callable[[str, str], None]) -> None:
        """Look after a running instance until cancelled; ``tell`` takes what happened, and why."""
        return

    async def queues(self, service: Service, folder: Path, port: int) -> Sequence[Broker]:
        """Say what waits in a running broker, and what its rules have matched; most parts have neither."""
        return []

    def sweep(self, folder: Path) -> None:
        """Remove what an ended instance left outside its folder. Harmless when there is nothing."""
        return
