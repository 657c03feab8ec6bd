"""Liveness: would a restart help? The platform asks, and what gets no for an answer is killed and started again."""

import asyncio


async def is_alive(copy):
    """Answer the platform. This is asked on the event loop, as everything here is: a stuck loop says nothing."""
    for _ in range(2):
        try:
            return await copy.database.fetchval("SELECT true")
        except Exception:
            await asyncio.sleep(0.1)
    return False
