"""The registry: a bell rings when a call brings news."""

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
        self._leases = {}
        self._bell = asyncio.Event()

    def renew(self, service, name, address):
        """Write the lease, and ring if it is news."""
        before = self.copies(service).get(name)
        self._leases.setdefault(service, {})[name] = Lease(address, time.monotonic() + self.seconds)
        if before is None or before.address != address:
            self._ring()

    def leave(self, service, name):
        """Forget a copy, and ring."""
        self._leases.get(service, {}).pop(name, None)
        self._ring()

    def copies(self, service):
        """Return the leases that have not ended."""
        now, leases = time.monotonic(), self._leases.get(service, {})
        return {name: lease for name, lease in leases.items() if lease.until > now}

    async def watch(self, service, known, seconds):
        """Wait for the bell until there is news."""
        over = time.monotonic() + seconds
        while time.monotonic() < over and {n: lease.address for n, lease in self.copies(service).items()} == known:
            try:
                await asyncio.wait_for(self._bell.wait(), over - time.monotonic())
            except TimeoutError:
                break
        return self.copies(service)

    def _ring(self):
        self._bell.set()
        self._bell = asyncio.Event()
