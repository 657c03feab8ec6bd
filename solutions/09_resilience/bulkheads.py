"""Bulkheads: walls inside the shop, so that one leak does not sink all of it."""

import asyncio

from shop.refusals import Busy

ROOM = {"payments": 10, "catalogue": 10}  # calls that may be under way at once, by the service that is called


class Bulkheads:
    """One for the whole shop; each of its calls passes it."""

    def __init__(self):
        self.rooms = {service: asyncio.Semaphore(calls) for service, calls in ROOM.items()}

    async def call(self, service, send):
        """Make a call of a service: return ``await send()``. Raises Busy where there is no room for it."""
        room = self.rooms[service]
        if room.locked():
            raise Busy(f"too many wait for {service} already")
        async with room:
            return await send()
