"""The bought registry: a bucket of NATS in which each key is a lease, and the server itself ends it.

A lease is a message with a time to live of its own. When that is over, the server writes a marker in its place, and
a watcher hears of it; by the bucket's own TTL alone nobody would.
"""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator
from typing import Any

import nats
from nats.js.api import KeyValueConfig
from nats.js.errors import NotFoundError

NAME, MARKED = "leases", 60  # seconds that the marker of an ended lease is kept
FORGOTTEN = 1.0  # seconds after which the server drops the bookmark of a list that has been read
Told = tuple[str, str | None, float]  # a copy, its address (None: it is gone), and the seconds of its lease


class Bucket:
    """The bucket at ``url``, opened when it is first used."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.lease = float(os.environ["LEASE_SECONDS"])
        self._client: Any = None

    async def _opened(self) -> Any:
        if self._client is None:
            self._client = await nats.connect(
                self.url, max_reconnect_attempts=-1, reconnect_time_wait=0.2, error_cb=_quiet
            )
        return self._client.jetstream()

    async def renew(self, service: str, name: str, address: str) -> None:
        """Write a lease, in the place of the one before."""
        js = await self._opened()
        await ready(js)
        lease = json.dumps({"address": address, "seconds": self.lease}).encode()
        await js.publish(f"$KV.{NAME}.{service}.{name}", lease, msg_ttl=self.lease)

    async def leave(self, service: str, name: str) -> None:
        """Delete a lease."""
        await (await ready(await self._opened())).delete(f"{service}.{name}")

    async def listed(self, service: str) -> dict[str, str]:
        """Return where the copies of a service are whose leases last, by their names."""
        return await listed(await ready(await self._opened()), service)

    async def watch(self, service: str) -> AsyncIterator[Told]:
        """Yield what there is of a service, and then each change and each renewal, for ever."""
        bucket = await ready(await self._opened())
        watcher = await bucket.watch(f"{service}.*")
        async for entry in watcher:
            if entry is None:  # that was all that there is
                continue
            lease = json.loads(entry.value) if entry.value and not entry.operation else {}
            yield entry.key.rpartition(".")[2], lease.get("address"), lease.get("seconds", 0.0)


async def ready(js: Any) -> Any:
    """Return the bucket, made if it is missing."""
    try:
        return await js.key_value(NAME)
    except NotFoundError:
        return await js.create_key_value(config=KeyValueConfig(bucket=NAME, limit_marker_ttl=MARKED))


async def listed(bucket: Any, service: str) -> dict[str, str]:
    """Read from the bucket where the copies of a service are whose leases last, by their names."""
    found = {}
    watcher = await bucket.watch(f"{service}.*", ignore_deletes=True, inactive_threshold=FORGOTTEN)
    async for entry in watcher:
        if entry is None:  # that was all that there is
            break
        found[entry.key.rpartition(".")[2]] = json.loads(entry.value)["address"]
    await watcher.stop()
    return found


async def _quiet(_: Exception) -> None:
    """Leave errors to the calls, which raise them; by itself the client would print them."""
