"""A worker's front door: it has health and readiness like any service, and its work runs beside them until it ends."""

from __future__ import annotations

import asyncio
import functools
import logging
import os
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI

from shop import streams
from shop.core import database
from shop.core.app_factory import front
from shop.core.logging_setup import own_traceback
from shop.harbour.client import Harbour

log = logging.getLogger("shop.duty")


@dataclass(frozen=True)
class Tools:
    """What a worker works with: the harbour, and JetStream and the orders' database where it is told of them."""

    harbour: Harbour
    js: Any = None
    pool: Any = None


def worker(title: str, work: Callable[[Tools], Coroutine[Any, Any, None]]) -> FastAPI:
    """Make an app that works for as long as it is served. ``app.state.tools`` are for its other doors."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as opened:
            app.state.tools = tools = await _tools(opened)
            with done(work(tools)):
                yield

    return front(title, lifespan)


@contextmanager
def done(work: Coroutine[Any, Any, None], *, may_end: bool = False) -> Iterator[None]:
    """Have work done beside what the block does, and end the process where it fails, or ends and may not."""
    task = asyncio.create_task(work)
    task.add_done_callback(functools.partial(_end, may_end=may_end))
    yield
    task.cancel()


async def _tools(opened: AsyncExitStack) -> Tools:
    harbour = await opened.enter_async_context(Harbour(os.environ["HARBOUR_URL"]))
    nats, url = os.environ.get("NATS_URL"), os.environ.get("DATABASE_URL")
    js = await opened.enter_async_context(streams.opened(nats)) if nats else None
    return Tools(harbour, js, await opened.enter_async_context(database.opened(url)) if url else None)


def _end(task: asyncio.Task[None], may_end: bool) -> None:
    """End the process with its work: one that only answers /ready would be taken for a worker."""
    if task.cancelled():
        return
    error = task.exception()
    if may_end and not error:
        return
    log.error("the work ended\n%s", own_traceback(error) if error else "by itself")
    logging.shutdown()
    os._exit(1)
