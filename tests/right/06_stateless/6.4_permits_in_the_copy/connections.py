"""Connections: how many each copy of the shop keeps to PostgreSQL, which has a limit for all of them together."""

import asyncio
import os
from contextlib import asynccontextmanager

import asyncpg

SHARE = max(1, int(os.environ["DB_CONNECTIONS"]) // int(os.environ["MOST_COPIES"]))


class Share:
    """A connection for each request, and so many at once as are this copy's share."""

    def __init__(self, url):
        self.url, self.permits = url, asyncio.Semaphore(SHARE)

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        pass

    @asynccontextmanager
    async def acquire(self):
        """Connect for the time of a request, when it is its turn."""
        async with self.permits:
            db = await asyncpg.connect(self.url)
            try:
                yield db
            finally:
                await db.close()


def pool(url):
    """Return what looks like a pool and keeps nothing."""
    return Share(url)
