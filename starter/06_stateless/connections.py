"""Connections: how many to PostgreSQL a copy of the shop keeps. PostgreSQL has so many, and not one more."""

import asyncpg

CONNECTIONS = 10  # served well while there were one, two and three copies


def pool(url):
    """Return this copy's pool, an async context manager; it opens connections when requests ask for them."""
    # TODO 6.4: however many copies there are, all of them together stay within what PostgreSQL grants the shop.
    return asyncpg.create_pool(url, min_size=1, max_size=CONNECTIONS)
