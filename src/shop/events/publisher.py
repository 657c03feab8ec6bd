"""Puts events on the shop's bus: PutEvents takes ten at most, and says of each whether it was taken."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from shop import cloud
from shop.answers import Unanswered


class Publisher:
    """What a service says on the bus, under its source."""

    def __init__(self, source: str) -> None:
        self.source, self._events = source, cloud.client("events")

    async def say(self, detail_type: str, detail: dict[str, Any]) -> None:
        """Put one event. Raises Unanswered (503) where the bus did not take it."""
        from botocore.exceptions import BotoCoreError, ClientError

        entry = {"Source": self.source, "DetailType": detail_type, "EventBusName": cloud.BUS_NAME}
        entry["Detail"] = json.dumps(detail)
        try:
            answer = await asyncio.to_thread(self._events.put_events, Entries=[entry])
        except (BotoCoreError, ClientError) as error:
            raise Unanswered("the bus does not answer") from error
        if answer["FailedEntryCount"]:
            raise Unanswered(answer["Entries"][0].get("ErrorMessage", "the bus did not take the event"))
