"""The harbour ferry's bookings, a small process of their own over one database: a seat in each of two rows, or none.

``own/ferry.py`` is the learner's own file, found in the code folder.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

import asyncpg
from fastapi import FastAPI
from own import ferry  # type: ignore[import-not-found]
from pydantic import BaseModel, Field

from shop.core.app_factory import Database, front
from shop.core.database import CONNECTIONS

# "rows" is a word of SQL's own, so the table is called seats: one line for each row of them
SCHEMA = """
CREATE SCHEMA IF NOT EXISTS ferry;
CREATE TABLE IF NOT EXISTS ferry.seats (row_name text PRIMARY KEY, free integer NOT NULL);
CREATE TABLE IF NOT EXISTS ferry.bookings (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer text NOT NULL, row_names text[] NOT NULL
);
"""


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=1, max_size=CONNECTIONS) as app.state.pool:
        async with app.state.pool.acquire() as db:
            await db.execute(SCHEMA)
        yield


app = front("The ferry", _lifespan)


class Booking(BaseModel):
    """Who travels, and in which two rows; both may be the same."""

    customer: str
    rows: Annotated[list[str], Field(min_length=2, max_length=2)]


@app.post("/bookings", status_code=201)
async def book(db: Database, booking: Booking) -> dict[str, Any]:
    """Book two seats."""
    return {"id": await ferry.book(db, booking.customer, booking.rows)}
