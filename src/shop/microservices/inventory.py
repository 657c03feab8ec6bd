"""Inventory as a service: the monolith's own module, lifted out along its seam, behind a door.

``inventory`` is the module of lab 01, found in the code folder.
"""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg
import inventory  # type: ignore[import-not-found]
from fastapi import FastAPI

from shop.core import database
from shop.core.app_factory import Database, front
from shop.core.request_models import Cart, Delivery
from shop.refusals import SoldOut


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with database.opened(os.environ["DATABASE_URL"], ["inventory"]) as app.state.pool:
        yield


app = front("The chandlery's inventory", _lifespan)


@app.get("/items")
async def items(db: Database) -> list[dict[str, Any]]:
    """List the catalogue."""
    return [dict(row) for row in await inventory.listing(db)]


@app.post("/deliveries", status_code=201)
async def deliver(db: Database, delivery: Delivery) -> dict[str, int]:
    """Take pieces in at the back door, which only the harbour can reach."""
    return {"on_hand": await inventory.receive(db, delivery.sku, delivery.quantity)}


@app.put("/reservations/{order_id}")
async def reserve(db: Database, order_id: UUID, cart: Cart) -> dict[str, Any]:
    """Take a cart off the shelf for an order, all of it or nothing, and say what a piece of each costs.

    The address names the order, so the same request again takes nothing more.
    """
    async with db.transaction():
        prices = {sku: await inventory.price(db, sku) for sku in cart.lines}
        if await _is_new(db, order_id, prices):
            # everybody takes items in the same order: two carts that hold what the other wants would wait for ever
            for sku, quantity in sorted(cart.lines.items()):
                if not await inventory.reserve(db, sku, quantity):
                    raise SoldOut(f"fewer than {quantity} of {sku!r} are left")
        kept = await db.fetchval("SELECT prices FROM inventory.reservations WHERE order_id = $1", order_id)
    return {"order_id": str(order_id), "prices": json.loads(kept)}


async def _is_new(db: asyncpg.Connection, order_id: UUID, prices: Mapping[str, int]) -> bool:
    # a twin of this request waits here until we commit, and then writes nothing
    written = await db.fetchval(
        "INSERT INTO inventory.reservations VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING order_id",
        order_id,
        json.dumps(prices),
    )
    return written is not None
