"""Tracking: the steps of orders, shown on the board at the quay. ``partitions`` is the learner's own file.

However many bookmarks a worker pulls from, it has one pair of hands: it shows one step at a time.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

import partitions  # type: ignore[import-not-found]

from shop import streams
from shop.messaging import worker_app as duty
from shop.messaging.worker_app import Tools
from shop.refusals import Refused


async def _work(tools: Tools) -> None:
    hands = asyncio.Lock()
    async with asyncio.TaskGroup() as tasks:
        for described in partitions.consumers():
            described.ack_wait = streams.ACK_WAIT
            subscription = await tools.js.pull_subscribe(
                described.filter_subject, durable=described.durable_name, config=described
            )
            tasks.create_task(_show_all(tools, subscription, hands))


async def _show_all(tools: Tools, subscription: Any, hands: asyncio.Lock) -> None:
    async for message in streams.messages(subscription):
        async with hands:
            try:
                await tools.harbour.show(json.loads(message.data))
            except Refused:
                await message.nak()
            else:
                await message.ack()


app = duty.worker("The chandlery's tracking", _work)
