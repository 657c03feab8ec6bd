"""A kiosk: it shows the shelf as it was when it started, from memory. $LOADS_FOR says how many seconds loading takes.

It serves nobody before it has loaded; $DATABASE_URL is where a customer's order would go.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Any

import asyncpg
from fastapi import FastAPI
from fastapi.responses import JSONResponse

from shop.core.catalogue import ITEMS
from shop.core.error_middleware import Apologises
from shop.health import bundles

ANSWERS_WITHIN = 0.5  # seconds that the database has to answer


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    await asyncio.sleep(float(os.environ.get("LOADS_FOR", "0")))  # a slow disk; the loop waits for it as for any other
    yield


app = FastAPI(title="A kiosk", lifespan=_lifespan, docs_url=None, redoc_url=None)
app.add_middleware(Apologises)


@app.get("/items")
async def items() -> list[dict[str, Any]]:
    """List what was on the shelf."""
    return [asdict(item) for item in ITEMS]


@app.get("/stocktake")
async def stocktake() -> dict[str, int]:
    """Count all pieces that were on the shelf."""
    return {"pieces": sum(item.stock for item in ITEMS)}


@app.get("/healthz")
async def healthz() -> dict[str, bool]:
    """Answer; whoever can answer is alive."""
    return {"alive": True}


@app.get("/ready")
async def ready() -> JSONResponse:
    """Say whether the database, without which nobody can order, answers."""
    try:
        async with asyncio.timeout(ANSWERS_WITHIN):
            db = await asyncpg.connect(os.environ["DATABASE_URL"])
            await db.close()
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return JSONResponse({"ready": False}, status_code=503)
    return JSONResponse({"ready": True})


@app.get("/bundles/{name}")
async def bundle(name: str) -> dict[str, int]:
    """Say what a bundle costs."""
    return {"price_cents": bundles.price_cents(name)}
