"""Copies of orders that a check plays itself, and the bucket of leases in which it says where they are.

A played copy notes each call that reaches it, so that nobody has to be believed about who was called.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from shop.discovery.lease_bucket import NAME, listed, ready
from workbench.nats_server import connected

LOOPBACK = "127.0.0.1"
ANSWERS, REFUSES, HANGS, LOSES = "answers", "refuses connections", "does not answer", "does it and loses the answer"
FAILS = {f"answers {status}": status for status in (502, 503, 504)}
FORMS = (REFUSES, HANGS, LOSES, *FAILS)


@dataclass(frozen=True)
class Served:
    """A call that reached a copy: its method and path, the marks of its query, and when (by time.monotonic())."""

    method: str
    path: str
    mark: str
    at: float


class PlayedCopy:
    """A copy of orders with an address of its own, for as long as its block lasts. ``mode`` says how it behaves."""

    def __init__(self, name: str) -> None:
        self.name, self.mode, self.port = name, ANSWERS, 0
        self.served: list[Served] = []
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()

    @property
    def address(self) -> str:
        return f"{LOOPBACK}:{self.port}"

    async def __aenter__(self) -> Self:
        await self._listen()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._close()

    async def behave(self, mode: str) -> None:
        """Behave in another way from now on; connections that are open end, as when a process ends."""
        self.mode = mode
        await self._close()
        if mode != REFUSES:
            await self._listen()

    def calls(self, mark: str) -> int:
        """Count the calls with a mark."""
        return sum(one.mark == mark for one in self.served)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, LOOPBACK, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        if self._server:
            self._server.close()
        for writer in list(self._open):
            writer.close()
        self._server = None
        await asyncio.sleep(0)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            while await self._one(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self._open.discard(writer)
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Take one call, note it and behave; return whether the connection stays."""
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        await reader.readexactly(int(headers.get("content-length", 0)))
        method, target, _ = first.split(" ")
        path, _, mark = target.partition("?")
        self.served.append(Served(method, path, mark, time.monotonic()))
        if self.mode == LOSES:
            return False
        if self.mode == HANGS:
            await reader.read()  # until the caller gives up
            return False
        status = FAILS.get(self.mode, 201 if method == "POST" else 200)
        body = json.dumps({"copy": self.name}).encode()
        head = f"HTTP/1.1 {status} So\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        return True


class Leases:
    """The bucket of a stack's NATS as ``service`` opens it, read and written from outside while the block lasts."""

    def __init__(self, stack: Any, service: str = "shop") -> None:
        self._stack, self._service = stack, service
        self._client: Any = None

    async def __aenter__(self) -> Self:
        self._client = await connected(self._stack, self._service)
        await ready(self._client.jetstream())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.close()

    async def grant(self, copies: Iterable[PlayedCopy], seconds: float) -> None:
        """Write a lease of so many seconds for each copy; it stays written when it has ended."""
        for copy in copies:
            await self.write("orders", copy.name, copy.address, seconds)

    async def write(self, service: str, name: str, address: str, seconds: float) -> None:
        """Write where a copy of a service is; the server does not end that lease."""
        lease = json.dumps({"address": address, "seconds": seconds}).encode()
        await self._client.jetstream().publish(f"$KV.{NAME}.{service}.{name}", lease)

    async def listed(self, service: str) -> dict[str, str]:
        """Return where the copies of a service are whose leases last, by their names."""
        return await listed(await ready(self._client.jetstream()), service)
