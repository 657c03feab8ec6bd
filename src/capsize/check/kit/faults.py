"""Faults that last as long as a block."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, ExitStack, asynccontextmanager
from typing import Any


@asynccontextmanager
async def during(*faults: Callable[[], AbstractContextManager[Any]]) -> AsyncIterator[None]:
    """Have faults for a block, ``during(edge.cut)``; the caller's loop goes on while they begin and are healed."""
    with ExitStack() as undo:
        for fault in faults:
            undo.enter_context(await asyncio.to_thread(fault))
        yield
        await asyncio.to_thread(undo.pop_all().close)
