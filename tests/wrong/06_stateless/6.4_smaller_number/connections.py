"""Connections: how many each copy of the shop keeps to PostgreSQL, which has a limit for all of them together."""

import asyncpg

CONNECTIONS = 3  # four copies take 12, and 28 are granted


def pool(url):
    """Return this copy's pool, an async context manager; it opens connections when requests ask for them."""
    return asyncpg.create_pool(url, min_size=1, max_size=CONNECTIONS)
