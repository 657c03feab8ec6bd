"""A PostgreSQL of the shop: a small pool of connections, and the schema of the modules that live in it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib.resources import files

import asyncpg

from shop.core import users
from shop.core.catalogue import ITEMS, past_weeks

# Ten connections serve ten transactions at once; the eleventh customer waits in line, which costs less than it seems:
# an order needs its connection for milliseconds, and PostgreSQL gets slower, not faster, with more backends than cores.
# A copy of the shop more takes ten more of the hundred connections that PostgreSQL allows.
CONNECTIONS = 10
MIGRATION = 1_000_001  # the number of the advisory lock under which one copy at a time brings the schema along
MODULES = ("users", "inventory", "orders", "payments")


@asynccontextmanager
async def opened(url: str, modules: Sequence[str] = MODULES) -> AsyncIterator[asyncpg.Pool]:
    """Open the pool, bring schema and first stock along, and close it afterwards. Raises where the database is away.

    ``modules`` are those whose tables live in this database.
    """
    async with asyncpg.create_pool(url, min_size=1, max_size=CONNECTIONS) as pool:
        async with pool.acquire() as db:
            await migrate(db, modules)
        yield pool


async def migrate(db: asyncpg.Connection, modules: Sequence[str] = MODULES) -> None:
    """Create what is missing; safe with several copies starting at once, and with a database that has it all."""
    async with db.transaction():
        await db.execute("SELECT pg_advisory_xact_lock($1)", MIGRATION)
        for module in modules:
            if await db.fetchval("SELECT to_regnamespace($1)", module) is None:
                await _bring_along(db, module)
            # else it came as a whole; to create it once more would lock tables that customers are using


async def _bring_along(db: asyncpg.Connection, module: str) -> None:
    await db.execute(section(module))
    if module == "inventory":
        await _stock_up(db)
    elif module == "orders":
        await _remember(db)
    elif module == "users":
        await users.enrol(db)


def section(module: str) -> str:
    """Return a module's part of the schema."""
    parts = files("shop.core").joinpath("schema.sql").read_text(encoding="utf-8").split("\n\n")
    return next(part for part in parts if f"CREATE SCHEMA IF NOT EXISTS {module};" in part)


async def _stock_up(db: asyncpg.Connection) -> None:
    await db.executemany(
        "INSERT INTO inventory.items (sku, name, price_cents, on_hand, received) VALUES ($1, $2, $3, $4, $4)"
        " ON CONFLICT DO NOTHING",
        [(item.sku, item.name, item.price_cents, item.stock) for item in ITEMS],
    )


async def _remember(db: asyncpg.Connection) -> None:
    await db.executemany(
        "INSERT INTO orders.past_weeks (sku, sold_by_week) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        [(item.sku, past_weeks(position)) for position, item in enumerate(ITEMS)],
    )
