"""Waiting until something is so, on the caller's own loop: what is to bring it about goes on meanwhile."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

GLANCE = 0.02  # seconds between two looks


async def came_true(holds: Callable[[], object], within: float) -> bool:
    """Wait until a condition holds, ``within`` so many seconds; return whether it came to that."""
    deadline = time.monotonic() + within
    while not (met := bool(holds())) and time.monotonic() < deadline:
        await asyncio.sleep(GLANCE)
    return met
