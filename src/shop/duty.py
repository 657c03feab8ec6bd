"""A worker's front door: it has health and readiness like any service, and its work runs beside them until it ends."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI

from shop import database, streams
from shop.front import front
from shop.harbour import Harbour
from shop.log import own_traceback

log = logging.getLogger("shop.duty")
ACK_WAIT = float(os.environ.get("ACK_WAIT", "10"))  # seconds until an unacknowledged message comes again


@dataclass(frozen=True)
class Tools:
    """What a worker works with: the orders' database, JetStream, and the harbour."""

    pool: Any
    js: Any
    harbour: Harbour


def worker(title: str, work: Callable[[Tools], Awaitable[None]]) -> FastAPI:
    """Make an app that works for as long as it is served. ``app.state.tools`` are for its other doors."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as opened:
            app.state.tools = tools = await _tools(opened)
            app.state.pool = tools.pool
            task = asyncio.create_task(work(tools))
            task.add_done_callback(_end)
            yield
            task.cancel()

    return front(title, lifespan)


async def _tools(opened: AsyncExitStack) -> Tools:
    pool = await opened.enter_async_context(database.opened(os.environ["DATABASE_URL"]))
    js = await opened.enter_async_context(streams.opened(os.environ["NATS_URL"]))
    return Tools(pool, js, await opened.enter_async_context(Harbour(os.environ["HARBOUR_URL"])))


def _end(task: asyncio.Task[None]) -> None:
    """End the process with its work: one that only answers /ready would be taken for a worker."""
    if task.cancelled():
        return
    error = task.exception()
    log.error("the work ended\n%s", own_traceback(error) if error else "by itself")
    logging.shutdown()
    os._exit(1)
