"""Lab 10's messages in containers: what waits at NATS is told, and the same worker takes from SQS and SNS."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import pytest
from plain_stacks import eventually

from capsize.course import Course
from capsize.session import running
from capsize.session.hosts import DOCKER, opening
from shop.messaging import sqs as cloud
from workbench.labs.messaging_control import Quayside

PARTS = ("shop", "db", "nats", "harbour", "harbour-db", "charges", "aws", "cloud")
PATIENT = 60.0  # seconds, on a machine that is busy


@pytest.mark.anyio
async def test_a_worker_dies_amid_its_work_on_both_queues():
    """Orders wait at NATS while nobody takes them; taken from SQS by a worker that is killed, each is charged once."""
    lab, _ = Course.here().find("10.1", "solutions")
    model = lab.model().only(*PARTS)
    one = {**model.services, "charges": replace(model.services["charges"], replicas=1)}
    stack = await asyncio.to_thread(running.start, replace(model, services=one), host=opening(DOCKER))
    with stack:
        async with Quayside(stack) as quay:
            for service, copies in (("charges", 0), ("aws", 1), ("cloud", 1)):
                await asyncio.to_thread(stack.service(service).scale, copies)
            orders = {order["id"]: order for order in await quay.place(4)}
            assert eventually(lambda: [queue.waiting for queue in stack.queues() if queue.name == "charges"] == [4])
            sns = cloud.client("sns", f"http://{stack.url('aws')}")
            assert eventually(lambda: bool(sns.list_subscriptions()["Subscriptions"]), PATIENT)
            await quay.tell("bank", hold={2: "after"})
            for order in orders.values():
                sns.publish(TopicArn=cloud.topic(sns), Message=json.dumps(order))
            assert (await quay.held())["office"] == "bank"
            await quay.kill("cloud")
            await quay.release()
            assert await quay.until_done("bank", orders, seconds=PATIENT)
            charged = await quay.deeds("bank")
            assert [charged[order] for order in orders] == [1] * len(orders)
            sns.close()
