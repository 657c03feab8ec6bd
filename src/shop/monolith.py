"""The whole shop as one process over one database: users, orders, payments and inventory behind one front door.

``inventory``, ``orders`` and ``reports`` are the learner's own files, found in the code folder.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any
from uuid import UUID

import asyncpg
import inventory  # type: ignore[import-not-found]
import orders  # type: ignore[import-not-found]
import reports  # type: ignore[import-not-found]
from fastapi import Depends, FastAPI, Header, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field, PositiveInt

from shop import database, gift_cards, users
from shop.apologies import Apologises
from shop.refusals import Refused


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with database.opened(os.environ["DATABASE_URL"]) as app.state.pool:
        yield


app = FastAPI(title="The chandlery", lifespan=_lifespan, docs_url=None, redoc_url=None)
app.add_middleware(Apologises)


class Login(BaseModel):
    """Who wants in."""

    email: str
    password: str


class Cart(BaseModel):
    """How many of each item."""

    lines: dict[str, PositiveInt] = Field(min_length=1)


class Delivery(BaseModel):
    """Pieces that came in."""

    sku: str
    quantity: PositiveInt


class GiftCard(BaseModel):
    """The code on a card."""

    code: str


async def _connection(request: Request) -> AsyncIterator[asyncpg.Connection]:
    async with request.app.state.pool.acquire() as db:
        yield db


Database = Annotated[asyncpg.Connection, Depends(_connection)]


async def _customer(db: Database, authorization: Annotated[str | None, Header()] = None) -> int:
    return await users.customer_of(db, authorization)


Customer = Annotated[int, Depends(_customer)]


@app.get("/healthz")
async def healthz() -> dict[str, bool]:
    """Answer; whoever can answer is alive."""
    return {"ok": True}


@app.get("/ready")
async def ready() -> dict[str, bool]:
    """Answer; the front door opens only when the database has its schema."""
    return {"ready": True}


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


@app.exception_handler(Refused)
async def _refuse(_request: Request, reason: Refused) -> JSONResponse:
    return JSONResponse({"error": str(reason)}, status_code=reason.status)


@app.exception_handler(NotImplementedError)
async def _unsolved(_request: Request, reason: NotImplementedError) -> JSONResponse:
    return JSONResponse({"error": f"exercise {reason} is yours to write"}, status_code=501)
