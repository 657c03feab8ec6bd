"""The shop's till: a customer waits until an order is charged, or asks not to, and is told that it is accepted.

``Prefer: respond-async`` is RFC 7240's way to ask. ``partitions`` is the learner's own file: where a step is published.
"""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any
from uuid import NAMESPACE_OID, UUID, uuid5

import partitions  # type: ignore[import-not-found]
from fastapi import FastAPI, Header, Request, Response
from pydantic import BaseModel

from shop import order_book, streams
from shop.core import database
from shop.core import orders_api as selling
from shop.core.app_factory import front
from shop.core.orders_api import Customer
from shop.core.request_models import Cart
from shop.harbour.client import Harbour


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with (
        database.opened(os.environ["DATABASE_URL"]) as app.state.pool,
        streams.opened(os.environ["NATS_URL"]) as app.state.js,
        Harbour(os.environ["HARBOUR_URL"]) as app.state.harbour,
    ):
        yield


app = front("The chandlery", _lifespan)
app.include_router(selling.router)


class Step(BaseModel):
    """What became of an order, as the yard tells it; an order's steps are numbered from 1."""

    order: UUID
    number: int
    what: str


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
    order = await selling.write_down(state.pool, order_id, customer, idempotency_key, cart.lines)
    told = selling.told(order)
    if prefer == "respond-async":
        # the server drops a second one of the same number: whoever sends this request again places one order
        await state.js.publish(streams.PLACED, json.dumps(told).encode(), headers={"Nats-Msg-Id": str(order_id)})
        response.status_code = 202
        return order
    await state.harbour.charge(told, key=str(order_id))
    await state.harbour.write(told)
    response.status_code = 201
    return await order_book.mark_paid(state.pool, order)


@app.post("/steps", status_code=202)
async def steps(request: Request, taken: list[Step]) -> dict[str, int]:
    """Publish steps in the order given, which the yard does as they happen."""
    for step in taken:
        told = step.model_dump(mode="json")
        await request.app.state.js.publish(partitions.subject(told), json.dumps(told).encode())
    return {"published": len(taken)}
