"""What the checks of lab 08 share: the part of the stack that they need, its faults, and its story as evidence."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import ExitStack, asynccontextmanager

from capsize.errors import CapsizeError
from capsize.runtime.probes.kubernetes import ProbeStatus
from capsize.session.handles import InstanceHandle
from capsize.session.running import RunningStack
from capsize.stack.model import Stack
from capsize.waiting import came_true
from shop.health.bundles import DEADLY

PATIENCE = 20.0  # seconds in which the platform does whatever it is going to do, on a busy machine too
QUOTED = 10  # events


def only(*names: str) -> Callable[[Stack], Stack]:
    """Make a change of the lab's stack: these services and no others."""
    return lambda stack: stack.only(*names)


def story(stack: RunningStack, *services: str) -> list[str]:
    """Quote the last events of some services, and what was done to the wires."""
    own = [event for event in list(stack.timeline.events) if event.service in services or ">" in event.who]
    return [str(event) for event in own[-QUOTED:]]


def names_of(stack: RunningStack, what: str, *who: str) -> list[str]:
    """List whom something happened to, in the order of events."""
    return [event.who for event in stack.timeline.told(what, *who)]


def listed(names: Iterable[str]) -> str:
    return " and ".join(sorted(set(names))) or "nobody"


def probe_of(instance: InstanceHandle, kind: str) -> ProbeStatus | None:
    """Return what a probe has said of the present container, if it has one."""
    standing: ProbeStatus | None = instance.probes().get(kind)
    return standing


def direct(instance: InstanceHandle, path: str) -> str:
    return f"http://127.0.0.1:{instance.port}{path}"


@asynccontextmanager
async def cut_off(stack: RunningStack, *callers: str):
    """Cut the database off from services."""
    with ExitStack() as undo:
        for caller in callers:
            undo.enter_context(await asyncio.to_thread(stack.edge(caller, "db").cut))
        yield
        await asyncio.to_thread(undo.pop_all().close)


@asynccontextmanager
async def hanging(instance: InstanceHandle):
    """Get an instance's event loop stuck, as a customer does who asks for the wrong bundle and waits."""
    _, request = await asyncio.open_connection("127.0.0.1", instance.port)
    request.write(f"GET {DEADLY} HTTP/1.1\r\nHost: shop\r\n\r\n".encode())
    try:
        yield
    finally:
        request.close()


async def must(holds: Callable[[], object], what: str, stack: RunningStack, *services: str) -> None:
    """Wait for what every answer brings about; where this machine does not get there, nothing can be judged."""
    if not await came_true(holds, PATIENCE):
        raise CapsizeError(
            f"{what} within {PATIENCE:g} s",
            evidence=tuple(story(stack, *services)),
            next="close what else is running, and check again",
        )
