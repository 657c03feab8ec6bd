"""The whole shop as one process over one database: users, orders, payments and inventory behind one front door.

``inventory``, ``orders`` and ``reports`` are the learner's own files, found in the code folder.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any
from uuid import UUID

import inventory  # type: ignore[import-not-found]
import orders  # type: ignore[import-not-found]
import reports  # type: ignore[import-not-found]
from fastapi import Depends, FastAPI, Header

from shop import payments
from shop.core import database, users
from shop.core.app_factory import Database, front
from shop.core.request_models import Cart, Delivery, GiftCard, Login, Payment
from shop.monolith import gift_cards


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with database.opened(os.environ["DATABASE_URL"]) as app.state.pool:
        yield


app = front("The chandlery", _lifespan)


async def _customer(db: Database, authorization: Annotated[str | None, Header()] = None) -> int:
    return await users.customer_of(db, authorization)


Customer = Annotated[int, Depends(_customer)]


@app.post("/login")
async def login(db: Database, who: Login) -> dict[str, str]:
    """Start a session."""
    return {"token": await users.log_in(db, who.email, who.password)}


@app.get("/items")
async def items(db: Database) -> list[dict[str, Any]]:
    """List the catalogue."""
    return [dict(row) for row in await inventory.listing(db)]


@app.post("/orders", status_code=201)
async def place(db: Database, customer: Customer, cart: Cart, idempotency_key: Annotated[str, Header()]) -> Any:
    """Place an order; the same key again answers the same and charges nothing."""
    return await orders.place(db, customer, idempotency_key, cart.lines)


@app.get("/orders/{order_id}")
async def order(db: Database, customer: Customer, order_id: UUID) -> Any:
    """Read an order of this customer's back."""
    return await orders.find(db, customer, order_id)


@app.get("/reports/sales")
async def sales(db: Database) -> Any:
    """Report what sold and what to reorder."""
    return await reports.sales(db)


@app.post("/deliveries", status_code=201)
async def deliver(db: Database, delivery: Delivery) -> dict[str, int]:
    """Take pieces in at the back door, which only the harbour can reach."""
    return {"on_hand": await inventory.receive(db, delivery.sku, delivery.quantity)}


@app.post("/gift-cards")
async def gift_card(card: GiftCard) -> dict[str, int]:
    """Say what a gift card is worth."""
    return {"value_cents": gift_cards.value_cents(card.code)}


@app.post("/payments", status_code=201)
async def pay(
    db: Database, payment: Payment, idempotency_key: Annotated[str | None, Header()] = None
) -> dict[str, Any]:
    """Charge for an order; the same key again charges nothing more."""
    await payments.charge(db, payment.order_id, payment.amount_cents, key=idempotency_key)
    return await payments.receipt(db, payment.order_id)


@app.get("/payments")
async def till() -> dict[str, bool]:
    """Answer those who want to know who takes payments now; the header X-Copy says it."""
    return {"open": True}


@app.get("/payments/{order_id}")
async def paid(db: Database, order_id: UUID) -> dict[str, Any]:
    """Say what was charged for an order."""
    return await payments.receipt(db, order_id)
