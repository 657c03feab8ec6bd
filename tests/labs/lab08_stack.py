"""What the checks of lab 08 share: the faults of the stack, and what its platform makes of them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import asynccontextmanager

from capsize.runtime.probes.kubernetes import ProbeStatus
from capsize.session.handles import InstanceHandle
from capsize.session.running import RunningStack
from shop.health.bundles import DEADLY

PLATFORM_ACTS_WITHIN = 20.0  # seconds in which the platform does whatever it is going to do, on a busy machine too


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
async def hanging(instance: InstanceHandle):
    """Get an instance's event loop stuck, as a customer does who asks for the wrong bundle and waits."""
    _, request = await asyncio.open_connection("127.0.0.1", instance.port)
    request.write(f"GET {DEADLY} HTTP/1.1\r\nHost: shop\r\n\r\n".encode())
    try:
        yield
    finally:
        request.close()
