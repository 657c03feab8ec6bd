"""The targets of one load balancer: who is registered, what the balancer's own health checks say, who is called.

Source: Elastic Load Balancing, "Target groups" and TargetHealth, whose words the states and reasons are. A target is
initial until it passed a check or failed as many as make it unhealthy; only then may it be called. Envoy checks, and
takes an unhealthy target away by itself; here its answers are counted, and newcomers are let in.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from capsize.runtime.control.instance import Instance
from capsize.runtime.wires import envoy_config as envoy
from capsize.runtime.wires.health_log import Check
from capsize.runtime.wires.proxy import Wires
from capsize.stack.model import Edge

State = Literal["initial", "healthy", "unhealthy", "draining"]


@dataclass
class Target:
    """An instance as the balancer sees it: its state, and its last answers (``streak`` alike in a row)."""

    instance: Instance
    pid: int
    state: State = "initial"
    is_admitted: bool = False  # its first checks are over: it is where it may be called
    passed: bool | None = None
    streak: int = 0
    why: str = "not checked yet"

    def count(self, check: Check) -> None:
        self.streak = self.streak + 1 if check.passed == self.passed else 1
        self.passed, self.why = check.passed, check.why


class TargetGroup:
    """The targets of the balancer ``edge``, by the instance's name. ``tell`` writes into the timeline."""

    def __init__(self, edge: Edge, wires: Wires, tell: Callable[[str, str, str], object]) -> None:
        self.edge, self.wires, self.tell = edge, wires, tell
        self.rules = wires.groups[edge]
        self.targets: dict[str, Target] = {}
        self._cluster = envoy.wire(wires.edges.index(edge))

    def register(self, instances: Iterable[Instance]) -> None:
        """Have all instances that run as targets, ready or not. One that was started again begins as a newcomer."""
        pids = {instance.name: None if instance.door.thief else instance.pid for instance in instances}
        self.targets = {name: target for name, target in self.targets.items() if pids.get(name) == target.pid}
        for instance in instances:
            stays = not instance.leaving and instance.state != "stopping"
            pid = pids[instance.name]
            if pid is not None and stays and instance.name not in self.targets:
                self.targets[instance.name] = Target(instance, pid)
        self._point()

    def deregister(self, instance: Instance) -> bool:
        """Call an instance no more; what it has begun it may finish. Return whether it was registered."""
        target = self.targets.get(instance.name)
        if target is None:
            return False
        if target.state != "draining":
            target.state = "draining"
            self.tell(instance.name, "target draining", f"{self.edge.door}: no new request")
        self._point()
        return True

    def forget(self, instance: Instance) -> None:
        """Let go of a target that has been drained."""
        if self.targets.pop(instance.name, None):
            self.tell(instance.name, "deregistered", self.edge.door)

    def hear(self, check: Check) -> None:
        """Take in one answer to a health check."""
        endpoint = self.wires.host.endpoint
        target = next((one for one in self.targets.values() if endpoint(one.instance.port) == check.at), None)
        cluster = self._cluster if target and target.is_admitted else envoy.newcomers(self._cluster)
        if target is None or target.state == "draining" or check.cluster != cluster:
            return
        target.count(check)
        if target.is_admitted and check.turned:
            self._turn(target, "healthy" if check.passed else "unhealthy")
        elif not target.is_admitted:
            self._admit(target, check)

    def _admit(self, target: Target, check: Check) -> None:
        """Let a newcomer in whose first checks are over; Envoy then checks it once more, and calls it if it passes."""
        target.is_admitted = check.turned if check.passed else target.streak >= self.rules.unhealthy_threshold
        if target.is_admitted and not check.passed:
            self._turn(target, "unhealthy")
        self._point()

    def _turn(self, target: Target, state: State) -> None:
        if state == target.state:
            return
        was_open = self.is_failing_open
        target.state = state
        self.tell(target.instance.name, f"target {state}", f"{self.edge.door}: {target.streak} in a row, {target.why}")
        if self.is_failing_open and not was_open:
            self.tell(self.edge.name, "fails open", "no target is healthy, so all are called")

    def _among(self, *states: State) -> list[Target]:
        return [target for target in self.targets.values() if target.state in states]

    @property
    def is_failing_open(self) -> bool:
        """Whether the balancer calls unhealthy targets, because it has no other."""
        return bool(self._among("unhealthy")) and not self._among("healthy")

    @property
    def called(self) -> list[int]:
        """The ports among which the balancer chooses."""
        return [target.instance.port for target in self._among("healthy") or self._among("unhealthy")]

    def overdue(self) -> list[Target]:
        """List the unhealthy targets that are older than the grace period, where there is one."""
        if self.rules.grace is None:
            return []
        return [one for one in self._among("unhealthy") if not (one.instance.leaving or self._spares(one))]

    def _spares(self, target: Target) -> bool:
        return self.rules.grace is not None and time.monotonic() - target.instance.began < self.rules.grace

    def _point(self) -> None:
        """Tell Envoy who may be called, and who is only checked."""
        pool, present = envoy.pool(self.edge), [one for one in self.targets.values() if one.state != "draining"]
        for name, admitted in ((pool, True), (envoy.newcomers(pool), False)):
            ports = tuple(one.instance.port for one in present if one.is_admitted is admitted)
            if ports != self.wires.targets[name]:
                self.wires.point(name, ports)

    def to_json(self, instance: Instance) -> dict[str, Any] | None:
        """Return what a board shows of the balancer's opinion of an instance."""
        target = self.targets.get(instance.name)
        if target is None:
            return None
        needed = self.rules.healthy_threshold if target.passed else self.rules.unhealthy_threshold
        settled = target.state == ("healthy" if target.passed else "unhealthy")
        return {
            "balancer": self.edge.door,
            "state": target.state,
            "passed": target.passed,
            "streak": target.streak,
            "needed": 0 if settled or target.state == "draining" else needed,
            "spared": target.state == "unhealthy" and self._spares(target),
            "why": target.why,
        }
