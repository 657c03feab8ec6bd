"""How far each service has come, for the services that depend on it: spawned, healthy, completed."""

from __future__ import annotations

from collections.abc import Iterable

import anyio

from capsize.runtime.control.complaint import complaint
from capsize.runtime.control.instance import Instance


class Dependencies:
    """What Compose's ``depends_on`` waits for, by service."""

    def __init__(self, services: Iterable[str]) -> None:
        names = list(services)
        self.spawned = {name: anyio.Event() for name in names}
        self.healthy = {name: anyio.Event() for name in names}

    async def reached(self, name: str, condition: str, instances: list[Instance], patience: float) -> None:
        """Wait until a service is as far as asked. Raise CapsizeError where it was to complete and did not."""
        await (self.healthy if condition == "service_healthy" else self.spawned)[name].wait()
        if condition == "service_completed_successfully":
            for instance in instances:
                await _completed(instance, patience)


async def _completed(instance: Instance, patience: float) -> None:
    with anyio.move_on_after(patience):
        await instance.ended.wait()
        if instance.child and instance.child.code == 0:
            return
        raise complaint(instance, "did not complete, and other services depend on it")
    raise complaint(instance, f"had not ended within {patience:g} s, and other services depend on it")
