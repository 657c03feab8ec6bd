"""The registry: each call of a copy wakes all watchers, and they look whether something is different."""

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
        """Write the lease anew, and wake everybody."""
        self._leases.setdefault(service, {})[name] = Lease(address, time.monotonic() + self.seconds)
        self._ring()

    def leave(self, service, name):
        """Forget a copy, and wake everybody."""
        self._leases.get(service, {}).pop(name, None)
        self._ring()

    def copies(self, service):
        """Return the leases that have not ended; whoever asks for them wakes everybody, if one is gone."""
        now, leases = time.monotonic(), self._leases.get(service, {})
        lasting = {name: lease for name, lease in leases.items() if lease.until > now}
        if lasting != leases:
            self._leases[service] = lasting
            self._ring()
        return dict(lasting)

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
