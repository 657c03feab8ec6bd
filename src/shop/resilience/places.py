"""Places at which one piece of work is done at a time, and the line of those who wait for one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Places:
    """So many places; ``waiting`` is how many wait for one."""

    def __init__(self, places: int) -> None:
        self.waiting, self._places = 0, asyncio.Semaphore(places)

    @property
    def is_free(self) -> bool:
        """Return whether a place is free."""
        return not self._places.locked()

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Wait for a place and keep it for the block."""
        self.waiting += 1
        try:
            await self._places.acquire()
        finally:
            self.waiting -= 1
        try:
            yield
        finally:
            self._places.release()
