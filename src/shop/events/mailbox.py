"""A queue that a rule fills, as a service reads it: one event after the other, for ever."""

from __future__ import annotations

import asyncio
import functools
import json
import os
from collections.abc import AsyncIterator
from typing import Any

from shop import cloud

LONG = 1  # seconds that one request for messages waits at the queue; a process that stops waits for it
PAUSE = float(os.environ.get("READ_EVERY", "0"))  # seconds between two looks at the queue


async def messages(name: str) -> AsyncIterator[tuple[dict[str, Any], Any]]:
    """Yield each event with what deletes its message; one that is not deleted comes again."""
    sqs = await asyncio.to_thread(cloud.client, "sqs")
    url = await asyncio.to_thread(cloud.found_queue, sqs, name)
    receive = functools.partial(sqs.receive_message, QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=LONG)
    while True:
        await asyncio.sleep(PAUSE)
        for one in (await asyncio.to_thread(receive)).get("Messages", ()):
            delete = functools.partial(sqs.delete_message, QueueUrl=url, ReceiptHandle=one["ReceiptHandle"])
            yield json.loads(one["Body"]), functools.partial(asyncio.to_thread, delete)
