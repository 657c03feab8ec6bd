"""The registry: which copies of a service are there, each for as long as it renews its lease."""

import asyncio
import time
from typing import NamedTuple


class Lease(NamedTuple):
    """Where a copy is (``host:port``), and until when that counts, by time.monotonic()."""

    address: str
    until: float


class Registry:
    """The leases of all services. A lease that is not renewed lasts so many ``seconds``."""

    def __init__(self, seconds):
        self.seconds = seconds
        self._leases = {}

    def renew(self, service, name, address):
        """Hear a copy say where it is: the first word registers it, and each one after it renews its lease."""
        self._leases.setdefault(service, {})[name] = Lease(address, time.monotonic() + self.seconds)

    def leave(self, service, name):
        """Hear a copy say goodbye."""
        self._leases.get(service, {}).pop(name, None)

    def copies(self, service):
        """Return the leases of a service that have not ended, by the names of its copies."""
        now, leases = time.monotonic(), self._leases.get(service, {})
        return {name: lease for name, lease in leases.items() if lease.until > now}

    async def watch(self, service, known, seconds):
        """Return the copies when they are others than those ``known``, {name: address}, or after so many seconds."""
        over = time.monotonic() + seconds
        while time.monotonic() < over and {n: lease.address for n, lease in self.copies(service).items()} == known:
            await asyncio.sleep(0.05)  # an ended lease rings no bell
        return self.copies(service)
