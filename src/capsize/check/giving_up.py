"""When a check gives up: sooner on a machine of its own, where nothing but the learner's files can keep it waiting."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable
from typing import TYPE_CHECKING

from capsize.check.kit.machine_load import Neighbours

if TYPE_CHECKING:
    import anyio

SHARE = 1 / 3  # of its time that a check needs on a machine of its own, at most: a slow one, for a right answer
LEAST = 30.0  # seconds that it has in any case


class TimeOver(TimeoutError):  # noqa: N818 - it says of a check that it is over, and of nobody that they failed
    """The time of a check is over."""


async def within(seconds: float, test: Awaitable[object], neighbours: Neighbours) -> None:
    """Await a test. Raise TimeOver when its time is over: all of it, or its share where no neighbour is busy."""
    import anyio

    began = time.monotonic()
    with anyio.move_on_after(seconds) as scope:
        watching = asyncio.create_task(_end_early(scope, min(seconds, max(LEAST, seconds * SHARE)), neighbours))
        try:
            await test
        finally:
            watching.cancel()
    if scope.cancelled_caught:
        raise TimeOver(f"the check was not at its end after {time.monotonic() - began:.3g} s")


async def _end_early(scope: anyio.CancelScope, seconds: float, neighbours: Neighbours) -> None:
    await asyncio.sleep(seconds)
    if not neighbours.too_many(neighbours.cores()):
        scope.cancel()
