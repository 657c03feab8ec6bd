"""The quay, from where one sees both sides: the shop's books and streams, the harbour's desks and its ledger.

Checks and notebooks stand here, never a service. ``stack`` is a running stack of lab 10.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit

import asyncpg
import httpx
import nats

from shop.customers import Customers

PATIENCE = 30.0  # seconds that a busy machine may take


@dataclass(frozen=True)
class Quayside:
    """What one holds of a stack: both databases, the harbour's desks, and JetStream."""

    stack: Any
    books: asyncpg.Connection
    ledger: asyncpg.Connection
    desks: httpx.AsyncClient
    server: Any

    @classmethod
    async def beside(cls, stack: Any) -> Self:
        """Take hold of a stack; ``leave`` lets go."""
        account = urlsplit(stack.model.services["shop"].environment["NATS_URL"])
        books, ledger = [await asyncpg.connect(stack.dsn(name)) for name in ("db", "harbour-db")]
        desks = httpx.AsyncClient(base_url=stack.url("harbour"), timeout=PATIENCE, trust_env=False)
        server = await nats.connect(f"nats://{account.username}:{account.password}@{stack.url('nats')}")
        return cls(stack, books, ledger, desks, server)

    async def leave(self) -> None:
        """Let go of everything."""
        await self.server.close()
        await asyncio.gather(self.books.close(), self.ledger.close(), self.desks.aclose())

    @property
    def js(self) -> Any:
        return self.server.jetstream()

    async def place(self, count: int, item: str = "shackle") -> list[dict[str, Any]]:
        """Have a customer order so many times, without waiting for any of it; return what was accepted."""
        async with Customers(self.stack.url("shop")) as customers:
            return [(await customers.order_in_passing({item: 1})).body for _ in range(count)]

    async def tell(self, office: str, **orders: object) -> None:
        """Tell an office how to work from now on; see ``shop.desks``."""
        (await self.desks.put(f"/desks/{office}", json=orders)).raise_for_status()

    async def holds(self) -> list[dict[str, str]]:
        """List the calls that the offices hold at the moment."""
        named: list[dict[str, str]] = (await self.desks.get("/desks")).raise_for_status().json()
        return named

    async def held(self) -> dict[str, str]:
        """Wait until an office holds a call, and name it. Raises TimeoutError where none does in time."""

        async def is_held() -> bool:
            return bool(await self.holds())

        if not await until(is_held):
            raise TimeoutError(f"no office held a call within {PATIENCE:g} s")
        return (await self.holds())[0]

    async def release(self) -> int:
        """Let every held call go on; return how many that were."""
        return int((await self.desks.delete("/desks")).raise_for_status().json()["released"])

    async def deeds(self, office: str) -> Counter[str]:
        """Count what an office did, by order."""
        rows = await self.ledger.fetch("SELECT order_id::text FROM harbour.deeds WHERE office = $1", office)
        return Counter(order for (order,) in rows)

    async def calls(self, office: str) -> list[Any]:
        """List the calls of an office as they came: order, note, and seconds since 1970."""
        rows: list[Any] = await self.ledger.fetch(
            "SELECT order_id::text AS order, note, extract(epoch FROM came_at)::float AS at FROM harbour.calls"
            " WHERE office = $1 ORDER BY id",
            office,
        )
        return rows

    async def shown(self) -> list[Any]:
        """List the steps on the board as they were shown: order, number, and seconds since 1970."""
        rows: list[Any] = await self.ledger.fetch(
            "SELECT order_id::text AS order, split_part(key, ' ', 2)::int AS number,"
            " extract(epoch FROM done_at)::float AS at FROM harbour.deeds WHERE office = 'board' ORDER BY id"
        )
        return rows

    async def unread(self, stream: str, bookmark: str) -> int:
        """Count the messages under a bookmark, those in flight included."""
        state = await self.js.consumer_info(stream, bookmark)
        return int(state.num_pending + state.num_ack_pending)

    async def until_read(self, bookmark: str, stream: str = "ORDERS", *, seconds: float = PATIENCE) -> bool:
        """Wait until nothing is under a bookmark any more; say whether it came to that."""

        async def is_read() -> bool:
            return not await self.unread(stream, bookmark)

        return await until(is_read, seconds)

    async def until_done(self, office: str, orders: Iterable[str], *, seconds: float = PATIENCE) -> bool:
        """Wait until an office has done something for each of the orders; say whether it came to that."""
        wanted = set(orders)

        async def is_done() -> bool:
            return (await self.deeds(office)).keys() >= wanted

        return await until(is_done, seconds)

    async def until_called(self, office: str, count: int) -> bool:
        """Wait until an office has had so many calls; say whether it came to that."""

        async def were_there() -> bool:
            return len(await self.calls(office)) >= count

        return await until(were_there)

    async def until_shown(self, count: int) -> bool:
        """Wait until the board shows so many steps; say whether it came to that."""

        async def are_there() -> bool:
            return len(await self.shown()) >= count

        return await until(are_there)

    async def dead(self) -> int:
        """Count the dead letters."""
        return int((await self.js.stream_info("DEAD")).state.messages)

    async def kill(self, *services: str) -> None:
        """Kill every instance of the services at once, and start them again."""
        doomed = [one for name in services for one in self.stack.service(name).instances]
        faults = await asyncio.gather(*(asyncio.to_thread(one.kill) for one in doomed))
        await asyncio.gather(*(asyncio.to_thread(fault.heal) for fault in faults))


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = PATIENCE) -> bool:
    """Await a condition; say whether it came true in time."""
    deadline = time.monotonic() + seconds
    while not await condition():
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(0.05)
    return True


def out_of_order(shown: list[Any]) -> dict[str, list[int]]:
    """Return the orders whose steps were not shown as they happened, with the numbers as they came."""
    numbers: dict[str, list[int]] = {}
    for row in shown:
        numbers.setdefault(row["order"], []).append(row["number"])
    return {order: found for order, found in numbers.items() if found != sorted(found)}
