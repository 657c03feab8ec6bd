"""Pods: the instances that share one network, and the ports by which they find each other in it.

On one machine all share 127.0.0.1, so a pod's localhost is made by telling each member where the others really are:
their ports are asked for before any of them starts, and stay the same as long as the pod is there.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from capsize.runtime import backing
from capsize.runtime.environment import Surroundings
from capsize.runtime.instance import Instance
from capsize.runtime.ports import Ports
from capsize.stack.model import Service

if TYPE_CHECKING:
    from capsize.runtime.supervisor import Supervisor


class Pod:
    """One network by the name ``name``, for one instance of each of ``services``, the owner's first.

    ``around`` is what its instances see: the stack's surroundings, and each other.
    """

    def __init__(self, name: str, services: list[Service], ports: Ports, around: Surroundings) -> None:
        self.name, self._ports, self.around = name, ports, around
        self._at = {service.name: ports.reserve() for service in services}
        self._doors: dict[tuple[str, int], int] = {}
        if len(services) > 1:
            self._doors = self._find_doors(services)
            inside = {(caller.name, *door): port for caller in services for door, port in self._doors.items()}
            self.around = replace(around, wires={**around.wires, **inside}, pod=name)

    def port(self, service: str) -> int:
        """Return where this machine reaches a service's instance of this pod."""
        return self._at[service]

    def _find_doors(self, services: list[Service]) -> dict[tuple[str, int], int]:
        """Reserve a port of this machine for each (who listens, at which port by the file) in the pod."""
        doors = {(one.name, one.listens): self._at[one.name] for one in services if one.listens}
        for one in services:
            for more in backing.find(one.image).within(self.around).doors(one) if one.image else ():
                if (one.name, more) not in doors:
                    doors[one.name, more] = self._ports.reserve()
        return doors

    def close(self) -> None:
        """Give its ports back."""
        for port in {*self._at.values(), *self._doors.values()}:
            self._ports.release(port)


class Pods:
    """The pods of one stack. Compose's pods of several services are there as long as the stack is."""

    def __init__(self, supervisor: Supervisor) -> None:
        self.supervisor = supervisor
        self._open: dict[str, Pod] = {}

    def open(self, service: str, number: int) -> Pod:
        """Return the pod for the instance of a service with this number: there already, or new."""
        stack = self.supervisor.stack
        owner, *others = stack.pod(service)
        name = f"{owner}-{number}"
        if name not in self._open:
            services = [stack.services[one] for one in (owner, *others)]
            self._open[name] = Pod(name, services, self.supervisor.ports, self.supervisor.surroundings)
        return self._open[name]

    def leave(self, instance: Instance) -> None:
        """Close the pod of an instance that is gone, if nobody shares it."""
        if len(self.supervisor.stack.pod(instance.service.name)) == 1:
            self._open.pop(instance.name).close()
