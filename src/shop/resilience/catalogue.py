"""The catalogue: what is sold, from memory. It needs nobody, so nothing but its callers can make it slow."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI

from shop.core.app_factory import front
from shop.core.catalogue import ITEMS


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    yield


app = front("The catalogue", _lifespan)


@app.get("/items")
async def items() -> list[dict[str, Any]]:
    """List what is sold."""
    return [{"sku": item.sku, "name": item.name, "price_cents": item.price_cents} for item in ITEMS]
