"""Puts events on the shop's bus: PutEvents takes ten at most, and says of each whether it was taken."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from shop import cloud


class Publisher:
    """What a service says on the bus, under its source."""

    def __init__(self, source: str) -> None:
        self.source, self._events = source, cloud.client("events")

    async def say(self, detail_type: str, detail: dict[str, Any]) -> None:
        """Put one event. Raises RuntimeError where the bus did not take it."""
        entry = {"Source": self.source, "DetailType": detail_type, "EventBusName": cloud.BUS_NAME}
        entry["Detail"] = json.dumps(detail)
        answer = await asyncio.to_thread(self._events.put_events, Entries=[entry])
        if answer["FailedEntryCount"]:
            raise RuntimeError(answer["Entries"][0].get("ErrorMessage", "the bus did not take the event"))
