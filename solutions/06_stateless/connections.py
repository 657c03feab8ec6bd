"""Connections: how many each copy of the shop keeps to PostgreSQL, which has a limit for all of them together."""

import os

import asyncpg

BUDGET = int(os.environ["DB_CONNECTIONS"])  # connections for all copies together
COPIES = int(os.environ["MOST_COPIES"])  # at most


def pool(url):
    """Return this copy's pool, an async context manager; it opens connections when requests ask for them."""
    return asyncpg.create_pool(url, min_size=1, max_size=max(1, BUDGET // COPIES))
