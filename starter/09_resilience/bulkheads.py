"""Bulkheads: walls inside the shop, so that one leak does not sink all of it."""

import asyncio

ROOM = {"payments": 10, "catalogue": 10}  # calls that may be under way at once, by the service that is called


class Bulkheads:
    """One for the whole shop; each of its calls passes it."""

    def __init__(self):
        self.room = asyncio.Semaphore(sum(ROOM.values()))

    async def call(self, service, send):
        """Make a call of a service: return ``await send()``. Raises Busy where there is no room for it."""
        # TODO 9.4: keep the calls of one service from taking the room of another, and turn away who finds none.
        async with self.room:
            return await send()
