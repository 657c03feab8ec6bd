"""Connections: how many to PostgreSQL a copy of the shop keeps. PostgreSQL has so many, and not one more."""

import os

import asyncpg

BUDGET = int(os.environ["DB_CONNECTIONS"])  # that PostgreSQL grants to all copies together


def pool(url):
    """Return this copy's pool, an async context manager; it opens connections when requests ask for them."""
    return asyncpg.create_pool(url, min_size=1, max_size=BUDGET)
