"""The queue of placed orders on SNS and SQS: a message comes again until it is acknowledged."""

from __future__ import annotations

import asyncio
import json

import pytest
from backing_runner import running

from shop.messaging import sqs as cloud

pytestmark = pytest.mark.anyio
ORDER = {"id": "1", "total_cents": 700}
WAITING = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]


@pytest.fixture
def aws(monkeypatch):
    """Run SNS and SQS."""
    monkeypatch.setenv("AWS_SECRET", "chandlery")
    with running("motoserver/moto", AWS_ACCESS_KEY_ID="shop", AWS_SECRET_ACCESS_KEY="chandlery") as run:
        yield f"http://127.0.0.1:{run.port}"


async def test_message_comes_again_until_it_is_acknowledged(aws, monkeypatch):
    """What is published reaches a worker, again after the visibility timeout, and not after its ack."""
    monkeypatch.setattr(cloud, "ACK_WAIT", 1)
    sqs, sns = cloud.client("sqs", aws), cloud.client("sns", aws)
    await asyncio.to_thread(cloud.queue, sqs, sns)
    await asyncio.to_thread(cloud.place, aws, ORDER)
    received = cloud.messages(aws)
    first, second = [await anext(received) for _ in range(2)]
    await second.ack()
    await received.aclose()
    left = sqs.get_queue_attributes(QueueUrl=second.queue, AttributeNames=WAITING)["Attributes"]
    assert json.loads(first.data) == json.loads(second.data) == ORDER
    assert set(left.values()) == {"0"}


async def test_queue_that_is_there_keeps_its_timeout(aws, monkeypatch):
    """A worker that starts anew finds the queue with the timeout that somebody has set meanwhile."""
    monkeypatch.setattr(cloud, "ACK_WAIT", 2)
    sqs, sns = cloud.client("sqs", aws), cloud.client("sns", aws)
    url = await asyncio.to_thread(cloud.queue, sqs, sns)
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "5"})
    assert await asyncio.to_thread(cloud.queue, sqs, sns) == url
    kept = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])["Attributes"]
    assert kept == {"VisibilityTimeout": "5"}
