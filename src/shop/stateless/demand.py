"""Demand: how many pieces of an item two weeks may ask for. Worked out from its past, which takes the database a while.

Each time it is worked out is counted in the database, where every copy of the shop has to come by.
"""

from __future__ import annotations

import asyncpg

from shop.refusals import NotFound

COUNTER = "orders.demand_worked_out"
PERCENTILE = """
    SELECT percentile_disc(0.95) WITHIN GROUP (ORDER BY this + next)
    FROM orders.past_weeks, unnest(sold_by_week) this, unnest(sold_by_week) next, generate_series(1, 5)
    WHERE sku = $1
"""


async def work_out(db: asyncpg.Connection, sku: str) -> int:
    """Return the demand that 95 of 100 pairs of weeks stay within. Raises NotFound."""
    await db.execute(f"SELECT nextval('{COUNTER}')")
    pieces: int | None = await db.fetchval(PERCENTILE, sku)
    if pieces is None:
        raise NotFound(f"we do not sell {sku!r}")
    return pieces


async def times_worked_out(db: asyncpg.Connection) -> int:
    """Return how often it was worked out since the shop opened, by all copies together."""
    times: int = await db.fetchval(f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {COUNTER}")
    return times


async def counted(dsn: str) -> int:
    """Connect for a moment, and return how often it was worked out."""
    db = await asyncpg.connect(dsn, ssl=False)
    try:
        return await times_worked_out(db)
    finally:
        await db.close()
