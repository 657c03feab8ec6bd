"""Connections: how many each copy of the shop keeps to PostgreSQL, which has a limit for all of them together."""

import asyncpg

CONNECTIONS = 10  # enough for one, two and three copies


def pool(url):
    """Return this copy's pool, an async context manager; it opens connections when requests ask for them."""
    # TODO 6.4: however many copies there are, all together use no more connections than the shop may have.
    return asyncpg.create_pool(url, min_size=1, max_size=CONNECTIONS)
