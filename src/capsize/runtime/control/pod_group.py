"""Pods: the instances that share one network, the ports by which they find each other, and the order among them.

On one machine all share 127.0.0.1, so a pod's localhost is made by telling each member where the others really are:
their ports are asked for before any of them starts, and stay the same as long as the pod is there.

Sources of the order: Kubernetes, "Init Containers: Detailed behavior", "Sidecar Containers and Pod lifecycle" and "Pod
Lifecycle: Pod shutdown and sidecar containers". Compose has no order but its depends_on.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import Generic, Protocol, TypeVar

import anyio

from capsize.runtime import backing
from capsize.runtime.control.changes import Changes
from capsize.runtime.environment import Environment
from capsize.runtime.ports import Ports
from capsize.stack.model import Service


class Member(Protocol):
    """What a pod has to know of an instance in it."""

    service: Service
    name: str
    wanted: str
    leaving: bool
    ready: bool
    ready_since: float
    has_started: bool
    hurries: bool
    is_kubernetes: bool
    ended: anyio.Event

    @property
    def pid(self) -> int | None: ...

    @property
    def serves(self) -> bool: ...

    @property
    def is_done(self) -> bool: ...

    @property
    def is_ending(self) -> bool: ...

    async def stop(self, why: str = "", *, wanted: str = "stopped") -> None: ...


M = TypeVar("M", bound=Member)


class PodGroup(Generic[M]):
    """One network by the name ``name``, for an instance of each of ``services``; these come in the order of starting.

    ``around`` is what its instances see: the stack's environment, and each other.
    """

    def __init__(self, name: str, services: list[Service], ports: Ports, around: Environment, changes: Changes) -> None:
        self.name, self.services, self.members = name, services, list[M]()
        self._ports, self.around, self.changes = ports, around, changes
        self._at = {service.name: ports.reserve() for service in services}
        self._doors: dict[tuple[str, int], int] = {}
        self._drained = set[str]()
        if len(services) > 1:
            self._doors = self._find_doors(services)
            inside = {(caller.name, *door): port for caller in services for door, port in self._doors.items()}
            self.around = replace(around, wires={**around.wires, **inside}, pod=name)

    def port(self, service: str) -> int:
        """Return where this machine reaches a service's instance of this pod."""
        return self._at[service]

    def _find_doors(self, services: list[Service]) -> dict[tuple[str, int], int]:
        """Reserve a port of this machine for each (who listens, at which port by the file) in the pod."""
        running = [one for one in services if one.part != "init"]
        doors = {(one.name, one.listens): self._at[one.name] for one in running if one.listens}
        for one in running:
            for more in backing.find(one.image).within(self.around).doors(one) if one.image else ():
                if (one.name, more) not in doors:
                    doors[one.name, more] = self._ports.reserve()
        return doors

    def find(self, asked: int | None, usual: int) -> int:
        """Return the port of this machine for a port that a probe asks, ``usual`` where nobody says to listen there."""
        return next((port for (_, inside), port in self._doors.items() if inside == asked), usual)

    def close(self) -> None:
        """Give its ports back, and forget what was in its volumes."""
        for port in {*self._at.values(), *self._doors.values()}:
            self._ports.release(port)
        if self.around.home:
            shutil.rmtree(self.around.home, ignore_errors=True)

    @property
    def owner(self) -> M:
        return next(one for one in self.members if one.service.network_of is None)

    def together_with(self, instance: M) -> list[M]:
        """List what comes and goes together with an instance: by Kubernetes' rules the whole pod."""
        return list(self.members) if instance.is_kubernetes else [instance]

    @property
    def running(self) -> list[M]:
        """Those that run as long as the pod, whatever prepared it."""
        return [one for one in self.members if one.service.part != "init"]

    def serves(self, instance: M) -> bool:
        """Say whether an instance may be called: in Kubernetes, if all containers of its pod are ready."""
        return all(one.serves for one in (self.running if instance.is_kubernetes else [instance]))

    @property
    def ready_since(self) -> float:
        """When the last of its containers became ready; infinity where one is not."""
        return max((one.ready_since for one in self.running), default=float("inf"))

    @property
    def stuck(self) -> M:
        """Who keeps the pod from being ready: the first in the order of starting."""
        return next((one for one in self.members if not one.is_done and not one.ready), self.owner)

    def may_start(self, instance: M) -> bool:
        """Say whether all are as far as they must be: who runs once has succeeded, a sidecar has started."""
        order = self.members[: self.members.index(instance)]
        before = (one for one in order if one.service.part != "main")
        return all(one.is_done if one.service.part == "init" else one.has_started for one in before)

    async def turn_to_end(self, instance: M) -> None:
        """Wait until those have ended that a sidecar outlives: the main containers, and the sidecars after it."""
        after = self.members[self.members.index(instance) + 1 :]
        outlived = [one for one in self.members if one.service.part != "sidecar" or one in after]
        await self.changes.until(lambda: instance.pid is None or not any(one.is_ending for one in outlived))

    async def drained(self, instance: M) -> None:
        """Wait until no balancer holds any of a pod back that leaves: their grace period is one."""
        self._drained.add(instance.name)
        self.changes.mark()
        await self.changes.until(lambda: instance.hurries or not any(map(self._is_held_back, self.members)))

    def _is_held_back(self, instance: M) -> bool:
        return instance.leaving and instance.pid is not None and instance.name not in self._drained

    async def end_with_job(self) -> None:
        """End a Job's sidecars, the last first, when its main containers have ended or none of them can start."""
        mains = [one for one in self.members if one.service.part == "main"]
        inits = [one for one in self.members if one.service.part == "init"]
        await self.changes.until(
            lambda: (
                all(one.ended.is_set() or one.wanted == "gone" for one in mains)
                or any(one.ended.is_set() and not one.is_done for one in inits)
            )
        )
        for one in reversed([one for one in self.members if one.service.part == "sidecar"]):
            await one.stop("its Job has ended")
