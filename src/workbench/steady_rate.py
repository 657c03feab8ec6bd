"""A steady pace of orders, and how long they took: an order that is due has begun to wait, also before it can leave.

A customer who only orders again after an answer goes quiet while the shop stands still, and the stall is not counted.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence

from workbench.customers import Answer, Customers


async def keep_pace(
    customers: Customers, cart: Mapping[str, int], *, rate: float, enough: Callable[[float], bool]
) -> list[Answer]:
    """Order ``rate`` times a second until ``enough`` says so of the seconds gone by; return all answers."""
    start = time.perf_counter()
    orders: list[asyncio.Task[Answer]] = []
    while not enough(time.perf_counter() - start):
        due = start + len(orders) / rate
        await asyncio.sleep(due - time.perf_counter())
        orders.append(asyncio.create_task(customers.order(cart, due=due)))
    return list(await asyncio.gather(*orders))


def p99_ms(answers: Sequence[Answer]) -> float:
    """Return the milliseconds that 99 of 100 answers stayed within."""
    times = sorted(answer.seconds for answer in answers)
    return 1000 * times[int(0.99 * (len(times) - 1))]
