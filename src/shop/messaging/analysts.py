"""Analysts: all orders as a table of DuckDB, read from the stream whenever somebody asks for it.

``analytics`` is the learner's own file: how the stream gets into the table.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

import analytics  # type: ignore[import-not-found]
import duckdb
from fastapi import FastAPI, Request

from shop import streams
from shop.core.app_factory import front

TOTALS = "SELECT count(*), coalesce(sum(total_cents), 0)::BIGINT FROM sales"


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with streams.opened(os.environ["NATS_URL"]) as app.state.js:
        with duckdb.connect(os.environ["SALES_FILE"]) as app.state.sales:
            yield


app = front("The chandlery's analysts", _lifespan)


@app.post("/replay")
async def replay(request: Request, since: datetime) -> dict[str, int]:
    """Read the orders since a moment into the table, and say what is in it then."""
    await analytics.replay(request.app.state.js, since, request.app.state.sales)
    return await sales(request)


@app.get("/sales")
async def sales(request: Request) -> dict[str, int]:
    """Say how many orders are in the table, and what they add up to."""
    db = request.app.state.sales
    if not db.execute("SELECT 1 FROM information_schema.tables WHERE table_name = 'sales'").fetchone():
        return {"orders": 0, "total_cents": 0}
    orders, total = db.execute(TOTALS).fetchone()
    return {"orders": orders, "total_cents": total}
