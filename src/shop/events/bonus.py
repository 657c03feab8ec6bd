"""The bonus: for each order that was placed, the harbour's fund pays the customer a hundredth of it back.

``bonus`` is the learner's own file: what is paid for an event, and what is replayed. The bus calls /events.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import bonus  # type: ignore[import-not-found]
from fastapi import FastAPI, Request

from shop import cloud
from shop.core.app_factory import front
from shop.harbour.client import Harbour


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.events = await asyncio.to_thread(cloud.client, "events")
    async with Harbour(os.environ["HARBOUR_URL"]) as app.state.harbour:
        yield


app = front("The chandlery's bonus", _lifespan)


@app.post("/events")
async def hear(request: Request, event: dict[str, Any]) -> dict[str, bool]:
    """Take an event from the bus; who is answered with an error calls again."""
    harbour: Harbour = request.app.state.harbour

    async def pay(order: dict[str, Any], cents: int, *, key: str | None = None) -> None:
        """Have the fund pay for an order. Without a key, or under another key, it pays again."""
        await harbour.ask("fund", order, cents=cents, key=key)

    await bonus.heard(event, pay)
    return {"heard": True}


@app.post("/replay")
async def replay(request: Request, since: datetime, until: datetime) -> dict[str, bool]:
    """Have the bus bring what it archived from one moment to another."""
    await asyncio.to_thread(bonus.replay, request.app.state.events, since, until)
    return {"replayed": True}
