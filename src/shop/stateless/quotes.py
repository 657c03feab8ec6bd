"""The quotes desk in several copies: other shops ask for prices here, each as often as its contract says.

``own/limit.py`` is the learner's own file, found in the code folder.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

import redis.asyncio
from fastapi import FastAPI, Header, Request
from own import limit  # type: ignore[import-not-found]

from shop.core.app_factory import front
from shop.core.catalogue import ITEMS
from shop.refusals import NotFound, TooMany

PRICES = {item.sku: item.price_cents for item in ITEMS}


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with redis.asyncio.from_url(os.environ["VALKEY_URL"], decode_responses=True) as app.state.valkey:
        yield


app = front("Quotes", _lifespan)


@app.get("/quotes/{sku}")
async def quote(request: Request, sku: str, partner: Annotated[str, Header()]) -> dict[str, Any]:
    """Say what an item costs, unless the partner has asked too often."""
    if sku not in PRICES:
        raise NotFound(f"we do not sell {sku!r}")
    if not await limit.allow(request.app.state.valkey, partner):
        raise TooMany(f"{partner} asks too often")
    return {"sku": sku, "price_cents": PRICES[sku]}
