"""The collector: where the lines of all logs end up, in a table of its own to which only calls add.

``/desks/collector`` is for whoever plays it in a lab: it makes the collector slow, or has it hold a call.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from pydantic import BaseModel

from shop.core import database
from shop.core.app_factory import front
from shop.harbour import fault_api as desk_doors
from shop.harbour.fault_script import Closed, Desks

DESK = "collector"
KEEP = """
    INSERT INTO logbook.lines (key, text) SELECT * FROM unnest($1::text[], $2::text[])
    ON CONFLICT (key) DO UPDATE SET times = logbook.lines.times + 1
"""


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.desks = Desks()
    async with database.opened(os.environ["DATABASE_URL"], ["logbook"]) as app.state.pool:
        yield


app = front("The collector", _lifespan)
app.include_router(desk_doors.router)


class Batch(BaseModel):
    """Lines by their keys."""

    lines: dict[str, str]


@app.post("/lines", status_code=201)
async def keep(request: Request, batch: Batch) -> dict[str, int]:
    """Keep each line under its key, and answer; a key that is there stays as it is."""
    desks = request.app.state.desks
    number, orders = desks.came(DESK), desks.orders[DESK]
    await desks.hold(DESK, number, "before", "")
    await asyncio.sleep(orders.ms / 1000)
    if number in orders.fail:
        raise Closed("the collector is closed for a moment", orders.status)
    await request.app.state.pool.execute(KEEP, list(batch.lines), list(batch.lines.values()))
    await desks.hold(DESK, number, "after", "")
    if number in orders.lose:
        raise Closed("the collector has lost its answer", orders.status)
    return {"kept": len(batch.lines)}
