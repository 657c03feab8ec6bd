"""The shop's till: a customer waits until an order is charged, or asks not to, and is told that it is accepted.

``Prefer: respond-async`` is RFC 7240's way to ask. ``partitions`` is the learner's own file: where a step is published.
"""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Annotated, Any
from uuid import NAMESPACE_OID, UUID, uuid5

import asyncpg
import partitions  # type: ignore[import-not-found]
from fastapi import Depends, FastAPI, Header, Request, Response
from pydantic import BaseModel

from shop import database, order_book, streams, users
from shop.catalogue import ITEMS
from shop.forms import Cart, Login
from shop.front import Database, front
from shop.harbour import Harbour
from shop.refusals import NotFound, SoldOut

PRICES = {item.sku: item.price_cents for item in ITEMS}
NAMES = {item.sku: item.name for item in ITEMS}


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with (
        database.opened(os.environ["DATABASE_URL"]) as app.state.pool,
        streams.opened(os.environ["NATS_URL"]) as app.state.js,
        Harbour(os.environ["HARBOUR_URL"]) as app.state.harbour,
    ):
        yield


app = front("The chandlery", _lifespan)


class Step(BaseModel):
    """What became of an order, as the yard tells it; an order's steps are numbered from 1."""

    order: UUID
    number: int
    what: str


async def _customer(request: Request, authorization: Annotated[str | None, Header()] = None) -> int:
    async with request.app.state.pool.acquire() as db:  # given back before the order asks for one of its own
        return await users.customer_of(db, authorization)


Customer = Annotated[int, Depends(_customer)]


@app.post("/login")
async def login(db: Database, who: Login) -> dict[str, str]:
    """Start a session."""
    return {"token": await users.log_in(db, who.email, who.password)}


@app.post("/orders")
async def place(
    request: Request,
    response: Response,
    customer: Customer,
    cart: Cart,
    idempotency_key: Annotated[str, Header()],
    prefer: Annotated[str, Header()] = "",
) -> Any:
    """Place an order: 201 once it is charged, or 202 at once for a customer who prefers not to wait."""
    state, order_id = request.app.state, uuid5(NAMESPACE_OID, f"{customer} {idempotency_key}")
    await _write_down(state.pool, order_id, customer, idempotency_key, cart.lines)
    order = await order_book.get(state.pool, order_id, customer)
    told = {**order, "id": str(order_id), "text": ", ".join(f"{n} {NAMES[sku]}" for sku, n in order["lines"].items())}
    if prefer == "respond-async":
        # the server drops a second one of the same number: whoever sends this request again places one order
        await state.js.publish(streams.PLACED, json.dumps(told).encode(), headers={"Nats-Msg-Id": str(order_id)})
        response.status_code = 202
        return order
    await state.harbour.charge(told, key=str(order_id))
    await state.harbour.write(told)
    response.status_code = 201
    return await order_book.mark_paid(state.pool, order)


async def _write_down(pool: asyncpg.Pool, order_id: UUID, customer: int, key: str, cart: Mapping[str, int]) -> None:
    if unknown := cart.keys() - PRICES.keys():
        raise NotFound(f"we do not sell {min(unknown)!r}")
    async with pool.acquire() as db, db.transaction():
        if await order_book.enter(db, order_id, customer, key, cart, PRICES):
            for sku, quantity in sorted(cart.items()):
                await _take(db, sku, quantity)


async def _take(db: asyncpg.Connection, sku: str, quantity: int) -> None:
    taken = await db.execute(
        "UPDATE inventory.items SET on_hand = on_hand - $2 WHERE sku = $1 AND on_hand >= $2", sku, quantity
    )
    if taken == "UPDATE 0":
        raise SoldOut(f"fewer than {quantity} of {sku!r} are left")


@app.get("/orders/{order_id}")
async def order(request: Request, customer: Customer, order_id: UUID) -> Any:
    """Read an order of this customer's back."""
    return await order_book.get(request.app.state.pool, order_id, customer)


@app.post("/steps", status_code=202)
async def steps(request: Request, taken: list[Step]) -> dict[str, int]:
    """Publish steps in the order given, which the yard does as they happen."""
    for step in taken:
        told = step.model_dump(mode="json")
        await request.app.state.js.publish(partitions.subject(told), json.dumps(told).encode())
    return {"published": len(taken)}
