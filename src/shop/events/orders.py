"""The shop: it takes orders and changes of address, keeps them in memory, and says each on the bus.

``carried`` is the learner's own file: what an event says of an order.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated
from uuid import uuid4

import carried  # type: ignore[import-not-found]
from fastapi import FastAPI, Request
from pydantic import BaseModel, Field

from shop.core.app_factory import front
from shop.events.publisher import Publisher
from shop.refusals import NotFound


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.orders, app.state.bus = {}, await asyncio.to_thread(Publisher, "shop.orders")
    yield


app = front("The chandlery", _lifespan)


class Placed(BaseModel):
    """What a customer sends."""

    customer: str
    address: str
    item: str
    pieces: Annotated[int, Field(gt=0)]
    card: str


class Moved(BaseModel):
    """Where an order is to go instead."""

    address: str


@app.post("/orders", status_code=201)
async def place(request: Request, placed: Placed) -> dict[str, object]:
    """Take an order, and say so on the bus."""
    order: dict[str, object] = {"id": str(uuid4()), "version": 1, **placed.model_dump()}
    request.app.state.orders[order["id"]] = order
    await request.app.state.bus.say("OrderPlaced", carried.told(dict(order)))
    return order


@app.put("/orders/{number}/address")
async def move(request: Request, number: str, moved: Moved) -> dict[str, object]:
    """Change where an order goes; each change is another version."""
    order: dict[str, object] = await read(request, number)
    order |= {"version": int(str(order["version"])) + 1, "address": moved.address}
    await request.app.state.bus.say("OrderMoved", carried.told(dict(order)))
    return order


@app.get("/orders/{number}")
async def read(request: Request, number: str) -> dict[str, object]:
    """Return an order as it is now."""
    orders: dict[str, dict[str, object]] = request.app.state.orders
    if number not in orders:
        raise NotFound("there is no such order")
    return orders[number]
