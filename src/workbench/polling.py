"""How long one waits for a shop on a busy machine, and waiting itself. For checks and notebooks, never a service."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

PATIENCE = 30.0  # seconds that a busy machine may take


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = PATIENCE) -> bool:
    """Await a condition; say whether it came true in time."""
    deadline = time.monotonic() + seconds
    while not await condition():
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(0.02)
    return True
