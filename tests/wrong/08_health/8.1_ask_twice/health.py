"""Liveness: would a restart help? The platform asks, and what gets no for an answer is killed and started again."""

import asyncio


async def is_alive(copy):
    """Answer the platform's question. Asked on the event loop, like everything here: a loop that is stuck says nothing."""
    for _ in range(2):
        try:
            return await copy.database.fetchval("SELECT true")
        except Exception:
            await asyncio.sleep(0.1)
    return False
