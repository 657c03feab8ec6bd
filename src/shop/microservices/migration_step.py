"""How far a move of data is: one word, kept in the new database, that every request reads when it begins.

Going on to the next step waits for the requests that began in an earlier one, as the roll-out of a new version would.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

STEPS = ("old", "both", "new")


class Steps:
    """The step that new requests begin in, and how many are under way in each."""

    def __init__(self, step: str) -> None:
        self.step = step
        self._under_way: Counter[str] = Counter()
        self._one_less = asyncio.Condition()

    @classmethod
    async def remembered(cls, db: asyncpg.Connection) -> Steps:
        """Go on where an earlier process was."""
        return cls(await db.fetchval("SELECT step FROM payments.steps ORDER BY id DESC LIMIT 1") or STEPS[0])

    @asynccontextmanager
    async def taken(self) -> AsyncIterator[str]:
        """Give a request the step that it is to keep until it ends."""
        step = self.step
        self._under_way[step] += 1
        try:
            yield step
        finally:
            self._under_way[step] -= 1
            async with self._one_less:
                self._one_less.notify_all()

    async def go(self, db: asyncpg.Connection, step: str) -> None:
        """Let new requests begin in this step, and wait until none of another is under way."""
        await db.execute("INSERT INTO payments.steps (step) VALUES ($1)", step)
        self.step = step
        async with self._one_less:
            await self._one_less.wait_for(self._is_alone)

    def _is_alone(self) -> bool:
        return not any(count for step, count in self._under_way.items() if step != self.step)
