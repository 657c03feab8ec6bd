"""Lab 10's experiments: what deaths cost with three workers, a queue that is watched, and a visibility timeout."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from capsize.check.kit import until
from capsize.course import Course
from capsize.session import running
from workbench.labs.cloud_queue import CloudQueue
from workbench.labs.messaging_control import Quayside
from workbench.labs.messaging_experiments import deaths, watched

pytestmark = pytest.mark.anyio
PARTS = ("shop", "db", "nats", "harbour", "harbour-db")


def started(code, workers):
    """Start lab 10 with two of the workers that a service runs, and with none of the others."""
    model = Course.here().lab("10_messaging", code).model().only(*PARTS, workers)
    two = replace(model.services[workers], replicas=2)
    return running.start(replace(model, services={**model.services, workers: two}))


async def both_wait(quay):
    """Whether the bank holds a call of each worker."""
    return len(await quay.holds()) == 2


@pytest.mark.parametrize(
    ("code", "workers", "costs"),
    [
        ("starter", "charges", (True, False)),
        ("starter", "late-ack", (False, True)),
        ("solutions", "charges", (False,) * 2),
    ],
    ids=["acknowledges_first", "acknowledges_late", "solved"],
)
async def test_four_deaths_lose_or_double_or_neither(code, workers, costs):
    """The given worker loses orders and doubles none, the late one doubles and loses none, the solved one neither."""
    with await asyncio.to_thread(started, code, workers) as stack:
        async with Quayside(stack) as quay:
            assert tuple(map(bool, await deaths(quay, workers))) == costs


async def test_queue_is_watched_until_it_is_empty():
    """A backlog holds what waited and for how long, and its last look is at an empty queue."""
    with await asyncio.to_thread(started, "solutions", "charges") as stack:
        async with Quayside(stack) as quay:
            await quay.tell("bank", ms=200, hold={1: "before", 2: "before"})
            async with watched(quay, "charges") as queue:
                await quay.place(10)
                await until(lambda: both_wait(quay), "both workers have a charge in hand", within=20)
                await quay.release()
    assert queue.deepest >= 8  # nobody was charged before all had ordered
    assert min(queue.oldest, queue.drained) > 0.7  # ten charges of 200 ms by two workers take a second
    assert queue.looks[-1].depth == 0


async def test_short_visibility_timeout_lets_two_workers_do_one_order():
    """Shown again after a second, an order is charged by two workers at a time; after six seconds, by one."""
    model = Course.here().lab("10_messaging", "solutions").model().only(*PARTS, "charges", "aws", "cloud")
    with await asyncio.to_thread(running.start, model) as stack:
        async with Quayside(stack) as quay:
            cloud = await CloudQueue.beside(quay)
            await quay.tell("bank", ms=1500)
            assert await cloud.calls_for_one(1) > 1
            assert await cloud.calls_for_one(6) == 1
