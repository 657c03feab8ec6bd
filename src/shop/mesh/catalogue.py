"""The catalogue: what things cost. ``/desk`` is for those who play it in a lab: it makes it slow, or has it fail."""

from __future__ import annotations

import asyncio
import os
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from zlib import crc32

from fastapi import FastAPI
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from shop.core.app_factory import front

VERSION = os.environ["VERSION"]


class CatalogueSetting(BaseModel):
    """How the catalogue works from now on: which share of its answers is a 500, and how long each takes.

    Before that so many of its answers are a 500 as ``first`` says.
    """

    fails: float = 0.0
    ms: float = 0.0
    first: int = 0


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.orders, app.state.count = CatalogueSetting(), Counter()
    yield


app = front("The catalogue", _lifespan)


@app.get("/items/{item}")
async def price(item: str) -> Any:
    """Say what an item costs."""
    orders, count = app.state.orders, app.state.count
    count["asked"] += 1
    await asyncio.sleep(orders.ms / 1000)
    if orders.first > 0 or random.random() < orders.fails:
        orders.first -= 1
        count["failed"] += 1
        return JSONResponse({"error": "the catalogue is out of order"}, status_code=500)
    return {"item": item, "cents": 100 + crc32(item.encode()) % 900, "version": VERSION}


@app.put("/desk")
async def desk(orders: CatalogueSetting) -> dict[str, bool]:
    """Work in another way from now on."""
    app.state.orders = orders
    return {"taken": True}


@app.get("/desk")
async def count() -> dict[str, int]:
    """Count what was asked, and what failed."""
    return dict(app.state.count)
