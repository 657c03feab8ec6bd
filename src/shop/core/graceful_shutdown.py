"""A copy of a service, and how it leaves: on SIGTERM the app's own farewell runs, and the process exits after it.

uvicorn alone would close its doors at the signal, while the wires still lead customers to them.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from types import FrameType
from typing import TYPE_CHECKING

import uvicorn

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

log = logging.getLogger("shop.leaving")
PROBED = ("/healthz", "/ready")


class Copy:
    """What a copy says of itself. ``farewell`` is run on SIGTERM; when it returns, the process exits."""

    def __init__(self, farewell: Callable[[Copy], Awaitable[None]]) -> None:
        self.ready = True
        self.leaving = False
        self.in_flight = 0
        self.farewell = farewell
        self.server: LeavingServer | None = None

    def close(self) -> None:
        """Take no new connection, and end each that is open: an idle one now, a busy one after its answer."""
        if self.server:
            self.server.close_doors()


class Counts:
    """Wrap an app: count the customers' requests that are under way. Probes are no customers."""

    def __init__(self, app: ASGIApp, copy: Copy) -> None:
        self.app, self.copy = app, copy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        is_customer = scope["type"] == "http" and scope["path"] not in PROBED
        self.copy.in_flight += is_customer
        try:
            await self.app(scope, receive, send)
        finally:
            self.copy.in_flight -= is_customer


class LeavingServer(uvicorn.Server):
    """Serve until a copy has taken its leave."""

    def __init__(self, config: uvicorn.Config, copy: Copy) -> None:
        super().__init__(config)
        self.copy, copy.server = copy, self
        self._loop: asyncio.AbstractEventLoop | None = None
        self._leave: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        """Start, and remember the loop that a signal has to wake."""
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)  # type: ignore[arg-type]

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to leave, once; before the start is done there is nobody to say farewell to."""
        if self._loop is None or not self.started:
            super().handle_exit(sig, frame)
        else:
            self._loop.call_soon_threadsafe(self._begin_to_leave)

    def _begin_to_leave(self) -> None:
        if self._leave is None:
            self._leave = asyncio.create_task(self._take_leave())

    async def _take_leave(self) -> None:
        log.info("SIGTERM, with %d requests under way", self.copy.in_flight)
        self.copy.leaving = True  # nobody is answered between this line and the farewell's first wait
        try:
            await self.copy.farewell(self.copy)
        except Exception:
            log.exception("the farewell failed")
        log.info("exits, with %d requests under way", self.copy.in_flight)
        if self.copy.in_flight:
            self.config.timeout_graceful_shutdown = 0  # whoever wanted to wait has waited
        self.should_exit = True

    def close_doors(self) -> None:
        """Close the listener, and all connections that carry nothing."""
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
