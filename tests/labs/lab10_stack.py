"""What the checks of lab 10 share: orders that nobody waits for, a hand in the harbour, its ledger, and the streams."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import httpx
import nats
import pytest

from capsize.check import Judge
from capsize.running import RunningStack
from shop.customers import Answer, Customers, tally

PATIENCE = 30.0  # seconds that a busy machine may take
WORKERS = ("CHARGES", "LETTERS", "HEARERS", "TRACKING", "ANALYSTS")


def only(**settings: object) -> Callable[..., None]:
    """Make a fixture that has the stack started with these settings, and of the workers with those named alone."""

    @pytest.fixture
    def set_them(monkeypatch: pytest.MonkeyPatch) -> None:
        for name, value in {**dict.fromkeys(WORKERS, 0), **settings}.items():
            monkeypatch.setenv(name, str(value))

    return set_them


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = PATIENCE) -> bool:
    """Await a condition; say whether it came true in time."""
    deadline = time.monotonic() + seconds
    while not await condition():
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(0.05)
    return True


async def order_in_passing(customers: Customers, cart: Mapping[str, int]) -> Answer:
    """Place an order without waiting for what becomes of it."""
    headers = {"Idempotency-Key": str(uuid4()), "Prefer": "respond-async"}
    return await customers.ask("POST", "/orders", json={"lines": dict(cart)}, headers=headers)


async def accepted(judge: Judge, customers: Customers, carts: Iterable[Mapping[str, int]]) -> list[dict[str, Any]]:
    """Place orders one by one, and return them; the shop has to accept each."""
    answers = [await order_in_passing(customers, cart) for cart in carts]
    judge.expect(
        tally(answers).keys() == {"202"},
        expected="every order is accepted (202)",
        got=f"{tally(answers)}",
        evidence=[f"{answer.kind} {answer.body}"[:200] for answer in answers if answer.kind != "202"][:3],
    )
    return [answer.body for answer in answers]


@dataclass(frozen=True)
class Bench:
    """A running stack with what a check holds of it: the books of the shop and of the harbour, desks, JetStream."""

    stack: RunningStack
    books: asyncpg.Connection
    ledger: asyncpg.Connection
    desks: httpx.AsyncClient
    js: Any

    async def tell(self, office: str, **orders: object) -> None:
        """Tell an office how to work from now on; see shop/desks.py."""
        (await self.desks.put(f"/desks/{office}", json=orders)).raise_for_status()

    async def held(self) -> dict[str, str]:
        """Wait until an office holds a call, and name it."""
        return (await self.desks.get("/desks")).raise_for_status().json()

    async def release(self) -> None:
        """Let every held call go on."""
        (await self.desks.delete("/desks")).raise_for_status()

    async def deeds(self, office: str) -> Counter[str]:
        """Count what an office did, by order."""
        rows = await self.ledger.fetch("SELECT order_id::text FROM harbour.deeds WHERE office = $1", office)
        return Counter(order for (order,) in rows)

    async def calls(self, office: str) -> list[asyncpg.Record]:
        """List the calls of an office as they came: order, note, and seconds since 1970."""
        return await self.ledger.fetch(
            "SELECT order_id::text AS order, note, extract(epoch FROM came_at)::float AS at FROM harbour.calls"
            " WHERE office = $1 ORDER BY id",
            office,
        )

    async def unread(self, stream: str, consumer: str) -> int:
        """Count the messages under a bookmark, those in flight included."""
        state = await self.js.consumer_info(stream, consumer)
        return int(state.num_pending + state.num_ack_pending)

    async def kill(self, *services: str) -> None:
        """Kill every instance of the services at once, and start them again."""
        doomed = [one for name in services for one in self.stack.service(name).instances]
        faults = await asyncio.gather(*(asyncio.to_thread(one.kill) for one in doomed))
        await asyncio.gather(*(asyncio.to_thread(fault.heal) for fault in faults))


@asynccontextmanager
async def bench(stack: RunningStack) -> AsyncIterator[Bench]:
    """Take hold of a stack."""
    account = urlsplit(stack.model.services["shop"].environment["NATS_URL"])
    url = f"nats://{account.username}:{account.password}@{stack.url('nats')}"
    books, ledger = [await asyncpg.connect(stack.dsn(name)) for name in ("db", "harbour-db")]
    server = await nats.connect(url)
    async with browser(stack, "harbour") as desks:
        yield Bench(stack, books, ledger, desks, server.jetstream())
    await server.close()
    await asyncio.gather(books.close(), ledger.close())


def browser(stack: RunningStack, service: str) -> httpx.AsyncClient:
    """Open a client of a service's own door."""
    return httpx.AsyncClient(base_url=stack.url(service), timeout=PATIENCE, trust_env=False)


def said(count: int, one: str, many: str, good: str) -> str:
    """Say how many of something there are, or that all is well."""
    return f"{count} {one if count == 1 else many}" if count else good
