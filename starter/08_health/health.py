"""Liveness: would a restart help? The platform asks each copy, and kills and restarts one that says no."""

import asyncio


async def is_alive(copy):
    """Answer the platform. This runs on the event loop, like everything here: a loop that hangs cannot answer."""
    # TODO 8.1: say no only if a restart would help.
    try:
        async with asyncio.timeout(1):
            return await copy.database.fetchval("SELECT true")
    except Exception:
        return False
