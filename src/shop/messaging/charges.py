"""Charges: orders that were placed, each to be charged at the bank. ``worker`` is the learner's own file."""

from __future__ import annotations

import worker  # type: ignore[import-not-found]

from shop import streams
from shop.messaging import worker_app as duty
from shop.messaging.worker_app import Tools


async def _work(tools: Tools) -> None:
    queue = await streams.queue(tools.js, "charges")
    await worker.work(streams.messages(queue), tools.harbour, tools.pool)


app = duty.worker("The chandlery's charges", _work)
