"""The harbour from outside: its desks, where one says how an office works, and its ledger of what was done.

Checks and notebooks stand here, never a service. ``stack`` is a running stack that has a harbour.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Any, Self

import asyncpg
import httpx

from capsize.check.kit import browser, database, until
from capsize.waiting import asked, came_true

DONE_WITHIN = 30.0  # seconds in which what was asked for is done, on a busy machine too


class Harbourside:
    """What one holds of a harbour: its ledger and its desks. A context manager that takes hold of them."""

    ledger: asyncpg.Connection
    desks: httpx.AsyncClient

    def __init__(self, stack: Any) -> None:
        self.stack = stack
        self.opened = AsyncExitStack()

    @classmethod
    async def beside(cls, stack: Any) -> Self:
        """Take hold of a stack where no block can last as long, as in a notebook; ``leave`` lets go."""
        return await cls(stack).__aenter__()

    async def leave(self) -> None:
        """Let go of everything."""
        await self.opened.aclose()

    async def __aenter__(self) -> Self:
        async with self.opened:
            await self.take_hold()
            self.opened = self.opened.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.leave()

    async def take_hold(self) -> None:
        """Open what is held; what was opened is closed again where the next cannot be."""
        self.ledger = await self.opened.enter_async_context(database(self.stack, "harbour-db"))
        self.desks = await self.opened.enter_async_context(browser(self.stack, "harbour"))

    async def tell(self, office: str, **orders: object) -> None:
        """Tell an office how to work from now on; see ``shop.desks``."""
        (await self.desks.put(f"/desks/{office}", json=orders)).raise_for_status()

    async def holds(self) -> list[dict[str, str]]:
        """List the calls that the offices hold at the moment."""
        named: list[dict[str, str]] = (await self.desks.get("/desks")).raise_for_status().json()
        return named

    async def held(self) -> dict[str, str]:
        """Wait until an office holds a call, and name it. Raises Refusal where none does in time."""
        holds = await until(self.holds, "an office has a call in hand", within=DONE_WITHIN)
        named: dict[str, str] = holds[0]
        return named

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

    async def until_done(self, office: str, orders: Iterable[str], *, seconds: float = DONE_WITHIN) -> bool:
        """Wait until an office has done something for each of the orders; say whether it came to that."""
        wanted = set(orders)

        async def is_done() -> bool:
            return (await self.deeds(office)).keys() >= wanted

        return bool(await came_true(is_done, seconds))

    async def until_called(self, office: str, count: int) -> bool:
        """Wait until an office has had so many calls; say whether it came to that."""

        async def were_there() -> bool:
            return len(await self.calls(office)) >= count

        return bool(await came_true(were_there, DONE_WITHIN))

    async def kill(self, *services: str) -> None:
        """Kill every instance of the services at once, and start them again."""
        doomed = [one for name in services for one in self.stack.service(name).instances]
        faults = await asyncio.gather(*(asyncio.to_thread(one.kill) for one in doomed))
        await asyncio.gather(*(asyncio.to_thread(fault.heal) for fault in faults))

    async def strike(
        self,
        service: str,
        calls: int,
        *,
        unless: Callable[[], object],
        before: Callable[[], Awaitable[None]] | None = None,
    ) -> int:
        """Kill a service at the very moment at which an office holds its call, until so many calls were held.

        It ends earlier where ``unless`` comes true and no call is held; return how often the service was killed. What
        is to be looked at ``before`` each kill sees the office with the call in hand.
        """

        async def is_decided() -> bool:
            return bool(await self.holds()) or bool(await asked(unless))

        held = strikes = 0
        while held < calls and await came_true(is_decided, DONE_WITHIN) and await self.holds():
            if before:
                await before()
            await self.kill(service)
            held += await self.release()
            strikes += 1
        return strikes
