"""Orders: whose they are and what is in them, over REST. It also asks stock, by an address without a scheme.

To the platform such an address is bytes, so it balances connections there, and not calls.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from pydantic import BaseModel

from shop.communication import goods
from shop.communication.services import StockRoom
from shop.core.app_factory import front
from shop.refusals import NotFound


class OrderLine(BaseModel):
    """So many pieces of a thing."""

    sku: str
    pieces: int


class OrderBody(BaseModel):
    """An order as it is written down."""

    customer: str
    lines: list[OrderLine]


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.orders, app.state.stock = goods.orders(), StockRoom(os.environ.get("STOCK_ADDRESS", ""))
    yield


app = front("Orders", _lifespan)


@app.get("/orders/{number}")
async def find(request: Request, number: str) -> goods.Order:
    """Return an order."""
    orders: dict[str, goods.Order] = request.app.state.orders
    if number not in orders:
        raise NotFound(f"there is no order {number}")
    return orders[number]


@app.get("/customers/{name}/orders")
async def of_customer(request: Request, name: str) -> list[goods.Order]:
    """List a customer's orders."""
    return [order for order in request.app.state.orders.values() if order["customer"] == name]


@app.put("/orders/{number}")
async def write(request: Request, number: str, body: OrderBody) -> goods.Order:
    """Write an order down, or over."""
    order = {"number": number, **body.model_dump()}
    request.app.state.orders[number] = order
    return order


@app.get("/spread")
async def spread(request: Request, calls: int = 30) -> dict[str, Any]:
    """Ask stock so often over one channel; count which copies answered."""
    stock: StockRoom = request.app.state.stock
    return await stock.spread(calls)
