"""Payments as a service. Its charges are on the way from the monolith's database (old) to its own (new).

``moving`` is the learner's own file: which of the two databases a charge is written to, and read from, at each step.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

import asyncpg
import moving  # type: ignore[import-not-found]
from fastapi import Depends, FastAPI, Header, Request

from shop.core import database
from shop.core.app_factory import front
from shop.core.request_models import GiftCard, Payment
from shop.microservices.migration_step import Steps
from shop.monolith import gift_cards

Step = Literal["old", "both", "new"]


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    old = asyncpg.create_pool(os.environ["OLD_DATABASE_URL"], min_size=0, max_size=database.CONNECTIONS)
    async with database.opened(os.environ["DATABASE_URL"], ["payments"]) as new, old as app.state.old:
        app.state.pool = new
        app.state.steps = await Steps.remembered(new)
        yield


app = front("The chandlery's payments", _lifespan)


class Books:
    """Both databases, and the step that a request keeps until it ends."""

    def __init__(self, step: str, old: asyncpg.Pool, new: asyncpg.Pool) -> None:
        self.step, self.old, self.new = step, old, new


async def _books(request: Request) -> AsyncIterator[Books]:
    state = request.app.state
    async with state.steps.taken() as step:
        yield Books(step, state.old, state.pool)


TheBooks = Annotated[Books, Depends(_books)]


@app.post("/payments", status_code=201)
async def pay(
    books: TheBooks, payment: Payment, idempotency_key: Annotated[str | None, Header()] = None
) -> dict[str, Any]:
    """Charge for an order; the same key again charges nothing more."""
    key = idempotency_key or str(uuid4())
    charge = (key, payment.order_id, payment.amount_cents, datetime.now(UTC))
    await moving.charge(books.step, books.old, books.new, charge)
    return await paid(books, payment.order_id)


@app.get("/payments")
async def till() -> dict[str, bool]:
    """Answer those who want to know who takes payments now; the header X-Copy says it."""
    return {"open": True}


@app.get("/payments/{order_id}")
async def paid(books: TheBooks, order_id: UUID) -> dict[str, Any]:
    """Say what was charged for an order."""
    cents = await moving.charged(books.step, books.old, books.new, order_id)
    return {"order_id": str(order_id), "charged_cents": cents}


@app.post("/steps/{step}")
async def go(request: Request, step: Step) -> dict[str, str]:
    """Go on to a step of the move, for whoever runs payments; answers when nothing of another step is under way."""
    state = request.app.state
    await state.steps.go(state.pool, step)
    return {"step": step}


@app.post("/backfill")
async def backfill(request: Request) -> dict[str, str]:
    """Copy what only the old database has; answers when all of it is there."""
    await moving.backfill(request.app.state.old, request.app.state.pool)
    return {"backfill": "done"}


@app.post("/gift-cards")
async def gift_card(card: GiftCard) -> dict[str, int]:
    """Say what a gift card is worth."""
    return {"value_cents": gift_cards.value_cents(card.code)}
