"""Liveness: would a restart help? The platform asks, and what gets no for an answer is killed and started again."""

import asyncio


async def is_alive(copy):
    """Answer the platform. This is asked on the event loop, as everything here is: a stuck loop says nothing."""
    # TODO 8.1: say no only where a restart would help.
    try:
        async with asyncio.timeout(1):
            return await copy.database.fetchval("SELECT true")
    except Exception:
        return False
