"""Waiting until something is so, on the caller's own loop: what is to bring it about goes on meanwhile."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Callable
from typing import Any

LOOK_EVERY = 0.02  # seconds between two looks


async def came_true(holds: Callable[[], object], within: float) -> Any:
    """Wait until a condition holds, ``within`` so many seconds; return what it gave last.

    The condition is a function, or a coroutine function.
    """
    deadline = time.monotonic() + within
    while not (met := await asked(holds)) and time.monotonic() < deadline:
        await asyncio.sleep(LOOK_EVERY)
    return met


async def asked(holds: Callable[[], object]) -> object:
    """Return what a condition gives, which may be a coroutine function."""
    met = holds()
    return await met if inspect.isawaitable(met) else met
