"""What is done again and again beside something else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager


@asynccontextmanager
async def meanwhile(*works: Callable[[], Awaitable[object]]) -> AsyncIterator[None]:
    """Do each of these again and again for a block, and end what is under way with it.

    A work that fails ends, and fails the block when it is over. A work may end before its task is cancelled, and take
    no notice (``asyncio.wait_for`` of Python 3.11 does), so it is asked, too, whether it is over.
    """
    is_over = asyncio.Event()

    async def keep_doing(work: Callable[[], Awaitable[object]]) -> None:
        while not is_over.is_set():
            await work()

    doing = [asyncio.create_task(keep_doing(work)) for work in works]
    try:
        yield
    finally:
        is_over.set()
        for one in doing:
            one.cancel()
        ends = await asyncio.gather(*doing, return_exceptions=True)
    for end in ends:
        if isinstance(end, Exception):
            raise end
