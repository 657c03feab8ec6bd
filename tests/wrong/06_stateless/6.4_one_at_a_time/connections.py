"""Connections: how many each copy of the shop keeps to PostgreSQL, which has a limit for all of them together."""

from contextlib import asynccontextmanager

import asyncpg

TURN = 2_000_002  # the number of the lock under which one request of all copies goes ahead


class InTurn:
    """A pool of one connection, which its copy uses when it is its turn."""

    def __init__(self, url):
        self.pool = asyncpg.create_pool(url, min_size=1, max_size=1)

    async def __aenter__(self):
        await self.pool
        return self

    async def __aexit__(self, *_):
        await self.pool.close()

    @asynccontextmanager
    async def acquire(self):
        """Acquire the connection, and wait for our turn."""
        async with self.pool.acquire() as db:
            await db.execute("SELECT pg_advisory_lock($1)", TURN)
            try:
                yield db
            finally:
                await db.execute("SELECT pg_advisory_unlock($1)", TURN)


def pool(url):
    """Return this copy's pool, an async context manager; it opens connections when requests ask for them."""
    return InTurn(url)
