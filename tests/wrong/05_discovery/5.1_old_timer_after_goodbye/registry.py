"""The registry: each lease has a timer, which a renewal cancels and a goodbye does not."""

import asyncio
import time
from typing import NamedTuple


class Lease(NamedTuple):
    """Where a copy is, and until when that counts."""

    address: str
    until: float


class Registry:
    """The leases of all services."""

    def __init__(self, seconds):
        self.seconds = seconds
        self._leases, self._timers = {}, {}

    def renew(self, service, name, address):
        """Write the lease anew, and set its timer anew."""
        mine = self._leases.setdefault(service, {})
        if name in mine:
            self._timers[service, name].cancel()
        mine[name] = Lease(address, time.monotonic() + self.seconds)
        loop = asyncio.get_running_loop()
        self._timers[service, name] = loop.call_later(self.seconds, self.leave, service, name)

    def leave(self, service, name):
        """Forget a copy, whose lease has ended or which has said goodbye."""
        self._leases.get(service, {}).pop(name, None)

    def copies(self, service):
        """Return the leases of a service."""
        return dict(self._leases.get(service, {}))

    async def watch(self, service, known, seconds):
        """Look again and again."""
        over = time.monotonic() + seconds
        while time.monotonic() < over and {n: lease.address for n, lease in self.copies(service).items()} == known:
            await asyncio.sleep(0.05)
        return self.copies(service)
