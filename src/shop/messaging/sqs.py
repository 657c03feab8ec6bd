"""The queue of placed orders once more, from a cloud: an SNS topic takes them, an SQS queue keeps them for the workers.

Its messages have the two names that the worker uses, ``data`` and ``ack``; boto3 waits for answers in a thread.
"""

from __future__ import annotations

import asyncio
import functools
import json
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from shop.streams import ACK_WAIT

LONG = 5  # seconds that one request for a message waits at SQS


@dataclass(frozen=True)
class Message:
    """A message that SQS shows to nobody else for ACK_WAIT seconds, and again to somebody after them."""

    sqs: Any
    queue: str
    data: str
    receipt: str

    async def ack(self) -> None:
        """Delete it, which is SQS' way to acknowledge."""
        await asyncio.to_thread(self.sqs.delete_message, QueueUrl=self.queue, ReceiptHandle=self.receipt)


def client(service: str, url: str, secret: str | None = None) -> Any:
    """Make a client of ``sns`` or ``sqs`` at an address; its secret key is in $AWS_SECRET unless it is given."""
    import boto3

    keys = {"aws_access_key_id": "shop", "aws_secret_access_key": secret or os.environ["AWS_SECRET"]}
    return boto3.client(service, endpoint_url=url, region_name="eu-central-1", **keys)


def topic(sns: Any) -> str:
    """Return the topic of placed orders, made if it is missing."""
    return str(sns.create_topic(Name="orders-placed")["TopicArn"])


def queue(sqs: Any, sns: Any) -> str:
    """Return the queue of the workers who charge, made and subscribed to the topic if it is missing."""
    url = _address(sqs)
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic(sns), Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"})
    return url


def _address(sqs: Any) -> str:
    """Return the queue's address, made if it is missing; one that is there keeps the timeout that it has."""
    try:
        return str(sqs.get_queue_url(QueueName="charges")["QueueUrl"])
    except sqs.exceptions.QueueDoesNotExist:
        settings = {"VisibilityTimeout": str(round(ACK_WAIT))}
        return str(sqs.create_queue(QueueName="charges", Attributes=settings)["QueueUrl"])


def place(url: str, order: dict[str, Any]) -> None:
    """Publish a placed order to the topic."""
    sns = client("sns", url)
    sns.publish(TopicArn=topic(sns), Message=json.dumps(order, default=str))


async def messages(url: str) -> AsyncIterator[Message]:
    """Receive one message after the other, for ever."""
    sqs, sns = [await asyncio.to_thread(client, service, url) for service in ("sqs", "sns")]
    where = await asyncio.to_thread(queue, sqs, sns)
    receive = functools.partial(sqs.receive_message, QueueUrl=where, MaxNumberOfMessages=1, WaitTimeSeconds=LONG)
    while True:
        for one in (await asyncio.to_thread(receive)).get("Messages", ()):
            yield Message(sqs, where, one["Body"], one["ReceiptHandle"])
