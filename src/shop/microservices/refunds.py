"""Refunds as a service: what customers get back of an order, by the harbour's bank, which has a fund for that.

``own/refund.py`` is the learner's own file, found in the code folder.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any
from uuid import UUID

import asyncpg
import httpx
from fastapi import FastAPI, Header, Request
from own import refund  # type: ignore[import-not-found]
from pydantic import BaseModel, PositiveInt

from shop.answers import Unanswered, understood
from shop.core.app_factory import front
from shop.core.database import CONNECTIONS

ANSWERS_WITHIN = 1.5  # seconds that the bank has
SCHEMA = """
CREATE SCHEMA IF NOT EXISTS refunds;
CREATE TABLE IF NOT EXISTS refunds.orders (id uuid PRIMARY KEY, paid_cents integer NOT NULL);
CREATE TABLE IF NOT EXISTS refunds.refunds (
    key text PRIMARY KEY, order_id uuid NOT NULL, cents integer NOT NULL, is_done boolean NOT NULL DEFAULT false
);
"""


class Bank:
    """The bank's fund. Raises Unanswered where no answer came, and nobody knows whether the money went out."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def give_back(self, order: UUID, cents: int, *, key: str) -> None:
        """Give a customer money back. The same key again gives nothing more."""
        errand = {"order_id": str(order), "cents": cents, "note": ""}
        try:
            answer = await self._client.post("/offices/fund", json=errand, headers={"Idempotency-Key": key})
        except httpx.TransportError as error:
            raise Unanswered("the bank does not answer") from error
        understood(answer)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    harbour = httpx.AsyncClient(base_url=os.environ["HARBOUR_URL"], timeout=ANSWERS_WITHIN, trust_env=False)
    pool = asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=1, max_size=CONNECTIONS)
    async with harbour, pool as app.state.pool:
        app.state.bank = Bank(harbour)
        await app.state.pool.execute(SCHEMA)
        yield


app = front("Refunds", _lifespan)


class Wish(BaseModel):
    """How much of an order a customer wants back."""

    order_id: UUID
    cents: PositiveInt


@app.post("/refunds", status_code=201)
async def give(request: Request, wish: Wish, idempotency_key: Annotated[str, Header()]) -> dict[str, Any]:
    """Give money back, once for each key. A customer who gets no 201 asks again, with the same key."""
    state = request.app.state
    await refund.refund(state.pool, state.bank, idempotency_key, wish.order_id, wish.cents)
    return {"key": idempotency_key, "cents": wish.cents}


@app.get("/refunds/{order_id}")
async def given(request: Request, order_id: UUID) -> dict[str, int]:
    """Say how much of an order was given back, as far as we know."""
    query = "SELECT coalesce(sum(cents), 0)::int FROM refunds.refunds WHERE order_id = $1 AND is_done"
    return {"cents": await request.app.state.pool.fetchval(query, order_id)}
