"""A Deployment's roll-out: new instances beside the old, as many more and as many fewer as its strategy allows.

Source: Kubernetes, "Deployments" (rolling update, rollover, progress deadline, rolling back). An instance is available
when it has been ready for ``min_ready`` seconds; those that end count no more; unready old ones go first. A load
balancer in front must call it healthy too, as ECS waits for that, and AWS's controller by its pod readiness gate.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import anyio

from capsize.errors import CapsizeError
from capsize.runtime.control.instance import Instance
from capsize.runtime.control.view import Acts, View
from capsize.runtime.tracebacks import last_words
from capsize.stack.model import Rollout, Service

STEP_EVERY = 0.01  # seconds between two steps of a roll-out: it waits for time that passes, too


@dataclass(frozen=True)
class Revision:
    """One description of a Deployment's pods, by service, numbered in the order in which it was rolled out."""

    number: int
    services: Mapping[str, Service]


class Rollouts:
    """The revisions of one stack's Deployments, and the roll-outs that are under way.

    ``accept`` says whether all load balancers in front of an instance call it healthy.
    """

    def __init__(self, view: View, acts: Acts, accept: Callable[[Instance], bool]) -> None:
        self.view, self.acts, self.accept = view, acts, accept
        self._past = {name: [Revision(1, self._pod(name))] for name in view.services}
        self._under_way: dict[str, anyio.CancelScope] = {}

    def _pod(self, name: str) -> dict[str, Service]:
        return {one: self.view.services[one] for one in self.view.stack.pod(name)}

    def revision(self, name: str) -> int:
        """Return the number of the revision that is desired."""
        return self._past[name][-1].number

    async def roll(self, name: str, services: Mapping[str, Service] | None = None) -> float:
        """Replace all pods by those of ``services``, or by new ones of the present; return the seconds.

        Raise CapsizeError when there is no progress within the deadline: what runs then stays as it is.
        """
        past = self._past[name]
        self._refuse_others(self.view.services[name])
        past.append(Revision(max(one.number for one in past) + 1, services or self._pod(name)))
        return await self._reach(name)

    async def undo(self, name: str) -> float:
        """Go back to the revision before the present one; instances of it that still run are kept."""
        past = self._past[name]
        self._refuse_others(self.view.services[name])
        if len(past) < 2:
            raise CapsizeError(f"{name} has no earlier revision", next=f'stack.service("{name}").roll()')
        past.append(past.pop(-2))
        return await self._reach(name)

    def _refuse_others(self, service: Service) -> None:
        if service.network_of and service.rollout:
            raise CapsizeError(
                f"{service.name} is a container in the pods of {service.network_of}",
                place=service.place,
                next=f'stack.service("{service.network_of}").roll()',
            )
        if service.rollout is None:
            raise CapsizeError(
                f"{service.name} is not a Deployment, so nothing says how to roll it out",
                place=service.place,
                expected="a service of a kubernetes.yaml",
                next=f'restart its instances: stack.instance("{service.name}-1").restart()',
            )

    async def _reach(self, name: str) -> float:
        """Make the newest revision real; a roll-out of the same Deployment that is under way ends."""
        view, began = self.view, time.monotonic()
        if name in self._under_way:
            self._under_way[name].cancel()
        replicas = view.services[name].replicas
        view.services |= self._past[name][-1].services
        view.services[name] = replace(view.services[name], replicas=replicas)
        view.timeline.tell(name, "rolls out", f"revision {self.revision(name)}")
        with anyio.CancelScope() as scope:
            self._under_way[name] = scope
            await self._replace_all(name)
            view.timeline.tell(name, "rolled out", f"revision {self.revision(name)}")
            await view.changes.until(lambda: not any(instance.leaving for instance in view.instances[name]))
            await self.acts.in_rotation(name)
        if scope.cancelled_caught:
            raise CapsizeError(f"the roll-out of {name} ended, because another one began")
        return time.monotonic() - began

    async def _replace_all(self, name: str) -> None:
        step, moved_at = RolloutStep(self.view, self.acts, self.accept, name, self.revision(name)), time.monotonic()
        before: tuple[int, ...] = ()
        while not step.is_done:
            step.take()
            if step.progress > before:
                before, moved_at = step.progress, time.monotonic()
            elif time.monotonic() - moved_at > step.rules.progress_deadline:
                raise self._stalled(name, step)
            await anyio.sleep(STEP_EVERY)

    def _stalled(self, name: str, step: RolloutStep) -> CapsizeError:
        why = (
            f"ProgressDeadlineExceeded: {len(step.available(step.new))} of {step.replicas} new instances are available"
        )
        self.view.timeline.tell(name, "roll-out stalled", why)
        stuck = next((instance for instance in step.new if not step.is_available(instance)), None)
        return CapsizeError(
            f"the roll-out of {name} made no progress within {step.rules.progress_deadline:g} s",
            place=self.view.services[name].place,
            expected=f"{step.replicas} new instances that are available",
            got=why,
            evidence=last_words(stuck.pod.stuck.log, stuck.pod.stuck.plan.code) if stuck else (),
            next=f'stack.service("{name}").undo()',
        )


