"""How long a checkout takes in peace, and while something else is asked of the shop: measured in turn, in one run."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from math import inf

from capsize.check.kit.machine_load import Neighbours
from workbench.customers import Answer, Customers
from workbench.one_customer import LOST, Other, Turns, take_turns
from workbench.steady_rate import keep_pace, p99_ms

CART = {"shackle": 1, "bollard": 2}
RATE = 40  # orders a second: a quarter of what one copy can do, so that whoever waits, waits for something else
SECONDS = 2.5  # of each measurement: 100 orders, the least that has a 99th percentile
PAUSE = 0.5  # seconds between an answer to the other request and the next of its kind
ROUNDS = 3  # at most
CLEAR = 10.0  # a ratio above this needs no second round
# A machine that answers in 5 ms would have to stay within 15, and on two cores the scheduler alone may take that once
# the other request has one of them. Below 40 ms a baseline counts as 40: within three times that nobody waits in line.
# Above 150 it is noise, and counts as 150. A thread beside the loop costs 1,000 ms and more, a blocked loop 1,200.
FLOOR_MS, CEILING_MS = 40.0, 150.0
STEADY_MS = 60.0  # a baseline above this is that of a busy machine, and 99 of 100 orders say nothing there

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
        noise = "" if self.is_quiet else f", while other programs kept {self.others:.1f} cores busy"
        return f"p99 {self.ms:.0f} ms, {len(self.orders)} orders{noise}"


@dataclass(frozen=True)
class Checkout:
    """Orders in peace, orders beside the other request, and the answers to that; on a busy machine the turns as well.

    Noise only ever adds: the lowest p99 of each kind is the one nearest to the shop's own.
    """

    limit: float
    peace: list[Measurement] = field(default_factory=list)
    beside: list[Measurement] = field(default_factory=list)
    others: list[Answer] = field(default_factory=list)
    turns: list[Turns] = field(default_factory=list)

    @property
    def holds(self) -> bool | None:
        """Whether the ratio is within the limit; None where the machine was too busy with something else to say so.

        Noise can make a checkout late, and cannot make it quick: who is in time is in time, and who is late is late
        only if it was quiet. Else one customer who orders again and again must keep a third of her pace.
        """
        if self.ratio <= self.limit:
            return True
        return False if self.was_quiet else self._holds_by_turns

    @property
    def was_quiet(self) -> bool:
        """Whether a delay in these orders is the shop's own."""
        return any(one.is_quiet for one in self.beside) and min(one.ms for one in self.peace) <= STEADY_MS

    @property
    def _holds_by_turns(self) -> bool | None:
        least = min((one.slower for one in self.turns), default=inf)
        if least <= self.limit:
            return True
        return False if least > LOST and len(self.turns) == ROUNDS else None

    @property
    def ratio(self) -> float:
        """The p99 beside the other request, in baselines."""
        return min(one.ms for one in self.beside) / self.baseline

    @property
    def baseline(self) -> float:
        """The p99 in peace, in ms, as far as it counts."""
        return min(max(min(one.ms for one in self.peace), FLOOR_MS), CEILING_MS)

    @property
    def orders(self) -> list[Answer]:
        paced = [order for one in (*self.peace, *self.beside) for order in one.orders]
        return paced + [order for one in self.turns for order in (*one.peace, *one.beside)]

    def lines(self) -> Iterator[str]:
        """Write every measurement down."""
        yield from (f"in peace: {one}" for one in self.peace)
        if self.baseline != min(one.ms for one in self.peace):
            yield f"as a baseline that counts as {self.baseline:.0f} ms"
        yield from (f"beside it: {one}" for one in self.beside)
        yield from (f"one customer, on a busy machine: {one}" for one in self.turns)
        if self.others:
            yield f"what ran beside it took {min(other.seconds for other in self.others):.1f} s at its quickest"


async def measure(customers: Customers, other: Other, *, limit: float) -> Checkout:
    """Measure in turn until it is clear whether the ratio is within ``limit``; three rounds of each kind at most."""
    await _orders(customers, lambda seconds: seconds > 0.5)  # connections are made, caches filled
    found = Checkout(limit)
    for _ in range(ROUNDS):
        found.peace.append(await _watched(lambda: _orders(customers, lambda seconds: seconds >= SECONDS)))
        found.beside.append(await _watched(lambda: _beside(customers, other, found.others)))
        if found.holds is not False or found.ratio > CLEAR:
            break
    while found.holds is None and len(found.turns) < ROUNDS:
        found.turns.append(await take_turns(customers, CART, other, found.others))
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
