"""What the platform knows: the copies that said where they are, and of each whether something listens there.

``version`` grows with each change, and ``news`` is notified.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

CHECK_EVERY, CONNECTED_WITHIN = 0.25, 0.5  # seconds


class Checked:
    """Copies by service and name, each asked for a connection every CHECK_EVERY seconds."""

    def __init__(self) -> None:
        self._addresses: dict[tuple[str, str], str] = {}
        self._alive: dict[tuple[str, str], bool] = {}
        self.version, self.news = 1, asyncio.Condition()

    def alive(self, service: str) -> list[str]:
        """Return the addresses of a service's copies that passed their last check, by the names of the copies."""
        mine = sorted(key for key, alive in self._alive.items() if alive and key[0] == service)
        return [self._addresses[key] for key in mine]

    async def put(self, service: str, name: str, address: str) -> None:
        """Take in where a copy is; it is called once it has passed a check."""
        key = service, name
        if self._addresses.get(key) != address:
            self._addresses[key] = address
            await self._set(key, await _listens(address))

    async def remove(self, service: str, name: str) -> None:
        """Forget a copy."""
        if self._addresses.pop((service, name), None):
            self._alive.pop((service, name), None)
            await self._tell()

    async def keep_checking(self) -> None:
        """Check every copy, for ever."""
        while True:
            await asyncio.gather(*(self._check(key, address) for key, address in list(self._addresses.items())))
            await asyncio.sleep(CHECK_EVERY)

    async def _check(self, key: tuple[str, str], address: str) -> None:
        alive = await _listens(address)
        if self._addresses.get(key) == address:
            await self._set(key, alive)

    async def _set(self, key: tuple[str, str], alive: bool) -> None:
        if self._alive.get(key) != alive:
            self._alive[key] = alive
            await self._tell()

    async def _tell(self) -> None:
        async with self.news:
            self.version += 1
            self.news.notify_all()


async def _listens(address: str) -> bool:
    host, _, port = address.rpartition(":")
    try:
        async with asyncio.timeout(CONNECTED_WITHIN):
            _, writer = await asyncio.open_connection(host, int(port))
    except (OSError, TimeoutError):
        return False
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    return True