class RolloutStep:
    """What a Deployment's controller does at one look, towards one revision."""

    def __init__(self, view: View, acts: Acts, accept: Callable[[Instance], bool], name: str, revision: int) -> None:
        self.view, self.acts, self.accept, self.name, self.revision = view, acts, accept, name, revision
        self._gone = self._made = 0

    @property
    def rules(self) -> Rollout:
        return self.view.services[self.name].rollout or Rollout()

    @property
    def replicas(self) -> int:
        return self.view.services[self.name].replicas

    @property
    def new(self) -> list[Instance]:
        return [instance for instance in self.view.active(self.name) if instance.revision == self.revision]

    @property
    def old(self) -> list[Instance]:
        return [instance for instance in self.view.active(self.name) if instance.revision != self.revision]

    def is_available(self, instance: Instance) -> bool:
        has_been_ready = time.monotonic() - instance.pod.ready_since >= self.rules.min_ready
        return has_been_ready and self.accept(instance)

    def available(self, group: list[Instance]) -> list[Instance]:
        return [instance for instance in group if self.is_available(instance)]

    @property
    def is_done(self) -> bool:
        return not self.old and len(self.available(self.new)) >= self.replicas

    @property
    def progress(self) -> tuple[int, ...]:
        """Grow whenever an instance is made, deleted, or becomes available."""
        return (self._made + self._gone + len(self.available(self.new)),)

    def take(self) -> None:
        """Delete old instances that may go, then add new ones that may come."""
        for instance in list(self._may_go()):
            self._gone += 1
            self.acts.delete(instance, f"revision {self.revision} replaces it")
        room = self.replicas + self.rules.max_surge - len(self.new) - len(self.old)
        for _ in range(min(room, self.replicas - len(self.new))):
            self._made += 1
            self.acts.add(self.view.services[self.name], revision=self.revision)

    def _may_go(self) -> Iterator[Instance]:
        """Yield old instances: those that are not available cost nothing; of the others, what can be missed."""
        unavailable_new = len(self.new) - len(self.available(self.new))
        spare = len(self.new) + len(self.old) - (self.replicas - self.rules.max_unavailable) - unavailable_new
        missed = len(self.available(self.new)) + len(self.available(self.old))
        missed -= self.replicas - self.rules.max_unavailable
        available = self.available(self.old)
        yield from [one for one in self.old if one not in available][: max(0, spare)]
        yield from list(reversed(available))[: max(0, missed)]


def in_order_of_leaving(group: list[Instance]) -> list[Instance]:
    """Put first who leaves first: a Deployment's unready, then its youngest; of Compose's the last added."""
    order = list(reversed(group))
    return sorted(order, key=lambda instance: instance.is_kubernetes and instance.pod.ready_since < float("inf"))
