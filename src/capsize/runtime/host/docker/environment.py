"""What a container sees of its stack: the wires by a name on its network, its volumes where they are mounted."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from capsize.runtime.environment import Environment
from capsize.runtime.ports import Ports
from capsize.stack.model import ADMINISTRATION, Service, Stack, is_gateway

PORT = 8000  # where a service listens that nobody told


class ContainerEnvironment(Environment):
    """Surroundings in which paths are those of the file, and a service listens where the file says."""

    wires_at: ClassVar[str] = "wires"
    listens: ClassVar[str] = "0.0.0.0"
    administration: ClassVar[int] = ADMINISTRATION
    inner: ClassVar[bool] = True

    def environment(self, service: Service, instance: str, port: int, folder: Path) -> dict[str, str]:
        """Return what an instance's environment has beside that of its image; ``port`` is the inner one."""
        own = self.variables(service, instance, folder)
        door = {} if self.stack.is_worker(service.name) else {"HOST": self.listens, "PORT": str(port)}
        return {"HOME": "/tmp", "HOSTNAME": self.pod or instance, **own, **door}

    def path(self, service: Service, value: str, folder: Path | None) -> str:
        """Leave paths as they are in the file: volumes are mounted there."""
        return value


def inner_port(service: Service, stack: Stack) -> int:
    """Return the port at which an instance listens in its container."""
    called = [edge.port for edge in stack.edges if edge.callee == service.name]
    return service.listens or (called or [PORT])[0]


def published(service: Service, port: int, around: Environment, ports: Ports) -> dict[int, int]:
    """Map the ports of an instance's pod to those of this machine: its own at ``port``, its mates', a gateway's."""
    names = around.stack.pod(service.name) if around.pod else (service.name,)
    doors = {inside: at for (caller, callee, inside), at in around.wires.items() if caller == callee in names}
    found = doors if around.pod else {inner_port(service, around.stack): port}
    has_gateway = any(is_gateway(around.stack.services[name]) for name in names)
    return {**found, **({ADMINISTRATION: ports.reserve()} if has_gateway else {})}
