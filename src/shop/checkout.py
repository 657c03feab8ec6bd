"""How long a checkout takes at a copy of the shop of which something else is asked, beside its twin that is left alone.

Both are asked at the same moment, so whatever else the machine does befalls both alike.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from statistics import median

from shop.customers import Answer, Customers
from shop.pace import keep_pace, p99_ms

CARTS = {"shackle": 1}, {"bollard": 1}  # each copy sells something of its own: no order waits for the other copy's row
RATE = 25  # orders a second at each copy: a sixth of what one can do, so that whoever waits, waits for something else
SECONDS = 4.0  # of a round: 100 orders at each copy, the least that has a 99th percentile
WARM_UP = 0.5  # seconds in which connections are made and caches filled
PAUSE = 0.3  # seconds between an answer to the other request and the next of its kind
ROUNDS = 3  # at most
CLEARLY_LATE = 10.0  # a ratio above this needs no second round; one below half the limit needs none either
STEADY_MS = 300.0  # a twin that takes longer waits for the machine: then being no later than it says nothing
# A twin that answers in 5 ms would have its copy stay within 15, and on two cores the scheduler alone may take that
# once the other request has one of them. Below 40 ms a twin counts as 40: within three times that nobody waits in line.
# A thread beside the loop costs 600 ms and more, a blocked loop 1,300.
FLOOR_MS = 40.0

Other = Callable[[], Awaitable[Answer]]


@dataclass(frozen=True)
class Round:
    """The orders of one and the same few seconds: at the copy of which more is asked, and at its twin."""

    beside: list[Answer]
    alone: list[Answer]

    @property
    def ratio(self) -> float:
        """The p99 beside the other request, in p99s of the twin."""
        return p99_ms(self.beside) / max(p99_ms(self.alone), FLOOR_MS)

    def within(self, limit: float) -> bool | None:
        """Whether the ratio is within the limit; None where it is, on a machine too busy to tell quick from slow."""
        if self.ratio > limit:
            return False
        return True if p99_ms(self.alone) <= STEADY_MS else None

    def __str__(self) -> str:
        beside, alone = (f"p99 {p99_ms(orders):.0f} ms of {len(orders)} orders" for orders in (self.beside, self.alone))
        return f"beside it: {beside}; at the twin, meanwhile: {alone}"


@dataclass
class Checkout:
    """The rounds so far, and the answers to the other request. ``limit`` is the ratio that is still in time."""

    limit: float
    rounds: list[Round] = field(default_factory=list)
    others: list[Answer] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        """The ratio of the middle round."""
        return median(one.ratio for one in self.rounds)

    @property
    def holds(self) -> bool | None:
        """What one clear round says, else what two of three do; None until then."""
        said = [one.within(self.limit) for one in self.rounds]
        needed = 1 if len(said) == 1 and self._is_far(self.rounds[0].ratio) else 2
        return next((answer for answer in (True, False) if said.count(answer) >= needed), None)

    def _is_far(self, ratio: float) -> bool:
        return ratio <= self.limit / 2 or ratio > CLEARLY_LATE

    @property
    def orders(self) -> list[Answer]:
        return [order for one in self.rounds for order in (*one.beside, *one.alone)]

    def lines(self) -> Iterator[str]:
        """Write every round down."""
        yield from map(str, self.rounds)
        if self.others:
            yield f"the quickest of the others took {min(other.seconds for other in self.others):.1f} s"


async def measure(asked: Customers, twin: Customers, other: Other, *, limit: float) -> Checkout:
    """Order from both copies while ``other`` is asked of the first, until it is clear; three rounds at most."""
    await _both(asked, twin, lambda seconds: seconds > WARM_UP)
    found = Checkout(limit)
    while found.holds is None and len(found.rounds) < ROUNDS:
        found.rounds.append(await _round(asked, twin, other, found.others))
    return found


async def _both(asked: Customers, twin: Customers, enough: Callable[[float], bool]) -> Round:
    pairs = zip((asked, twin), CARTS, strict=True)
    return Round(*await asyncio.gather(*(keep_pace(who, cart, rate=RATE, enough=enough) for who, cart in pairs)))


async def _round(asked: Customers, twin: Customers, other: Other, answers: list[Answer]) -> Round:
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
    orders = await _both(asked, twin, enough)
    await asking
    return orders
