"""Connections: how many each copy of the shop keeps to PostgreSQL, which has a limit for all of them together."""

import asyncio
from contextlib import asynccontextmanager

import asyncpg


class Patient:
    """A pool whose callers ask again where PostgreSQL has no connection left."""

    def __init__(self, url):
        self.pool = asyncpg.create_pool(url, min_size=1, max_size=10)

    async def __aenter__(self):
        await self.pool
        return self

    async def __aexit__(self, *_):
        await self.pool.close()

    @asynccontextmanager
    async def acquire(self):
        """Acquire a connection, however long it takes."""
        while True:
            try:
                db = await self.pool.acquire()
                break
            except asyncpg.TooManyConnectionsError:
                await asyncio.sleep(0.05)
        try:
            yield db
        finally:
            await self.pool.release(db)


def pool(url):
    """Return this copy's pool, an async context manager; it opens connections when requests ask for them."""
    return Patient(url)
