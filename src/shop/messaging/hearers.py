"""Hearers: the yard packs what was placed, and the customs clear it. ``subscriptions`` is the learner's own file."""

from __future__ import annotations

import subscriptions  # type: ignore[import-not-found]

from shop.messaging import worker_app as duty
from shop.messaging.worker_app import Tools
from shop.streams import ACK_WAIT


async def _work(tools: Tools) -> None:
    await subscriptions.subscribe(tools.js, tools.harbour, ACK_WAIT)


app = duty.worker("The chandlery's hearers", _work)
