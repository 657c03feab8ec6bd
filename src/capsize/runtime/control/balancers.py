"""The load balancers of one stack beside its platform: what they hear of Envoy, and what the platform does about it.

Sources: Amazon ECS, "Task lifecycle" (a task that is to stop is deregistered while it is DEACTIVATING, and hears its
stop signal after that, in STOPPING) and "Load balancer connection draining" (ECS waits for the deregistration delay);
EC2 Auto Scaling, "Health checks" and "Health check grace period" (an instance that its balancer calls unhealthy is
terminated and replaced, but not before the grace period after its start is over).
"""

from __future__ import annotations

import functools
from typing import Any

import anyio

from capsize.runtime.control.instance import Instance
from capsize.runtime.control.target_group import TargetGroup
from capsize.runtime.control.view import Acts, View
from capsize.runtime.wires.health_log import HealthLog
from capsize.stack.model import Edge

LOG_READ_EVERY = 0.05  # seconds between two looks into Envoy's log of health checks


class Balancers:
    """The target groups of one stack, kept in step with its instances."""

    def __init__(self, view: View, acts: Acts) -> None:
        self.view, self.acts, wires = view, acts, view.wires
        self.groups = {edge: TargetGroup(edge, wires, view.timeline.tell) for edge in wires.groups}
        self._log = HealthLog(wires.health_log)

    def of(self, service: str) -> list[TargetGroup]:
        """List the groups in which the instances of a service are targets."""
        return [group for edge, group in self.groups.items() if edge.callee == service]

    async def tend(self) -> None:
        """Register who runs, hear what the checks say, replace who is unhealthy, as long as the stack is there."""
        while self.groups and self.view.phase in ("starting", "up"):
            for edge, group in self.groups.items():
                group.register(self.view.instances[edge.callee])
            for check in self._log.news():
                for group in self.groups.values():
                    group.hear(check)
            if self.view.phase == "up":
                self._replace()
            self.view.changes.mark()
            await anyio.sleep(LOG_READ_EVERY)

    def _replace(self) -> None:
        for edge, group in self.groups.items():
            for target in group.overdue():
                self.acts.delete(target.instance, f"{edge.door} calls it unhealthy")
                self.acts.add(self.view.services[edge.callee])

    async def welcomed(self) -> None:
        """Wait until the balancers call all targets healthy, or would do so by now if they were."""
        for edge, group in self.groups.items():
            rules, instances = group.rules, self.view.instances[edge.callee]
            with anyio.move_on_after((rules.healthy_threshold + 2) * rules.interval + rules.timeout):
                await self.view.changes.until(functools.partial(self._accept_all, instances))

    def _accept_all(self, instances: list[Instance]) -> bool:
        return all(map(self.accept, instances))

    async def drain(self, instance: Instance) -> None:
        """Have an instance called no more, and give it the deregistration delay for what it has begun.

        Returns early if it ends meanwhile, or if the whole stack goes down.
        """
        groups, child = self.of(instance.service.name), instance.child
        delays = [group.rules.deregistration_delay for group in groups if group.deregister(instance)]
        with anyio.move_on_after(max(delays, default=0.0)):
            await self.view.changes.until(lambda: not child or child.code is not None or instance.hurries)
        for group in groups:
            group.forget(instance)

    def accept(self, instance: Instance) -> bool:
        """Say whether all balancers in front of an instance call it healthy."""
        shown = [group.targets.get(instance.name) for group in self.of(instance.service.name)]
        return all(target is not None and target.state == "healthy" for target in shown)

    def called(self, service: str) -> list[int]:
        """List the ports at which a service is called: by the platform's wires, or where it has none, by balancers."""
        wires, groups = self.view.wires, self.of(service)
        if groups and all(edge in self.groups for edge in wires.edges if edge.callee == service):
            return [port for group in groups for port in group.called]
        return list(wires.targets.get(service, ()))

    def opinions(self, instance: Instance) -> list[dict[str, Any]]:
        """Return what each balancer says of an instance, as JSON."""
        said = [group.to_json(instance) for group in self.of(instance.service.name)]
        return [each for each in said if each]

    def states(self, edge: Edge) -> dict[str, str]:
        """Return the state of each target of a balancer, by the instance's name."""
        return {name: target.state for name, target in self.groups[edge].targets.items()}
