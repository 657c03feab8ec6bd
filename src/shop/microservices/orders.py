"""Orders as a service: it asks users who is there, inventory for the goods and payments for the money.

``calls`` and ``settling`` are the learner's own files: how it asks, and what it does while payments are down.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any
from uuid import NAMESPACE_OID, UUID, uuid5

import asyncpg
import calls  # type: ignore[import-not-found]
import httpx
import settling  # type: ignore[import-not-found]
from fastapi import Depends, FastAPI, Header, Request, Response

from shop import order_book
from shop.answers import Unanswered, understood
from shop.core import database
from shop.core.app_factory import front
from shop.core.request_models import Cart
from shop.refusals import KeyReused

log = logging.getLogger(__name__)
PAUSE = float(os.environ.get("SETTLE_EVERY", "0.25"))  # seconds between two looks at what is pending
ASKING = 5.0  # seconds that users have to say who is there


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with (
        database.opened(os.environ["DATABASE_URL"], ["orders"]) as app.state.pool,
        httpx.AsyncClient(base_url=os.environ["USERS_URL"], timeout=ASKING, trust_env=False) as app.state.users,
    ):
        clerk = asyncio.create_task(_settle(app.state.pool))
        yield
        clerk.cancel()


app = front("The chandlery's orders", _lifespan)


async def _settle(pool: asyncpg.Pool) -> None:
    """Settle what is pending, again and again; what goes wrong is told, and does not end it."""
    while True:
        await asyncio.sleep(PAUSE)
        try:
            await settling.settle(pool)
        except Unanswered as reason:
            log.info("not settled: %s", reason)
        except Exception:
            log.exception("settling failed")


async def _customer(request: Request, authorization: Annotated[str | None, Header()] = None) -> int:
    try:
        answer = await request.app.state.users.get("/session", headers={"Authorization": authorization or ""})
    except httpx.TransportError as error:
        raise Unanswered("users do not answer") from error
    customer: int = understood(answer)["customer"]
    return customer


Customer = Annotated[int, Depends(_customer)]


@app.post("/orders")
async def place(
    request: Request, response: Response, customer: Customer, cart: Cart, idempotency_key: Annotated[str, Header()]
) -> Any:
    """Place an order: 201 where it is paid, 202 where it is accepted and yet to be paid."""
    pool, order_id = request.app.state.pool, uuid5(NAMESPACE_OID, f"{customer} {idempotency_key}")
    order = await order_book.find(pool, order_id, customer)
    if order is None:
        prices = await calls.reserve(order_id, cart.lines)
        await order_book.write(pool, order_id, customer, idempotency_key, cart.lines, prices)
        order = await order_book.find(pool, order_id, customer)
    if order is None or order["lines"] != cart.lines:
        raise KeyReused("this Idempotency-Key belongs to another cart")
    order = order if order["status"] == "paid" else await settling.pay(pool, order)
    response.status_code = 201 if order["status"] == "paid" else 202
    return order


@app.get("/orders/{order_id}")
async def order(request: Request, customer: Customer, order_id: UUID) -> Any:
    """Read an order of this customer's back."""
    return await order_book.get(request.app.state.pool, order_id, customer)
