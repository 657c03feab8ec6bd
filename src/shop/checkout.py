"""How long a checkout takes in peace, and while something else is asked of the shop: measured in turn, in one run."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field

from shop.customers import Answer, Customers
from shop.neighbours import Neighbours, until_quiet
from shop.pace import keep_pace, p99_ms

CART = {"shackle": 1, "bollard": 2}
RATE = 40  # orders a second: a quarter of what one copy can do, so that whoever waits, waits for something else
SECONDS = 2.5  # of each measurement: 100 orders, the least that has a 99th percentile
PAUSE = 0.5  # seconds between an answer to the other request and the next of its kind
ROUNDS = 3  # at most
PATIENCE = 10.0  # seconds to wait for a quiet machine before the next round
CLEAR = 10.0  # a ratio above this needs no second round
# A machine that answers in 5 ms would have to stay within 15, and on two cores the scheduler alone may take that once
# the other request has one of them, and more when somebody else is on it. Below 40 ms a baseline counts as 40: within
# three times that nobody waits in line. A thread beside the loop costs 600 ms and more, a blocked loop 1,300.
FLOOR_MS = 40.0
UNMISTAKABLE = 30.0  # a ratio above this in every round is the shop's own on a busy machine too
STEADY_MS = 60.0  # a baseline within this is one on a busy machine too

Other = Callable[[], Awaitable[Answer]]
Orders = Callable[[], Awaitable[list[Answer]]]


@dataclass(frozen=True)
class Measurement:
    """Orders at a steady pace, and how many cores something else on the machine kept busy meanwhile."""

    orders: list[Answer]
    others: float

    @property
    def ms(self) -> float:
        return p99_ms(self.orders)

    @property
    def is_quiet(self) -> bool:
        return not Neighbours.too_many(self.others)

    def __str__(self) -> str:
        noise = "" if self.is_quiet else f", while others kept {self.others:.1f} cores busy"
        return f"p99 {self.ms:.0f} ms, {len(self.orders)} orders{noise}"


@dataclass(frozen=True)
class Checkout:
    """Orders in peace, orders beside the other request, and the answers to that.

    Noise only ever adds: the lowest p99 of each kind is the one nearest to the shop's own.
    """

    limit: float
    peace: list[Measurement] = field(default_factory=list)
    beside: list[Measurement] = field(default_factory=list)
    others: list[Answer] = field(default_factory=list)

    @property
    def holds(self) -> bool | None:
        """Whether the ratio is within the limit; None where the machine was too busy with something else to say so.

        Noise can make a checkout late, and cannot make it quick. So who is in time is in time, given a baseline that
        is not noise itself; and who is late is late only if it was quiet, or if no noise explains it.
        """
        if not any(one.is_quiet or one.ms <= STEADY_MS for one in self.peace):
            return None
        if self.ratio <= self.limit:
            return True
        every_time = len(self.beside) == ROUNDS and self.ratio > UNMISTAKABLE
        return False if every_time or any(one.is_quiet for one in self.beside) else None

    @property
    def ratio(self) -> float:
        """The p99 beside the other request, in baselines."""
        return min(one.ms for one in self.beside) / max(min(one.ms for one in self.peace), FLOOR_MS)

    @property
    def orders(self) -> list[Answer]:
        return [order for one in (*self.peace, *self.beside) for order in one.orders]

    def lines(self) -> Iterator[str]:
        """Write every measurement down."""
        yield from (f"in peace: {one}" for one in self.peace)
        yield from (f"beside it: {one}" for one in self.beside)
        if self.others:
            yield f"the quickest of the others took {min(other.seconds for other in self.others):.1f} s"


async def measure(customers: Customers, other: Other, *, limit: float) -> Checkout:
    """Measure in turn until it is clear whether the ratio is within ``limit``; three rounds at most."""
    await _orders(customers, lambda seconds: seconds > 0.5)  # connections are made, caches filled
    found = Checkout(limit)
    for _ in range(ROUNDS):
        found.peace.append(await _watched(lambda: _orders(customers, lambda seconds: seconds >= SECONDS)))
        found.beside.append(await _watched(lambda: _beside(customers, other, found.others)))
        if found.holds or (found.holds is False and found.ratio > CLEAR):
            break
        if found.holds is None:
            await until_quiet(PATIENCE)
    return found


async def _watched(orders: Orders) -> Measurement:
    neighbours = Neighbours()
    return Measurement(await orders(), neighbours.cores())


async def _orders(customers: Customers, enough: Callable[[float], bool]) -> list[Answer]:
    return await keep_pace(customers, CART, rate=RATE, enough=enough)


async def _beside(customers: Customers, other: Other, answers: list[Answer]) -> list[Answer]:
    """Order while the other request is made again and again, until one at least was answered meanwhile."""
    before, over = len(answers), asyncio.Event()

    async def again_and_again() -> None:
        while not over.is_set():
            answers.append(await other())
            await asyncio.sleep(PAUSE)

    def enough(seconds: float) -> bool:
        if seconds >= SECONDS and len(answers) > before:
            over.set()
        return over.is_set()

    asking = asyncio.create_task(again_and_again())
    orders = await _orders(customers, enough)
    await asking
    return orders
