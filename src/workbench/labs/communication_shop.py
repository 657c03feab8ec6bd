"""Lab 04's services from outside: what is written into them, and what their wires have carried."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self

import httpx

from capsize.check.kit import browser
from capsize.runtime.control.edges import FRESH
from shop.grpc_channel import open_channel
from shop.stock_pb2 import Pieces
from shop.stock_pb2_grpc import StoreStub

WRITTEN_WITHIN = 20.0  # seconds


class Backstage:
    """The services behind a page: orders, products and pieces as a check wants them."""

    def __init__(self, stack: Any) -> None:
        self.stack = stack
        self._clients: dict[str, httpx.AsyncClient] = {}
        self._channel: Any = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for client in self._clients.values():
            await client.aclose()
        if self._channel:
            await self._channel.close()

    async def write_order(self, number: str, lines: Sequence[tuple[str, int]], customer: str = "nobody") -> None:
        """Write an order down."""
        body = {"customer": customer, "lines": [{"sku": sku, "pieces": pieces} for sku, pieces in lines]}
        await self._tell("orders", "PUT", f"/orders/{number}", body)

    async def sell(self, sku: str, **known: Any) -> None:
        """Sell a product from now on, or change what is known of it."""
        await self._tell("catalogue", "PUT", f"/products/{sku}", known)

    async def withdraw(self, sku: str) -> None:
        """Sell a product no more."""
        await self._tell("catalogue", "DELETE", f"/products/{sku}")

    async def write_tides(self, times: list[str]) -> None:
        """Write down other tides."""
        await self._tell("tides", "PUT", "/tides", times)

    async def put(self, sku: str, pieces: int) -> None:
        """Have so many pieces of a thing on hand from now on."""
        if self._channel is None:
            self._channel = open_channel(self.stack.url("stock").removeprefix("http://"))
        await StoreStub(self._channel).Put(Pieces(sku=sku, pieces=pieces), timeout=WRITTEN_WITHIN, wait_for_ready=True)

    async def put_all(self, pieces: Mapping[str, int]) -> None:
        """Have so many pieces of several things."""
        for sku, count in pieces.items():
            await self.put(sku, count)

    async def _tell(self, service: str, method: str, path: str, body: Any = None) -> None:
        if service not in self._clients:
            self._clients[service] = browser(self.stack, service, timeout=WRITTEN_WITHIN)
        (await self._clients[service].request(method, path, json=body)).raise_for_status()

    async def carried(self, caller: str, *services: str) -> dict[str, int]:
        """Count the calls that the wires from a caller to some services have carried since their start."""
        await asyncio.sleep(2 * FRESH)  # a reading of the wires serves for so long
        return {name: self.stack.edge(caller, name).stats().requests or 0 for name in services}

    def under_way(self, caller: str, *services: str) -> int:
        """Count the calls from a caller to some services that have no end yet."""
        return sum(self.stack.edge(caller, name).stats().in_flight or 0 for name in services)
