"""Waiting until an instance that was started is ready, or saying in its own words why it is not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import anyio

from capsize.runtime.control.complaint import complaint
from capsize.runtime.control.dependencies import Dependencies
from capsize.runtime.control.instance import Instance
from capsize.runtime.control.other_ports import refuse_other_ports
from capsize.runtime.control.stuck_start import SUSPICION, refuse_what_is_stuck, where_it_is_stuck
from capsize.runtime.control.view import View
from capsize.runtime.time_scale import allowance

FOR_PARTS = 2  # times as long for our own parts: one that is broken ends at once, so only a busy machine takes long


class StartupWait:
    """The starts that somebody waits for in one stack.

    An instance has ``patience`` seconds to become ready. Without ``waits`` nobody waits for Deployments while the stack
    starts. ``in_rotation`` waits until the wires lead to a service's ready instances.
    """

    def __init__(
        self,
        view: View,
        dependencies: Dependencies,
        in_rotation: Callable[[str], Awaitable[None]],
        *,
        patience: float,
        waits: bool,
    ) -> None:
        self.view, self.dependencies, self.in_rotation = view, dependencies, in_rotation
        self.patience, self.waits = patience, waits

    @property
    def _is_left_alone(self) -> bool:
        return not self.waits and self.view.phase == "starting"

    def _patience_for(self, instance: Instance) -> float:
        allowed = sum(map(allowance, instance.pod.services)) if instance.is_kubernetes else 0.0
        return self.patience * (FOR_PARTS if instance.service.image else 1) + allowed

    async def ready(self, instance: Instance) -> None:
        """Wait for a first start. Raise CapsizeError, with the learner's line where there is one, if it fails."""
        if instance.is_kubernetes and len(instance.pod.services) > 1 and not await self._begins(instance):
            return
        await instance.spawned.wait()
        if all(one.spawned.is_set() for one in self.view.instances[instance.service.name]):
            self.dependencies.spawned[instance.service.name].set()
        if instance.service.runs_once:
            return
        if instance.is_kubernetes and self._is_left_alone:
            return
        patience = self._patience_for(instance)
        with anyio.move_on_after(min(SUSPICION, patience)):
            await instance.settled.wait()
        if not instance.settled.is_set() and self.patience > SUSPICION:
            await refuse_other_ports(instance)
            await refuse_what_is_stuck(instance)
            with anyio.move_on_after(patience - SUSPICION):
                await instance.settled.wait()
        if instance.ready or self._is_done(instance):
            return
        if instance.pid is not None:
            stuck = await where_it_is_stuck(instance)
            raise complaint(instance, f"was not ready within {patience:g} s", stuck)
        raise complaint(instance, "ended before it was ready")

    def _is_done(self, instance: Instance) -> bool:
        """Say whether an instance has ended well, as one may that nobody calls."""
        is_called = any(edge.callee == instance.service.name for edge in self.view.stack.edges)
        has_ended_well = instance.state == "stopped" and instance.child is not None and instance.child.code == 0
        return has_ended_well and not is_called

    async def _begins(self, instance: Instance) -> bool:
        """Wait until a container's pod lets it start; False where nobody waits for its pod, or for itself."""
        pod = instance.pod
        if instance.service.runs_once or pod.owner.service.runs_once:
            return False
        if self._is_left_alone:
            return False
        patience = self._patience_for(instance)
        with anyio.move_on_after(patience):
            await instance.spawned.wait()
            return True
        raise complaint(pod.stuck, f"has kept {instance.name} from starting for {patience:g} s")

    async def back(self, instance: Instance) -> None:
        """Wait until an instance that was started again is ready."""
        with anyio.move_on_after(self._patience_for(instance)):
            await self.view.changes.until(lambda: instance.ready or instance.has_ended)
            if not instance.ready:
                raise complaint(instance, "ended before it was ready")
            await self.in_rotation(instance.service.name)
            return
        raise complaint(instance, f"was not ready within {self._patience_for(instance):g} s")
