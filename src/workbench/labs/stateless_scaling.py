"""What more copies of the shop bring: one crowd before one copy and before several, and the connections they take.

How many copies work at the same moment is told by the copies themselves, and is the same on a busy machine: a copy that
waits for a core is at work, one that waits for another copy is not.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from workbench.customers import Answer, anonymous
from workbench.meanwhile import meanwhile

CROWD = 24  # customers who ask as soon as they are answered: six for each of four copies
SECONDS = 2.5  # of each measurement
LEAST = 12  # answers that it takes, where a busy machine gives fewer in that time
LOOK = 0.02  # seconds between two looks at the connections
DELIVERY = {"skus": ["anchor-chain", "boat-hook", "foghorn", "hawser", "spyglass"] * 2 + ["boat-hook"] * 2}
# those of the shop, whatever they call themselves; who looks is not counted
OPEN = """
    SELECT count(*) FROM pg_stat_activity
    WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND application_name NOT LIKE 'annex-%'
"""

Scale = Callable[[int], Awaitable[Any]]


@dataclass(frozen=True)
class Crowd:
    """So many copies, and the answers that a crowd had of them in so many seconds, each with the moment it came."""

    copies: int
    answers: list[tuple[float, Answer]]
    began: float
    seconds: float

    @property
    def rate(self) -> float:
        """The successes per second."""
        return sum(answer.kind == "200" for _, answer in self.answers) / self.seconds

    @property
    def side_by_side(self) -> float:
        """How many copies worked at the same moment, on average; of work begun before, what fell into the time."""
        return sum(min(answer.worked, at - self.began) for at, answer in self.answers) / self.seconds

    def __str__(self) -> str:
        copies = f"{self.copies} {'copy' if self.copies == 1 else 'copies'}"
        return f"{copies}: {self.rate:.0f} deliveries/s, {self.side_by_side:.1f} at work at a time"


@dataclass
class Growth:
    """The crowd before each number of copies, every answer, and the most connections that were open at once."""

    crowds: list[Crowd] = field(default_factory=list)
    answers: list[tuple[float, Answer]] = field(default_factory=list)
    connections: int = 0

    def lines(self) -> Iterator[str]:
        """Write every measurement down."""
        yield from map(str, self.crowds)
        yield f"{self.connections} connections at most, on {os.cpu_count()} cores"


async def measure(url: str, db: asyncpg.Connection, scale: Scale, copies: int, grown: Growth) -> None:
    """Measure one copy, then several, and write it into ``grown``, which holds what there was if ``scale`` raises."""
    async with _watched(db, grown):
        await scale(1)
        for count in (1, copies):
            await _crowd(url, scale, count, grown)


async def _crowd(url: str, scale: Scale, copies: int, grown: Growth) -> None:
    """Have the crowd ask while the shop is scaled, and count from when all copies are there."""
    over = asyncio.Event()

    async def one_customer() -> None:
        async with anonymous(url) as customer:  # one connection each: a pool of many looks through all of them
            while not over.is_set():
                answer = await customer.ask("POST", "/crates", json=DELIVERY)
                grown.answers.append((time.monotonic(), answer))

    crowd = asyncio.gather(*(one_customer() for _ in range(CROWD)))
    try:
        await scale(copies)
        before, began = len(grown.answers), time.monotonic()
        while (seconds := time.monotonic() - began) < SECONDS or len(grown.answers) < before + LEAST:
            await asyncio.sleep(LOOK)
        grown.crowds.append(Crowd(copies, grown.answers[before:], began, seconds))
    finally:
        over.set()
        await crowd


@asynccontextmanager
async def _watched(db: asyncpg.Connection, grown: Growth) -> Any:
    """Keep the most connections that the shop's copies had at once."""

    async def look() -> None:
        grown.connections = max(grown.connections, await db.fetchval(OPEN))
        await asyncio.sleep(LOOK)

    async with meanwhile(look):
        yield
