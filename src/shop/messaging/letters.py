"""Letters: each order that was placed is told to its customer, one letter after the other.

``failures`` is the learner's own file: what becomes of a letter that the post does not take.
"""

from __future__ import annotations

import json

import failures  # type: ignore[import-not-found]
from fastapi import Request

from shop import streams
from shop.messaging import worker_app as duty
from shop.messaging.worker_app import Tools
from shop.refusals import Refused


async def _work(tools: Tools) -> None:
    queue = await streams.queue(tools.js, "letters")
    async for message in streams.messages(queue):
        try:
            await tools.harbour.write(json.loads(message.data))
        except Refused as reason:
            await failures.failed(tools.js, message, str(reason))
        else:
            await message.ack()


app = duty.worker("The chandlery's letters", _work)


@app.post("/redrive")
async def redrive(request: Request) -> dict[str, int]:
    """Try again what was set aside, for whoever has repaired the reason."""
    return {"redriven": await failures.redrive(request.app.state.tools.js)}
