"""Charges once more, by workers of the file ``late_ack``: one that the lab shows, and that nobody edits."""

from __future__ import annotations

import late_ack  # type: ignore[import-not-found]

from shop import streams
from shop.messaging import worker_app as duty
from shop.messaging.worker_app import Tools


async def _work(tools: Tools) -> None:
    queue = await streams.queue(tools.js, "charges")
    await late_ack.work(streams.messages(queue), tools.harbour, tools.pool)


app = duty.worker("The chandlery's charges, acknowledged late", _work)
