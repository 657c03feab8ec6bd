"""The harbour: offices that the shop pays, in a process and with a ledger of their own, to which only calls add.

``/desks`` is for whoever plays the harbour in a lab: it makes an office slow, closed, or hold a call.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Literal
from uuid import UUID

from fastapi import FastAPI, Header, Request
from pydantic import BaseModel

from shop import database
from shop.desks import Closed, Desks, Orders
from shop.front import front

Office = Literal["bank", "post", "yard", "customs", "board"]


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.desks = Desks()
    async with database.opened(os.environ["DATABASE_URL"], ["harbour"]) as app.state.pool:
        yield


app = front("The harbour", _lifespan)


class Errand(BaseModel):
    """What an office is asked for."""

    order_id: UUID
    cents: int
    note: str


@app.post("/offices/{office}", status_code=201)
async def act(
    request: Request, office: Office, errand: Errand, idempotency_key: Annotated[str | None, Header()] = None
) -> dict[str, bool]:
    """Do a deed once for each key, and answer."""
    desks, pool = request.app.state.desks, request.app.state.pool
    number, orders = desks.came(office), desks.orders[office]
    await pool.execute(
        "INSERT INTO harbour.calls (office, order_id, note) VALUES ($1, $2, $3)", office, errand.order_id, errand.note
    )
    await desks.hold(office, number, "before", str(errand.order_id))
    await asyncio.sleep(orders.ms / 1000 * random.uniform(1 - orders.spread, 1 + orders.spread))
    _look_at(office, errand, orders, number)
    await pool.execute(
        "INSERT INTO harbour.deeds (office, key, order_id, cents, note)"
        " VALUES ($1, coalesce($2, gen_random_uuid()::text), $3, $4, $5) ON CONFLICT DO NOTHING",
        office,
        idempotency_key,
        errand.order_id,
        errand.cents,
        errand.note,
    )
    await desks.hold(office, number, "after", str(errand.order_id))
    return {"done": True}


def _look_at(office: str, errand: Errand, orders: Orders, number: int) -> None:
    if number in orders.fail:
        raise Closed(f"the {office} is closed for a moment")
    if office == "post" and "'" in errand.note and not orders.mended:
        raise Closed(f"the post's printer stops at the apostrophe in {errand.note!r}")


@app.put("/desks/{office}")
async def tell(request: Request, office: Office, orders: Orders) -> dict[str, str]:
    """Give an office its orders."""
    request.app.state.desks.tell(office, orders)
    return {"office": office}


@app.get("/desks")
async def held(request: Request) -> list[dict[str, str]]:
    """List the calls that are held, the one that waits longest first."""
    waiting = request.app.state.desks.waiting
    return [{"office": one.office, "order_id": one.order_id, "point": one.point} for one in waiting]


@app.delete("/desks")
async def release(request: Request) -> dict[str, int]:
    """Let every call that is held go on."""
    return {"released": request.app.state.desks.release()}
