"""Bring a database into the form that the shop needs: ``python migrate.py``, or with the URL of another database."""

import asyncio
import sys

import settings
from store import Store

TABLES = (
    "CREATE TABLE IF NOT EXISTS carts (customer TEXT, sku TEXT, count INTEGER, PRIMARY KEY (customer, sku))",
    "CREATE TABLE IF NOT EXISTS orders (id TEXT PRIMARY KEY, customer TEXT, items TEXT)",
)


async def main(url):
    store = Store(url)
    for table in TABLES:
        await store.ask(table)
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1] if sys.argv[1:] else settings.DATABASE_URL))
