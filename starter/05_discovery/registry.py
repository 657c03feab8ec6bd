"""The registry: which copies of a service are there, each for as long as it renews its lease."""

import asyncio
from typing import NamedTuple

FOR_EVER = float("inf")


class Lease(NamedTuple):
    """Where a copy is (``host:port``), and until when that counts, by time.monotonic()."""

    address: str
    until: float


class Registry:
    """The leases of all services. A lease that is not renewed lasts so many ``seconds``."""

    def __init__(self, seconds):
        self.seconds = seconds
        self._leases = {}

    # TODO 5.1: a silent copy is gone when its lease ends, a copy may move, and a watcher hears of every change at once.

    def renew(self, service, name, address):
        """Hear a copy say where it is: the first word registers it, and each one after it renews its lease."""
        self._leases.setdefault(service, {}).setdefault(name, Lease(address, FOR_EVER))

    def leave(self, service, name):
        """Hear a copy say goodbye."""
        self._leases.get(service, {}).pop(name, None)

    def copies(self, service):
        """Return the leases of a service that have not ended, by the names of its copies."""
        return dict(self._leases.get(service, {}))

    async def watch(self, service, known, seconds):
        """Return the copies when they are others than those ``known``, {name: address}, or after so many seconds."""
        await asyncio.sleep(seconds)
        return self.copies(service)
