"""A tap in the line to a backing service: it passes everything on and counts the connections.

Each deploy gets taps of its own, so what is known of its connections holds for any language and any client library.
"""

from __future__ import annotations

import contextlib

import anyio
from anyio.abc import ByteReceiveStream, ByteSendStream, SocketAttribute, SocketStream, TaskGroup
from anyio.streams.stapled import MultiListener

from capsize.runtime.ports import LOOPBACK


class Tap:
    """Listens at ``port`` of 127.0.0.1, and knows how many connections it has passed on."""

    def __init__(self, port: int, target: int) -> None:
        self.port, self.target = port, target
        self.connections = 0

    async def carry(self, near: SocketStream) -> None:
        """Pass one connection on until either side ends it."""
        with contextlib.suppress(OSError, anyio.EndOfStream, anyio.BrokenResourceError, anyio.ClosedResourceError):
            async with near, await anyio.connect_tcp(LOOPBACK, self.target) as far:
                self.connections += 1
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(_pump, near, far, tasks.cancel_scope)
                    tasks.start_soon(_pump, far, near, tasks.cancel_scope)


async def _pump(source: ByteReceiveStream, target: ByteSendStream, both: anyio.CancelScope) -> None:
    with contextlib.suppress(OSError, anyio.EndOfStream, anyio.BrokenResourceError, anyio.ClosedResourceError):
        async for chunk in source:
            await target.send(chunk)
    both.cancel()


async def open_tap(tasks: TaskGroup, target: int) -> Tap:
    """Open a tap that leads to a port of 127.0.0.1, until ``tasks`` end."""
    listener = await anyio.create_tcp_listener(local_host=LOOPBACK)
    opened = Tap(listener.extra(SocketAttribute.local_port), target)
    tasks.start_soon(_serve, listener, opened)
    return opened


async def _serve(listener: MultiListener[SocketStream], opened: Tap) -> None:
    async with listener:
        await listener.serve(opened.carry)
