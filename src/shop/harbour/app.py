"""The harbour: offices that the shop pays, in a process and with a ledger of their own, to which only calls add.

``/desks`` is for whoever plays the harbour in a lab: it makes an office slow, closed, or hold a call. ``/keys`` are
those that the bank has given out: from the first on, it acts for nobody without one.
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
from pydantic import BaseModel, Field

from shop.core import database
from shop.core.app_factory import front
from shop.harbour import fault_api as desk_doors
from shop.harbour.api_keys import Gatekeeper
from shop.harbour.fault_script import Closed, Desks, Orders

Office = Literal["bank", "fund", "post", "yard", "customs", "board"]
KEYED = ("bank", "fund")  # the bank's own


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.desks = Desks()
    app.state.gatekeeper = Gatekeeper()
    async with database.opened(os.environ["DATABASE_URL"], ["harbour"]) as app.state.pool:
        yield


app = front("The harbour", _lifespan)
app.include_router(desk_doors.router)


class Errand(BaseModel):
    """What an office is asked for."""

    order_id: UUID
    cents: Annotated[int, Field(ge=0)]
    note: str


class Keys(BaseModel):
    """The keys that the bank takes; an empty list takes everybody."""

    taken: list[str]


@app.post("/offices/{office}", status_code=201)
async def act(
    request: Request,
    office: Office,
    errand: Errand,
    idempotency_key: Annotated[str | None, Header()] = None,
    authorization: Annotated[str, Header()] = "",
) -> dict[str, bool]:
    """Do a deed once for each key, and answer."""
    if office in KEYED:
        request.app.state.gatekeeper.look_at(authorization)
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
    if number in orders.lose:
        raise Closed(f"the {office} has lost its answer", orders.status)
    return {"done": True}


def _look_at(office: str, errand: Errand, orders: Orders, number: int) -> None:
    if number in orders.fail:
        raise Closed(f"the {office} is closed for a moment", orders.status)
    if office == "post" and "'" in errand.note and not orders.repaired:
        raise Closed(f"the post's printer stops at the apostrophe in {errand.note!r}")


@app.get("/rates")
async def rates(request: Request) -> dict[str, float]:
    """Say what a guinea is worth: a question that changes nothing, at a desk of its own."""
    desks = request.app.state.desks
    number, orders = desks.came("rates"), desks.orders["rates"]
    await desks.hold("rates", number, "before", "")
    if number in orders.fail:
        raise Closed("nobody is at the desk for a moment", orders.status)
    return {"guinea": 1.05}


@app.put("/keys")
async def take(request: Request, keys: Keys) -> dict[str, int]:
    """Take these keys from now on, and no others."""
    request.app.state.gatekeeper.taken = set(keys.taken)
    return {"taken": len(keys.taken)}


@app.get("/keys")
async def uses(request: Request) -> dict[str, int]:
    """Count the calls with each key that was ever shown, refused ones included."""
    return dict(request.app.state.gatekeeper.shown)
