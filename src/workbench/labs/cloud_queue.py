"""Lab 10's cloud from outside: the topic that takes orders, and the visibility timeout of the queue behind it."""

from __future__ import annotations

import asyncio
import json
from typing import Any, Self

from capsize.check.kit import until
from shop.messaging import sqs
from workbench.labs.messaging_control import Quayside

WORKERS = 2
SUBSCRIBED_WITHIN = 60.0  # seconds; a topic keeps nothing for those who subscribe later


class CloudQueue:
    """The queue of the workers ``cloud``, on an AWS of the stack's own, and the topic that it listens to."""

    def __init__(self, quay: Quayside) -> None:
        where, secret = f"http://{quay.stack.url('aws')}", quay.stack.aws_secret("aws")
        self.quay, self.sns, self.sqs = quay, sqs.client("sns", where, secret), sqs.client("sqs", where, secret)

    @classmethod
    async def beside(cls, quay: Quayside) -> Self:
        """Run the cloud and two workers in place of those on NATS, and wait until their queue has subscribed."""
        for service, copies in (("charges", 0), ("aws", 1), ("cloud", WORKERS)):
            await asyncio.to_thread(quay.stack.service(service).scale, copies)
        found = cls(quay)
        await until(found._subscriptions, "the queue has subscribed to the topic", within=SUBSCRIBED_WITHIN)
        return found

    async def set_timeout(self, seconds: int) -> None:
        """Set for how long a message that was received is shown to no other worker.

        The workers are started anew: moto lets one who waits at the queue already keep to the timeout of before.
        """
        settings = {"VisibilityTimeout": str(seconds)}
        await asyncio.to_thread(self.sqs.set_queue_attributes, QueueUrl=self._url(), Attributes=settings)
        await self.quay.kill("cloud")

    async def place(self, count: int) -> list[dict[str, Any]]:
        """Have a customer order so many times, and publish the orders to the topic."""
        orders = await self.quay.place(count)
        for order in orders:
            await asyncio.to_thread(self.sns.publish, TopicArn=sqs.topic(self.sns), Message=json.dumps(order))
        return orders

    async def calls_for_one(self, timeout: int) -> int:
        """Count how often the bank is asked for one order, with a visibility timeout in seconds."""
        await self.set_timeout(timeout)
        (order,) = await self.place(1)
        await self.quay.until_done("bank", [order["id"]])
        await until(self._is_empty, "the queue is empty", within=SUBSCRIBED_WITHIN)
        return [call["order"] for call in await self.quay.calls("bank")].count(order["id"])

    def _url(self) -> str:
        return str(self.sqs.get_queue_url(QueueName="charges")["QueueUrl"])

    async def _subscriptions(self) -> Any:
        return (await asyncio.to_thread(self.sns.list_subscriptions))["Subscriptions"]

    async def _is_empty(self) -> bool:
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        answer = await asyncio.to_thread(self.sqs.get_queue_attributes, QueueUrl=self._url(), AttributeNames=names)
        return not any(map(int, answer["Attributes"].values()))
