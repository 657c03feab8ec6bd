"""SIGTERM: the platform wants this copy to stop. The wires learn of it later than the copy, and send customers."""

import asyncio

LAG = 1.0  # seconds: more than the wires need to learn of it
GLANCE = 0.05  # seconds between two looks at `copy.in_flight`


async def leave(copy):
    """Stop gracefully. The process exits when this returns; a customer who still waits for an answer gets none.

    /ready answers `copy.ready`; `copy.in_flight` counts requests under way; `copy.close()` stops new connections.
    """
    copy.ready = False
    await asyncio.sleep(LAG)
    copy.close()
    while copy.in_flight:
        await asyncio.sleep(GLANCE)
