"""How a copy says where it is: to each place that wants to know, every BEAT seconds, until it leaves.

Each place is told by a task of its own: one that is away or hangs holds up no other.
"""

from __future__ import annotations

import asyncio
import logging
import os
import random
import socket
from contextlib import suppress
from types import TracebackType
from typing import Self

import httpx

from shop.core.graceful_shutdown import Copy
from shop.discovery.lease_bucket import Bucket

log = logging.getLogger("shop.announcer")
TOLD_WITHIN = 1.0  # seconds that a place has to answer
EARLIEST = 0.8  # of a beat, after which the next one may come
UNTIL_HEARD = 0.6  # seconds after the goodbye in which callers may still come


class _Door:
    """A place that is told by HTTP: PUT while the copy is there, DELETE when it leaves."""

    def __init__(self, url: str) -> None:
        self.client = httpx.AsyncClient(base_url=url, timeout=TOLD_WITHIN, trust_env=False, verify=False)  # no TLS

    async def renew(self, service: str, name: str, address: str) -> None:
        answer = await self.client.put(f"/services/{service}/{name}", json={"address": address})
        answer.raise_for_status()

    async def leave(self, service: str, name: str) -> None:
        (await self.client.delete(f"/services/{service}/{name}")).raise_for_status()


class Announcer:
    """Says of a copy of ``service`` where it is, as long as the block lasts that it opens."""

    def __init__(self, service: str) -> None:
        self.service, self.name = service, os.environ.get("HOSTNAME", "")
        self.beat = float(os.environ["BEAT"])
        self.places: list[_Door | Bucket] = []
        self.tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        doors = [_Door(url) for name in ("REGISTRY_URL", "ENDPOINTS_URL") if (url := os.environ.get(name))]
        buckets = [Bucket(url)] if (url := os.environ.get("NATS_URL")) else []
        self.places = [*doors, *buckets]
        self.tasks = [asyncio.create_task(self._keep_saying(place)) for place in self.places]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.leave()

    async def _keep_saying(self, place: _Door | Bucket) -> None:
        while True:
            try:
                async with asyncio.timeout(TOLD_WITHIN):
                    await place.renew(self.service, self.name, _address())
            except Exception as reason:
                log.info("was not heard: %r", reason)
            await asyncio.sleep(self.beat * random.uniform(EARLIEST, 1))  # or else all copies speak at the same moment

    async def leave(self) -> None:
        """Fall silent, and say goodbye; once is enough."""
        for task in self.tasks:
            task.cancel()
        places, self.places, self.tasks = self.places, [], []
        await asyncio.gather(*(self._say_goodbye(place) for place in places))

    async def _say_goodbye(self, place: _Door | Bucket) -> None:
        with suppress(Exception):
            async with asyncio.timeout(TOLD_WITHIN):
                await place.leave(self.service, self.name)

    async def farewell(self, copy: Copy) -> None:
        """Leave when SIGTERM comes: goodbye first, then serve those who have not heard of it, then close the doors."""
        copy.ready = False
        await self.leave()
        await asyncio.sleep(UNTIL_HEARD)
        copy.close()


def _address() -> str:
    """Return where others reach this process: where it listens, or the address of its container."""
    host = os.environ.get("HOST", "0.0.0.0")
    return f"{socket.gethostbyname(socket.gethostname()) if host == '0.0.0.0' else host}:{os.environ['PORT']}"
