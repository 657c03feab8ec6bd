"""What more copies of the shop bring: one crowd before one copy and before several, and the connections they take."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from shop.customers import Answer, anonymous
from shop.neighbours import Neighbours, until_quiet

CROWD = 40  # customers who ask as soon as they are answered: ten for each of four copies
SECONDS = 2.5  # of each measurement
ROUNDS = 3  # at most, where others keep the machine busy
LEVEL = 1.05  # times the rate of one copy: up to this it did not rise
PATIENCE = 10.0  # seconds to wait for a quiet machine before the next round
LOOK = 0.02  # seconds between two looks at the connections
DELIVERY = {"skus": ["anchor-chain", "boat-hook", "foghorn", "hawser", "spyglass"] * 2 + ["boat-hook"] * 3}
OPEN = "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'shop-%'"

Scale = Callable[[int], Awaitable[Any]]


@dataclass(frozen=True)
class Crowd:
    """So many copies, the answers that a crowd had of them, how long it took, and what others did meanwhile."""

    copies: int
    answers: list[Answer]
    seconds: float
    others: float

    @property
    def rate(self) -> float:
        """The successes per second."""
        return sum(answer.kind == "200" for answer in self.answers) / self.seconds

    def __str__(self) -> str:
        noise = f", while others kept {self.others:.1f} cores busy" if Neighbours.too_many(self.others) else ""
        copies = f"{self.copies} {'copy' if self.copies == 1 else 'copies'}"
        return f"{copies}: {self.rate:.0f} deliveries/s{noise}"


@dataclass
class Growth:
    """The crowd before one copy and before several, and the most connections that were open at once."""

    one: list[Crowd] = field(default_factory=list)
    several: list[Crowd] = field(default_factory=list)
    connections: int = 0

    @property
    def ratio(self) -> float:
        """The best rate of several copies, in best rates of one: noise only ever takes away."""
        return max(crowd.rate for crowd in self.several) / max(crowd.rate for crowd in self.one)

    @property
    def is_quiet(self) -> bool:
        """Whether one measurement of each kind had the machine to itself."""
        kinds = (self.one, self.several)
        return all(any(not Neighbours.too_many(crowd.others) for crowd in kind) for kind in kinds)

    @property
    def never_rises(self) -> bool:
        """Whether several copies never served more than one, however often it was tried.

        On a busy machine more processes get more of it, so noise alone makes several copies look better.
        """
        pairs = list(zip(self.one, self.several, strict=False))
        return len(pairs) == ROUNDS and all(several.rate < LEVEL * one.rate for one, several in pairs)

    @property
    def answers(self) -> list[Answer]:
        return [answer for crowd in (*self.one, *self.several) for answer in crowd.answers]

    def lines(self) -> Iterator[str]:
        """Write every measurement down."""
        yield from map(str, (*self.one, *self.several))
        yield f"{self.connections} connections at most, on {os.cpu_count()} cores"


async def measure(url: str, db: asyncpg.Connection, scale: Scale, copies: int, *, enough: float, budget: int) -> Growth:
    """Measure one copy, then several, until the ratio is ``enough`` or the machine was quiet; three rounds at most.

    More connections than the ``budget``, or a failure, ends it too.
    """
    growth = Growth()
    async with _watched(db, growth):
        for _ in range(ROUNDS):
            await scale(1)
            for count, kind in ((1, growth.one), (copies, growth.several)):
                kind.append(await _crowd(url, scale, count))
            failed = any(answer.kind != "200" for answer in growth.answers)
            if failed or growth.connections > budget or growth.ratio >= enough or growth.is_quiet:
                break
            await until_quiet(PATIENCE)
    return growth


async def _crowd(url: str, scale: Scale, copies: int) -> Crowd:
    """Have the crowd ask while the shop is scaled, and count from when all copies are there."""
    answers: list[Answer] = []
    over = asyncio.Event()

    async def one_customer() -> None:
        async with anonymous(url) as customer:  # one connection each: a pool of many looks through all of them
            while not over.is_set():
                answers.append(await customer.ask("POST", "/crates", json=DELIVERY))

    crowd = asyncio.gather(*(one_customer() for _ in range(CROWD)))
    await scale(copies)
    before, began, neighbours = len(answers), time.monotonic(), Neighbours()
    await asyncio.sleep(SECONDS)
    counted = Crowd(copies, answers[before:], time.monotonic() - began, neighbours.cores())
    over.set()
    await crowd
    failed = [answer for answer in answers if answer.kind != "200" and answer not in counted.answers]
    return Crowd(copies, [*counted.answers, *failed], counted.seconds, counted.others)


@asynccontextmanager
async def _watched(db: asyncpg.Connection, growth: Growth) -> Any:
    """Keep the most connections that the shop's copies had at once."""

    async def watch() -> None:
        while True:
            growth.connections = max(growth.connections, await db.fetchval(OPEN))
            await asyncio.sleep(LOOK)

    watching = asyncio.create_task(watch())
    try:
        yield
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
