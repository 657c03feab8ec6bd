"""Liveness: would a restart help? The platform asks, and what gets no for an answer is killed and started again."""

import asyncio


async def is_alive(copy):
    """Answer the platform. This runs on the event loop, like everything here: a loop that hangs cannot answer."""
    for _ in range(2):
        try:
            return await copy.database.fetchval("SELECT true")
        except Exception:
            await asyncio.sleep(0.1)
    return False
