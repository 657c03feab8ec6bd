"""A changed manifest under a running stack: what differs is scaled or rolled out, as ``kubectl apply`` has it."""

from __future__ import annotations

from dataclasses import replace

import anyio

from capsize.errors import CapsizeError
from capsize.runtime.control.rollout import Rollouts
from capsize.runtime.control.view import Acts, View
from capsize.runtime.time_scale import paced
from capsize.stack.model import Location, Service, Stack


async def apply(view: View, acts: Acts, rollouts: Rollouts, stack: Stack) -> None:
    """Bring a running stack to what ``stack`` says. Raise CapsizeError for what only a new start can change."""
    wanted = paced(stack)
    changed = [name for name in wanted if not _is_same(wanted[name], view.services.get(name))]
    _refuse_what_needs_a_start(view, stack, [wanted[name] for name in changed])
    acts.see(stack)
    for name in wanted:
        view.services[name] = replace(view.services[name], place=wanted[name].place)
    async with anyio.create_task_group() as tasks:
        for name in (name for name in wanted if wanted[name].network_of is None):
            pod = {one: wanted[one] for one in stack.pod(name)}
            if pod.keys() & changed:
                tasks.start_soon(_roll, view, acts, rollouts, name, pod)
            elif wanted[name].replicas != view.services[name].replicas:
                tasks.start_soon(acts.scale, name, wanted[name].replicas)


async def _roll(view: View, acts: Acts, rollouts: Rollouts, name: str, pod: dict[str, Service]) -> None:
    old = {one: view.services[one] for one in pod}
    view.services[name] = replace(old[name], replicas=pod[name].replicas)
    if all(_template(old[one]) == _template(pod[one]) for one in pod):
        view.services |= pod  # how it is rolled out has changed, not what runs
        await acts.scale(name, pod[name].replicas)
    else:
        await rollouts.roll(name, pod)


def _is_same(one: Service, other: Service | None) -> bool:
    return other is not None and replace(one, place=other.place, replicas=other.replicas) == other


def _template(service: Service) -> Service:
    """The service without what is no part of an instance."""
    return replace(service, replicas=0, rollout=None, ports=(), place=Location(service.place.file, 0))


def _refuse_what_needs_a_start(view: View, stack: Stack, changed: list[Service]) -> None:
    if set(stack.services) != set(view.services) or not set(stack.edges) <= set(view.stack.edges):
        raise CapsizeError(
            "services and wires cannot be added to a stack that is up",
            expected=", ".join(edge.name for edge in view.stack.edges),
            got=", ".join(edge.name for edge in stack.edges),
            next="start it again: lab.up()",
        )
    for service in changed:
        owner = view.services[view.stack.pod(service.name)[0]]
        if service.rollout is None or owner.rollout is None or owner.image:
            raise CapsizeError(
                f"{service.name} cannot be changed while the stack is up",
                place=service.place,
                expected="a Deployment of our own code",
                next="start it again: lab.up()",
            )
