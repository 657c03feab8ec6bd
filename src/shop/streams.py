"""The shop's streams in NATS JetStream: what was placed, how orders get on, and the letters that nobody could deliver.

A *consumer* is a bookmark in a stream that the server keeps: what is under it, in flight, and acknowledged. Each
process that fetches under one name gets other messages; each name gets them all.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import nats
from nats.js.api import ConsumerConfig, RetentionPolicy, StreamConfig

PLACED, DEAD = "orders.placed", "dead.letters"
STREAMS = (
    StreamConfig(name="ORDERS", subjects=["orders.>"]),
    StreamConfig(name="PROGRESS", subjects=["progress.>"]),
    StreamConfig(name="DEAD", subjects=["dead.>"], retention=RetentionPolicy.WORK_QUEUE),  # an ack takes it out
)
ACK_WAIT = float(os.environ.get("ACK_WAIT", "10"))  # seconds until an unacknowledged message comes again
LONG = ACK_WAIT + 5  # seconds that one request for a message waits at the server


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Any]:
    """Connect, make the streams that are missing, and give JetStream's context. Waits for a server that is away."""
    client = await nats.connect(url, max_reconnect_attempts=-1, reconnect_time_wait=0.2, error_cb=_quiet)
    try:
        for stream in STREAMS:
            await client.jetstream().add_stream(stream)
        yield client.jetstream()
    finally:
        await client.close()


async def _quiet(_: Exception) -> None:
    """Leave errors to the calls, which raise them; by itself the client would print them."""


async def queue(js: Any, name: str, subject: str = PLACED, **options: Any) -> Any:
    """Open the bookmark ``name`` in the stream of a subject; the first to do so makes it, from the beginning."""
    return await js.pull_subscribe(subject, durable=name, config=ConsumerConfig(ack_wait=ACK_WAIT, **options))


async def messages(subscription: Any) -> AsyncIterator[Any]:
    """Pull one message after the other, for ever."""
    while True:
        with suppress(asyncio.TimeoutError):  # there was none for a while
            for message in await subscription.fetch(1, timeout=LONG):
                yield message


async def until_now(subscription: Any) -> AsyncIterator[Any]:
    """Pull what is under the bookmark at the moment, in its order, and end."""
    state = await subscription.consumer_info()
    left = state.num_pending + state.num_ack_pending  # what somebody took and left comes again
    while left:
        for message in await subscription.fetch(1, timeout=LONG):
            left -= 1
            yield message
