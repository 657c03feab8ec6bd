"""Orders: one of several copies over one database. Each says where it is, and goes on saying so.

``POST /retire`` has a copy say goodbye and serve on: it stands for a copy that was moved out of the records.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any
from uuid import NAMESPACE_OID, uuid4, uuid5

from fastapi import FastAPI, Header, Request

from shop import order_book, payments
from shop.core import database
from shop.core import orders_api as selling
from shop.core.app_factory import front
from shop.core.graceful_shutdown import Copy, Counts
from shop.core.orders_api import Customer
from shop.core.request_models import Cart
from shop.discovery.announcer import Announcer

announcer = Announcer("orders")
copy = Copy(announcer.farewell)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with database.opened(os.environ["DATABASE_URL"]) as app.state.pool, announcer:
        yield


app = front("Orders", _lifespan)
app.add_middleware(Counts, copy=copy)
app.state.copy = copy
app.include_router(selling.router)


@app.post("/orders", status_code=201)
async def place(
    request: Request, customer: Customer, cart: Cart, idempotency_key: Annotated[str | None, Header()] = None
) -> Any:
    """Place an order and charge it. The same key again places and charges nothing more; without a key each is new."""
    pool, key = request.app.state.pool, idempotency_key or str(uuid4())
    order_id = uuid5(NAMESPACE_OID, f"{customer} {key}")
    order = await selling.write_down(pool, order_id, customer, key, cart.lines)
    async with pool.acquire() as db, db.transaction():
        await payments.charge(db, order_id, order["total_cents"], key=str(order_id))
        return await order_book.mark_paid(db, order)


@app.get("/till")
async def till(request: Request) -> dict[str, int]:
    """Say how many orders were placed so far."""
    return {"orders": await request.app.state.pool.fetchval("SELECT count(*)::int FROM orders.orders")}


@app.post("/retire")
async def retire() -> dict[str, bool]:
    """Say goodbye to all who know where this copy is, and go on serving every caller."""
    await announcer.leave()
    return {"retired": True}
