"""Connections: how many each copy of the shop keeps to PostgreSQL, which has a limit for all of them together."""

from contextlib import asynccontextmanager

import asyncpg


class Fresh:
    """A connection for each request, and none in between."""

    def __init__(self, url):
        self.url = url

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        pass

    @asynccontextmanager
    async def acquire(self):
        """Connect for the time of a request."""
        db = await asyncpg.connect(self.url)
        try:
            yield db
        finally:
            await db.close()


def pool(url):
    """Return what looks like a pool and keeps nothing."""
    return Fresh(url)
