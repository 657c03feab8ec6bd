"""A kiosk: a small service that answers from what it loaded at its start. $LOADS_FOR says how many seconds that takes.

It serves nobody before it has loaded; $DATABASE_URL is where it looks up a price.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from fastapi import FastAPI
from fastapi.responses import JSONResponse

from shop import bundles
from shop.apologies import Apologises

PATIENCE = 0.5  # seconds that the database has to answer


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    await asyncio.sleep(float(os.environ.get("LOADS_FOR", "0")))  # a slow disk; the loop waits for it as for any other
    yield


app = FastAPI(title="A kiosk", lifespan=_lifespan, docs_url=None, redoc_url=None)
app.add_middleware(Apologises)


@app.get("/")
async def greeting() -> dict[str, str]:
    """Answer a customer."""
    return {"kiosk": os.environ.get("HOSTNAME", "")}


@app.get("/healthz")
async def healthz() -> dict[str, bool]:
    """Answer; whoever can answer is alive."""
    return {"alive": True}


@app.get("/ready")
async def ready() -> JSONResponse:
    """Say whether the database, without which no customer can be served, answers."""
    try:
        async with asyncio.timeout(PATIENCE):
            db = await asyncpg.connect(os.environ["DATABASE_URL"])
            await db.close()
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return JSONResponse({"ready": False}, status_code=503)
    return JSONResponse({"ready": True})


@app.get("/bundles/{name}")
async def bundle(name: str) -> dict[str, int]:
    """Say what a bundle costs."""
    return {"price_cents": bundles.price_cents(name)}
