"""How long a checkout takes in peace, and while something else is asked of the shop: measured in turn, in one run."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field

from shop.customers import Answer, Customers
from shop.neighbours import Neighbours
from shop.pace import keep_pace, p99_ms

CART = {"shackle": 1, "bollard": 2}
RATE = 40  # orders a second: a quarter of what one copy can do, so that whoever waits, waits for something else
SECONDS = 2.5  # of each measurement: 100 orders, the least that has a 99th percentile
PAUSE = 0.5  # seconds between an answer to the other request and the next of its kind
ROUNDS = 3  # at most
CLEAR = 20.0  # a ratio above this needs no second round
# A machine that answers in 5 ms would have to stay within 15, and on two cores the scheduler alone may take that once
# the other request has one of them. Below 20 ms a baseline counts as 20. A blocked event loop costs hundreds.
FLOOR_MS = 20.0

Other = Callable[[], Awaitable[Answer]]
Orders = Callable[[], Awaitable[list[Answer]]]


@dataclass(frozen=True)
class Measurement:
    """Orders at a steady pace, and how many cores something else on the machine kept busy meanwhile."""

    orders: list[Answer]
    others: float

    @property
    def counts(self) -> bool:
        return not Neighbours.too_many(self.others)

    def __str__(self) -> str:
        verdict = "" if self.counts else "; does not count"
        return (
            f"p99 {p99_ms(self.orders):.0f} ms, {len(self.orders)} orders; others used {self.others:.1f} cores{verdict}"
        )


@dataclass(frozen=True)
class Checkout:
    """Orders in peace, orders beside the other request, and the answers to that.

    Noise only ever adds: the lowest p99 of each kind is the one nearest to the shop's own.
    """

    peace: list[Measurement] = field(default_factory=list)
    beside: list[Measurement] = field(default_factory=list)
    others: list[Answer] = field(default_factory=list)

    @property
    def is_measured(self) -> bool:
        """False where the machine was too busy with something else."""
        return any(one.counts for one in self.peace) and any(one.counts for one in self.beside)

    @property
    def ratio(self) -> float:
        """The p99 beside the other request, in baselines."""
        return _lowest(self.beside) / max(_lowest(self.peace), FLOOR_MS)

    @property
    def orders(self) -> list[Answer]:
        return [order for one in (*self.peace, *self.beside) for order in one.orders]

    def lines(self) -> Iterator[str]:
        """Write every measurement down."""
        yield from (f"in peace: {one}" for one in self.peace)
        yield from (f"beside it: {one}" for one in self.beside)
        if self.others:
            yield f"it took {min(other.seconds for other in self.others):.1f} s at the least"


def _lowest(measurements: list[Measurement]) -> float:
    return min(p99_ms(one.orders) for one in measurements if one.counts)


async def measure(customers: Customers, other: Other, *, limit: float) -> Checkout:
    """Measure in turn until the ratio is within ``limit``, or beyond doubt. See ``is_measured`` before ``ratio``."""
    await _orders(customers, lambda seconds: seconds > 0.5)  # connections are made, caches filled
    found = Checkout()
    for _ in range(ROUNDS):
        found.peace.append(await _watched(lambda: _orders(customers, lambda seconds: seconds >= SECONDS)))
        found.beside.append(await _watched(lambda: _beside(customers, other, found.others)))
        if found.is_measured and not limit < found.ratio <= CLEAR:
            break
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
