"""The schema that every copy of the shop brings along."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest
from running_shop import connected, dsn

from shop.core import database
from shop.core.catalogue import ITEMS
from shop.core.users import EMAILS

pytestmark = pytest.mark.anyio


async def copies(where: str, count: int) -> None:
    """Start the database side of so many copies of the shop at once."""

    async def one() -> None:
        async with database.opened(where):
            pass

    await asyncio.gather(*(one() for _ in range(count)))


async def test_copies_that_start_together_agree_on_the_schema(stack):
    """Five copies on an empty database make each table, item and customer once."""
    async with connected(dsn(stack)) as db:
        await db.execute("CREATE DATABASE fresh")
    await copies(dsn(stack, "fresh"), 5)
    async with connected(dsn(stack, "fresh")) as db:
        counts = [
            await db.fetchval(f"SELECT count(*) FROM {table}") for table in ("inventory.items", "users.customers")
        ]
    assert counts == [len(ITEMS), len(EMAILS)]


async def test_copy_that_starts_later_changes_nothing(stack, customers):
    """A copy that joins a shop in business leaves its stock alone."""
    await customers.order({"ensign": 5})
    async with connected(dsn(stack)) as db:
        before = await db.fetchval("SELECT on_hand FROM inventory.items WHERE sku = 'ensign'")
        await copies(dsn(stack), 1)
        assert await db.fetchval("SELECT on_hand FROM inventory.items WHERE sku = 'ensign'") == before


async def test_shop_does_not_start_without_its_database():
    """A database that is away is an error at once, and the supervisor's to act on."""
    with pytest.raises((OSError, asyncpg.PostgresError)):
        await copies("postgresql://shop@127.0.0.1:1/shop", 1)
