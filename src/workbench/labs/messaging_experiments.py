"""What lab 10's notebook measures at the quay: what a death costs, how long a queue is, how quick the board is."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import httpx

from capsize.load import Backlog, Look
from workbench.labs.messaging_control import Quayside
from workbench.meanwhile import meanwhile

LOOK_EVERY = 0.1  # seconds between two looks at a queue
ANSWERED_WITHIN = 30.0  # seconds


async def post(quay: Quayside, service: str, path: str, **more: Any) -> Any:
    """Post to a service of the shop, and return what it answers."""
    async with httpx.AsyncClient(trust_env=False, timeout=ANSWERED_WITHIN) as client:
        answer = await client.post(f"{quay.stack.url(service)}{path}", **more)
        return answer.raise_for_status().json()


async def deaths(quay: Quayside, workers: str) -> tuple[int, int]:
    """Have thirty-two orders placed, and kill the workers four times while the bank has a charge in hand.

    It holds that call before it charges, then after it, and so on. Return how many orders were lost and doubled.
    """
    orders = []
    for point in ("before", "after") * 2:
        await quay.tell("bank", hold={4: point})
        orders += await quay.place(8)
        await quay.held()
        await quay.kill(workers)
        await quay.release()
    await quay.until_read("charges")
    return await lost_and_doubled(quay, orders)


async def lost_and_doubled(quay: Quayside, orders: Iterable[Mapping[str, Any]]) -> tuple[int, int]:
    """Count the orders that the bank has never charged, and those that it has charged more than once."""
    charged = await quay.deeds("bank")
    counts = [charged[order["id"]] for order in orders]
    return counts.count(0), sum(count > 1 for count in counts)


async def seconds_to_show(quay: Quayside, told: list[dict[str, Any]]) -> float:
    """Have the shop publish steps; return the seconds until all of them are on the board."""
    before, began = len(await quay.shown()), time.monotonic()
    await post(quay, "shop", "/steps", json=told)
    await quay.until_shown(before + len(told))
    return time.monotonic() - began


@asynccontextmanager
async def watched(quay: Quayside, bookmark: str) -> AsyncIterator[Backlog]:
    """Look at a queue of orders while the block lasts, and then until it is empty."""
    backlog, began = Backlog(bookmark), time.monotonic()

    async def look() -> None:
        backlog.looks.append(await _look(quay, bookmark, began))

    async def look_and_wait() -> None:
        await look()
        await asyncio.sleep(LOOK_EVERY)

    async with meanwhile(look_and_wait):
        yield backlog
        await quay.until_read(bookmark)
    await look()


async def _look(quay: Quayside, bookmark: str, began: float) -> Look:
    """Count what is in a queue. The oldest is the first message behind those that are all acknowledged."""
    depth, state = await quay.unread("ORDERS", bookmark), await quay.js.consumer_info("ORDERS", bookmark)
    first = await quay.kept("ORDERS", state.ack_floor.stream_seq + 1) if depth else None
    oldest = (datetime.now(UTC) - first.at).total_seconds() if first else 0.0
    return Look(time.monotonic() - began, depth, oldest)
