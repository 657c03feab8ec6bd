"""A changed manifest under a running stack: what differs is scaled or rolled out, as ``kubectl apply`` has it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import anyio

from capsize.errors import CapsizeError
from capsize.runtime.time_scale import paced
from capsize.stack.model import Location, Service, Stack

if TYPE_CHECKING:
    from capsize.runtime.control.supervisor import Supervisor


async def apply(supervisor: Supervisor, stack: Stack) -> None:
    """Bring a running stack to what ``stack`` says. Raise CapsizeError for what only a new start can change."""
    wanted = paced(stack)
    changed = [name for name in wanted if not _is_same(wanted[name], supervisor.services.get(name))]
    _refuse_what_needs_a_start(supervisor, stack, [wanted[name] for name in changed])
    supervisor.see(stack)
    for name in wanted:
        supervisor.services[name] = replace(supervisor.services[name], place=wanted[name].place)
    async with anyio.create_task_group() as tasks:
        for name in (name for name in wanted if wanted[name].network_of is None):
            pod = {one: wanted[one] for one in stack.pod(name)}
            if pod.keys() & changed:
                tasks.start_soon(_roll, supervisor, name, pod)
            elif wanted[name].replicas != supervisor.services[name].replicas:
                tasks.start_soon(supervisor.scale, name, wanted[name].replicas)


async def _roll(supervisor: Supervisor, name: str, pod: dict[str, Service]) -> None:
    old = {one: supervisor.services[one] for one in pod}
    supervisor.services[name] = replace(old[name], replicas=pod[name].replicas)
    if all(_template(old[one]) == _template(pod[one]) for one in pod):
        supervisor.services |= pod  # how it is rolled out has changed, not what runs
        await supervisor.scale(name, pod[name].replicas)
    else:
        await supervisor.rollouts.roll(name, pod)


def _is_same(one: Service, other: Service | None) -> bool:
    return other is not None and replace(one, place=other.place, replicas=other.replicas) == other


def _template(service: Service) -> Service:
    """The service without what is no part of an instance."""
    return replace(service, replicas=0, rollout=None, ports=(), place=Location(service.place.file, 0))


def _refuse_what_needs_a_start(supervisor: Supervisor, stack: Stack, changed: list[Service]) -> None:
    if set(stack.services) != set(supervisor.services) or not set(stack.edges) <= set(supervisor.stack.edges):
        raise CapsizeError(
            "services and wires cannot be added to a stack that is up",
            expected=", ".join(edge.name for edge in supervisor.stack.edges),
            got=", ".join(edge.name for edge in stack.edges),
            next="start it again: lab.up()",
        )
    for service in changed:
        owner = supervisor.services[supervisor.stack.pod(service.name)[0]]
        if service.rollout is None or owner.rollout is None or owner.image:
            raise CapsizeError(
                f"{service.name} cannot be changed while the stack is up",
                place=service.place,
                expected="a Deployment of our own code",
                next="start it again: lab.up()",
            )
