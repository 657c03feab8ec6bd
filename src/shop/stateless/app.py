"""The shop's front in several copies: sessions and carts, customers' drawings, the demand for an item, crates.

``sessions``, ``uploads``, ``cache`` and ``connections`` are the learner's own files, found in the code folder.
"""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

import cache  # type: ignore[import-not-found]
import connections  # type: ignore[import-not-found]
import redis.asyncio
import sessions  # type: ignore[import-not-found]
import uploads  # type: ignore[import-not-found]
from fastapi import Depends, FastAPI, Header, Request, Response
from pydantic import BaseModel, Field, PositiveInt

from shop.core import database, users
from shop.core.app_factory import Database, front
from shop.core.catalogue import ITEMS
from shop.core.request_models import Login
from shop.refusals import NotFound
from shop.stateless import crates, demand, disk

SKUS = frozenset(item.sku for item in ITEMS)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    # PostgreSQL lists who is connected; the name says which copy
    url = f"{os.environ['DATABASE_URL']}?application_name={os.environ.get('HOSTNAME', '')}"
    async with connections.pool(url) as app.state.pool:
        async with app.state.pool.acquire() as db:
            await database.migrate(db)
        async with redis.asyncio.from_url(os.environ["VALKEY_URL"], decode_responses=True) as app.state.valkey:
            yield


app = front("The chandlery", _lifespan)
app.include_router(disk.router)
app.include_router(uploads.router)


class Pieces(BaseModel):
    """What goes into the cart."""

    sku: str
    pieces: PositiveInt = 1


class DeliveryRequest(BaseModel):
    """Pieces to be sent, each by its item; an item may come several times."""

    skus: list[str] = Field(min_length=1, max_length=crates.MOST_PIECES)


def _valkey(request: Request) -> Any:
    return request.app.state.valkey


def _token(authorization: Annotated[str, Header()] = "") -> str:
    return authorization.removeprefix("Bearer ")


Valkey = Annotated[Any, Depends(_valkey)]
Token = Annotated[str, Depends(_token)]


@app.post("/login")
async def login(db: Database, valkey: Valkey, who: Login) -> dict[str, str]:
    """Start a session."""
    return {"token": await sessions.begin(valkey, await users.known(db, who.email, who.password))}


@app.get("/cart")
async def cart(valkey: Valkey, token: Token) -> dict[str, int]:
    """Show what is in the cart."""
    return dict((await sessions.find(valkey, token))[1])


@app.post("/cart")
async def put(valkey: Valkey, token: Token, what: Pieces) -> dict[str, int]:
    """Put pieces into the cart, and show it."""
    if what.sku not in SKUS:
        raise NotFound(f"we do not sell {what.sku!r}")
    await sessions.put(valkey, token, what.sku, what.pieces)
    return dict((await sessions.find(valkey, token))[1])


@app.get("/demand/{sku}")
async def two_weeks(request: Request, valkey: Valkey, sku: str) -> dict[str, int]:
    """Say how many pieces of an item two weeks may ask for."""

    async def work_out() -> int:
        async with request.app.state.pool.acquire() as db:
            return await demand.work_out(db, sku)

    return {"pieces": await cache.remember(valkey, f"demand:{sku}", work_out)}


@app.post("/crates")
async def pack(db: Database, delivery: DeliveryRequest, response: Response) -> dict[str, int]:
    """Say how many crates a delivery takes, and in a header how long it took to find out."""
    prices = dict(await db.fetch("SELECT sku, price_cents FROM inventory.items WHERE sku = ANY($1)", delivery.skus))
    if unknown := set(delivery.skus) - prices.keys():
        raise NotFound(f"we do not sell {min(unknown)!r}")
    began = time.perf_counter()
    found = crates.fewest([prices[sku] for sku in delivery.skus])
    response.headers["Server-Timing"] = f"work;dur={1000 * (time.perf_counter() - began):.1f}"
    return {"crates": found}
