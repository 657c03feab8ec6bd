"""The counter: what is on the shelf, asked of one database by several copies. It tells the platform how it is.

``health``, ``readiness`` and ``drain`` are the learner's own files, found in the code folder.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import drain  # type: ignore[import-not-found]
import health  # type: ignore[import-not-found]
import readiness  # type: ignore[import-not-found]
from fastapi import FastAPI, HTTPException
from fastapi.responses import JSONResponse

from shop.core import database
from shop.core.error_middleware import Apologises
from shop.core.graceful_shutdown import Copy, Counts
from shop.health import bundles

log = logging.getLogger("shop.counter")
ASKS_EVERY = 0.4  # seconds between two questions to the database
ANSWERS_WITHIN = 1.0  # seconds that an answer may take
AWAY = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)
SHELF = "SELECT sku, price_cents, on_hand FROM inventory.items ORDER BY sku"
COUNTING = float(os.environ.get("COUNTING_SECONDS", "1.5"))  # that a stocktake takes in the database

ready = readiness.Readiness()
copy = Copy(drain.leave)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with database.opened(os.environ["DATABASE_URL"]) as pool:
        app.state.pool = copy.database = pool  # type: ignore[attr-defined]
        app.state.shelf = await _shelf(pool)
        asking = asyncio.create_task(_keep_asking(pool))
        yield
        asking.cancel()


app = FastAPI(title="The counter", lifespan=_lifespan, docs_url=None, redoc_url=None)
app.add_middleware(Apologises)
app.add_middleware(Counts, copy=copy)
app.state.copy = copy


async def _keep_asking(pool: asyncpg.Pool) -> None:
    """Ask the database again and again, and have the learner's file hear each answer."""
    doubtful = 0  # answers to tell of, after one that did not come
    while True:
        answered = await _answers(pool)
        doubtful = max(0, doubtful - 1) if answered else 5
        try:
            ready.heard(answered)
        except Exception:
            log.exception("readiness.py failed")
        if doubtful:
            log.info("ready: %s; the database %s", ready.ready, "answered" if answered else "did not answer")
        await asyncio.sleep(ASKS_EVERY)


async def _answers(pool: asyncpg.Pool) -> bool:
    try:
        async with asyncio.timeout(ANSWERS_WITHIN):
            app.state.shelf = await _shelf(pool)
            return True
    except AWAY:
        return False


async def _shelf(pool: asyncpg.Pool) -> list[dict[str, Any]]:
    return [dict(row) for row in await pool.fetch(SHELF)]


@app.get("/healthz")
async def healthz() -> JSONResponse:
    """Say whether to start this copy again."""
    is_alive = await health.is_alive(copy)
    if not is_alive:
        log.info("is_alive returned %r", is_alive)
    return JSONResponse({"alive": is_alive}, status_code=200 if is_alive else 503)


@app.get("/ready")
async def is_ready() -> JSONResponse:
    """Say whether to send customers here."""
    says = bool(copy.ready and ready.ready)
    return JSONResponse({"ready": says, "leaving": copy.leaving}, status_code=200 if says else 503)


@app.get("/items")
async def items() -> Any:
    """List what is on the shelf; where the learner's file has an answer without the database, wait a second for it."""
    spare = ready.from_memory(app.state.shelf) if hasattr(ready, "from_memory") else None
    try:
        async with asyncio.timeout(None if spare is None else ANSWERS_WITHIN):
            app.state.shelf = await _shelf(app.state.pool)
            return app.state.shelf
    except AWAY:
        if spare is None:
            raise
        return spare


@app.get("/stocktake")
async def stocktake() -> dict[str, int]:
    """Count all pieces on the shelf, which takes the database a while."""
    count = "SELECT sum(on_hand)::int FROM inventory.items, (SELECT pg_sleep($1)) AS counting"
    return {"pieces": await app.state.pool.fetchval(count, COUNTING)}


@app.get("/bundles/{name}")
async def bundle(name: str) -> dict[str, int]:
    """Say what a bundle costs."""
    if name not in bundles.CONTENTS:
        raise HTTPException(404, "we sell no such bundle")
    return {"price_cents": bundles.price_cents(name)}
