"""The registry: a bell rings at every change, also when a lease ends, because the loop is told to look then."""

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
        self._changed = asyncio.Condition()
        self._ringing = set()

    def renew(self, service, name, address):
        """Write the lease anew, and set its timer anew."""
        key = (service, name)
        before = self._leases.get(key)
        self._leases[key] = Lease(address, time.monotonic() + self.seconds)
        if timer := self._timers.pop(key, None):
            timer.cancel()
        self._timers[key] = asyncio.get_running_loop().call_later(self.seconds, self.leave, service, name)
        if before is None or before.address != address:
            self._ring()

    def leave(self, service, name):
        """Forget a copy."""
        if timer := self._timers.pop((service, name), None):
            timer.cancel()
        if self._leases.pop((service, name), None):
            self._ring()

    def copies(self, service):
        """Return the leases of a service."""
        return {name: lease for (of, name), lease in self._leases.items() if of == service}

    async def watch(self, service, known, seconds):
        """Wait for the bell."""
        try:
            async with asyncio.timeout(seconds), self._changed:
                await self._changed.wait_for(lambda: self._addresses(service) != known)
        except TimeoutError:
            pass
        return self.copies(service)

    def _addresses(self, service):
        return {name: lease.address for name, lease in self.copies(service).items()}

    def _ring(self):
        task = asyncio.ensure_future(self._notify())
        self._ringing.add(task)
        task.add_done_callback(self._ringing.discard)

    async def _notify(self):
        async with self._changed:
            self._changed.notify_all()
