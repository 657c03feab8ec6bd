"""What both runtimes tell of a broker: what waits in it, what is in flight, and what is delivered again."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

import nats
import pytest
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import ConsumerConfig
from plain_stacks import eventually

from capsize.runtime.queues import Queue
from capsize.session.running import RunningStack

PATIENT = 40.0  # seconds in which an instance comes back, on a machine that is busy
LONG = 600.0  # seconds: nothing is delivered again unless somebody asks


async def _ignore(_error: Exception) -> None:
    """Say nothing: the broker is killed on purpose."""


@contextlib.asynccontextmanager
async def customer(stack: RunningStack) -> AsyncIterator[Client]:
    client = await nats.connect(f"nats://{stack.url('nats')}", allow_reconnect=False, error_cb=_ignore)
    try:
        yield client
    finally:
        await client.close()


async def post(broker: JetStreamContext, letters: int) -> None:
    for _ in range(letters):
        await broker.publish("letters", b"ahoy")


@pytest.mark.anyio
async def test_a_brokers_queues_are_told(shop: RunningStack):
    """Letters wait or are in flight, one of them delivered again; what waits is there when the broker was killed."""
    async with customer(shop) as client:
        broker = client.jetstream()
        await broker.add_stream(name="LETTERS", subjects=["letters"])
        await post(broker, 3)
        config = ConsumerConfig(durable_name="clerk", ack_wait=LONG)
        clerk = await broker.pull_subscribe("letters", "clerk", config=config)
        (letter,) = await clerk.fetch(1, timeout=10)
        assert eventually(lambda: shop.queues() == [Queue("LETTERS", "clerk", waiting=2, in_flight=1)])
        await clerk.fetch(2, timeout=10)
        await letter.nak()
        await clerk.fetch(1, timeout=10)
        await post(broker, 2)
        assert eventually(lambda: shop.queues() == [Queue("LETTERS", "clerk", waiting=2, in_flight=3, redelivered=1)])
    one, restarts = shop.instance("nats-1"), shop.instance("nats-1").restarts
    one.kill()
    assert eventually(lambda: one.restarts == restarts + 1 and one.ready, PATIENT)
    assert eventually(lambda: [(queue.stream, queue.waiting) for queue in shop.queues()] == [("LETTERS", 2)], PATIENT)
