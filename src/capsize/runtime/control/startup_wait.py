"""Arrivals: waiting until an instance that was started is ready, or saying in its own words why it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio

from capsize.runtime.control.instance import Instance
from capsize.runtime.control.stuck_start import SUSPICION, refuse_what_turns, where_it_turns
from capsize.runtime.time_scale import allowance

if TYPE_CHECKING:
    from capsize.runtime.control.supervisor import Supervisor

FOR_PARTS = 2  # times as long for our own parts: one that is broken ends at once, so only a busy machine takes long


class StartupWait:
    """The starts that somebody waits for in one stack."""

    def __init__(self, supervisor: Supervisor) -> None:
        self.supervisor = supervisor

    def _patience_for(self, instance: Instance) -> float:
        allowed = sum(map(allowance, instance.pod.services)) if instance.is_kubernetes else 0.0
        return self.supervisor.patience * (FOR_PARTS if instance.service.image else 1) + allowed

    async def ready(self, instance: Instance) -> None:
        """Wait for a first start. Raise CapsizeError, with the learner's line where there is one, if it fails."""
        supervisor = self.supervisor
        if instance.is_kubernetes and len(instance.pod.services) > 1 and not await self._begins(instance):
            return
        await instance.spawned.wait()
        if all(one.spawned.is_set() for one in supervisor.instances[instance.service.name]):
            supervisor.dependencies.spawned[instance.service.name].set()
        if instance.service.runs_once:
            return
        if instance.is_kubernetes and not supervisor.waits and supervisor.state == "starting":
            return
        patience = self._patience_for(instance)
        with anyio.move_on_after(min(SUSPICION, patience)):
            await instance.settled.wait()
        if not instance.settled.is_set() and supervisor.patience > SUSPICION:
            await refuse_what_turns(instance)
            with anyio.move_on_after(patience - SUSPICION):
                await instance.settled.wait()
        if instance.ready or (instance.state == "stopped" and instance.child and instance.child.code == 0):
            return
        if instance.pid is not None:
            turns = await where_it_turns(instance)
            raise instance.complaint(f"was not ready within {patience:g} s", turns)
        raise instance.complaint("ended before it was ready")

    async def _begins(self, instance: Instance) -> bool:
        """Wait until a container's pod lets it start; False where nobody waits for its pod, or for itself."""
        supervisor, pod = self.supervisor, instance.pod
        if instance.service.runs_once or pod.owner.service.runs_once:
            return False
        if not supervisor.waits and supervisor.state == "starting":
            return False
        patience = self._patience_for(instance)
        with anyio.move_on_after(patience):
            await instance.spawned.wait()
            return True
        raise pod.stuck.complaint(f"has kept {instance.name} from starting for {patience:g} s")

    async def back(self, instance: Instance) -> None:
        """Wait until an instance that was started again is ready."""
        with anyio.move_on_after(self._patience_for(instance)):
            while not instance.ready:
                if instance.state in ("crashed", "stopped") and instance.wanted != "running":
                    raise instance.complaint("ended before it was ready")
                await anyio.sleep(0.01)
            await self.supervisor.in_rotation(instance.service.name)
            return
        raise instance.complaint(f"was not ready within {self._patience_for(instance):g} s")
