"""Lab 11's bus from outside: events put on it, and what its rules' queues got.

Checks and notebooks stand here, never a service. ``stack`` is a running stack of lab 11.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import uuid4

from capsize.session.running import RunningStack
from shop import cloud

Event = dict[str, Any]
AT_ONCE = 10  # events that PutEvents takes at most, and messages that a queue gives


class BusSide:
    """What one holds of a stack's bus: EventBridge's API and the queues'."""

    def __init__(self, stack: RunningStack) -> None:
        self.stack, self.where = stack, (f"http://{stack.url('aws')}", stack.aws_secret("aws"))
        self.events, self.sqs = cloud.client("events", *self.where), cloud.client("sqs", *self.where)

    async def put(self, *events: Event, bus: str = cloud.BUS_NAME) -> list[str]:
        """Put events, each with source, detail-type, detail, and a time where it is not now; return their ids."""
        ids = []
        for first in range(0, len(events), AT_ONCE):
            entries = [_entry(bus, one) for one in events[first : first + AT_ONCE]]
            answer = await asyncio.to_thread(self.events.put_events, Entries=entries)
            ids += [one["EventId"] for one in answer["Entries"]]
        return ids

    async def listen(self, name: str, pattern: dict[str, Any], **target: Any) -> None:
        """Have a new queue get what a new rule of the same name matches."""
        await asyncio.to_thread(self._listen, name, pattern, target)

    def _listen(self, name: str, pattern: dict[str, Any], target: dict[str, Any]) -> None:
        cloud.queue(self.sqs, name)
        self.events.put_rule(Name=name, EventBusName=cloud.BUS_NAME, EventPattern=json.dumps(pattern))
        told = {"Id": name, "Arn": cloud.queue_arn(name), **target}
        self.events.put_targets(Rule=name, EventBusName=cloud.BUS_NAME, Targets=[told])

    async def take(self, queue: str) -> list[Any]:
        """Take all that waits in a queue out of it, and return it."""
        found: list[Any] = []
        while bodies := await asyncio.to_thread(self._take, queue):
            found += bodies
        return found

    def _take(self, queue: str) -> list[Any]:
        url = cloud.found_queue(self.sqs, queue)
        messages = self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=AT_ONCE).get("Messages", [])
        named = [{"Id": str(number), "ReceiptHandle": one["ReceiptHandle"]} for number, one in enumerate(messages)]
        if named:
            self.sqs.delete_message_batch(QueueUrl=url, Entries=named)
        return [json.loads(one["Body"]) for one in messages]

    async def is_empty(self, queue: str) -> bool:
        """Say whether nothing waits in a queue, and nothing of it is in hand."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        url = await asyncio.to_thread(cloud.found_queue, self.sqs, queue)
        told = await asyncio.to_thread(self.sqs.get_queue_attributes, QueueUrl=url, AttributeNames=names)
        return not any(map(int, told["Attributes"].values()))

    async def matched(self) -> dict[str, int]:
        """Say how many events each rule has matched."""
        rules = await asyncio.to_thread(self.stack.rules)
        return {one.name: one.matched for one in rules}

    async def until_matched(self, rule: str, count: int) -> bool:
        """Wait until the board's figures say that a rule has matched so many events."""
        from capsize.waiting import came_true

        async def have_come() -> bool:
            return (await self.matched()).get(rule, 0) >= count

        return bool(await came_true(have_come, 10))


def placed(**detail: Any) -> Event:
    """Return an event as the shop says it when an order is placed."""
    by = {"version": 1, "customer": "ada", "address": "the quay 1", "currency": "EUR"}
    whole = {"id": str(uuid4()), **by, "country": "NL", "item": "shackle", "pieces": 1, "total_cents": 4500, **detail}
    return {"source": "shop.orders", "detail-type": "OrderPlaced", "detail": whole}


def told_of(events: Iterable[Event]) -> list[str]:
    """List the orders that events are about."""
    return [one["detail"]["id"] for one in events]


def _entry(bus: str, event: Event) -> dict[str, Any]:
    entry: dict[str, Any] = {"Source": event["source"], "DetailType": event["detail-type"], "EventBusName": bus}
    entry["Detail"] = json.dumps(event["detail"])
    at: datetime | None = event.get("time")
    return entry | ({"Time": at} if at else {})
