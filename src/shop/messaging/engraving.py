"""Engraving: the yard engraves a brass plate for each order. ``own/engraver.py`` is the learner's own file."""

from __future__ import annotations

from typing import Any

from own import engraver  # type: ignore[import-not-found]

from shop import streams
from shop.messaging import worker_app
from shop.messaging.worker_app import Tools


async def _work(tools: Tools) -> None:
    async def engrave(order: dict[str, Any]) -> None:
        """Have an order engraved; a second call makes a second plate. Raises Refused if the machine jams."""
        await tools.harbour.ask("yard", order)

    queue = await streams.queue(tools.js, "engravers")
    await engraver.work(streams.messages(queue), engrave)


app = worker_app.worker("The chandlery's engravers", _work)
