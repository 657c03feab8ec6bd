"""What the front knows of the copies of orders: one directory for the learner's registry, one for the bought one.

A directory keeps what it heard last. While its registry is away it hears nothing, and forgets nothing.
"""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any

import httpx

from shop.copies import Endpoint
from shop.discovery.lease_bucket import Bucket

log = logging.getLogger("shop.directories")
PAUSE = 0.2  # seconds until a registry that did not answer is asked again
WATCHED_FOR = (
    1.0  # seconds that one question to the registry waits for news; each answer renews what is known of leases
)
SLACK = 2.0  # seconds that its answer may take beyond that


class Directory:
    """The copies of orders, as they were heard last."""

    def __init__(self) -> None:
        self._known: dict[str, Endpoint] = {}

    @property
    def copies(self) -> list[Endpoint]:
        """The copies by name, also those whose lease has ended."""
        return [copy for _, copy in sorted(self._known.items())]

    async def keep_hearing(self) -> None:
        """Listen for ever, also to a registry that is away for a while."""
        while True:
            try:
                await self.hear()
            except Exception as reason:
                log.info("hears nothing: %r", reason)
            await asyncio.sleep(PAUSE)

    async def hear(self) -> None:
        """Listen for as long as it works."""
        raise NotImplementedError


class RegistryDirectory(Directory):
    """Watches the learner's registry at ``url``."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._client = httpx.AsyncClient(base_url=url, timeout=WATCHED_FOR + SLACK, trust_env=False, verify=False)

    async def hear(self) -> None:
        """Ask for news again and again. Raises httpx's errors."""
        self._take(await self._client.get("/services/orders"))
        while True:
            known = {copy.name: copy.address for copy in self.copies}
            asked = time.monotonic()
            answer = await self._client.post("/services/orders/watch", json={"copies": known, "seconds": WATCHED_FOR})
            self._take(answer)
            await asyncio.sleep(max(0.0, asked + 0.02 - time.monotonic()))  # a watch that returns at once is a poll

    def _take(self, answer: httpx.Response) -> None:
        now, told = time.monotonic(), answer.raise_for_status().json()
        self._known = {name: Endpoint(name, one["address"], now + one["left"]) for name, one in told.items()}


class BucketDirectory(Directory):
    """Watches the leases in NATS at ``url``."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._bucket = Bucket(url)

    async def hear(self) -> None:
        """Take in one lease after the other. Raises the errors of NATS."""
        async for name, address, seconds in self._bucket.watch("orders"):
            if address is None:
                self._known.pop(name, None)
            else:
                self._known[name] = Endpoint(name, address, time.monotonic() + seconds)


def opened(registry: str, bucket: str) -> dict[str, Any]:
    """Make the directories whose address is not empty, by the way that uses them."""
    made = {"registry": RegistryDirectory(registry) if registry else None}
    made["bought"] = BucketDirectory(bucket) if bucket else None  # type: ignore[assignment]
    return {way: directory for way, directory in made.items() if directory}
