"""A worker that prints labels, and leaves like any other copy. ``own/worker.py`` is the learner's own file."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from fastapi import FastAPI
from own import worker  # type: ignore[import-not-found]

from shop.core.app_factory import front
from shop.core.graceful_shutdown import Copy
from shop.core.logging_setup import own_traceback
from shop.health.label_jobs import SCHEMA, Jobs

log = logging.getLogger("shop.labels")


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=1, max_size=2) as pool:
        await pool.execute(SCHEMA)
        jobs = Jobs(pool, os.environ.get("HOSTNAME", ""))
        app.state.leaving = asyncio.Event()
        app.state.working = asyncio.create_task(worker.work(jobs, jobs.print_label, app.state.leaving))
        app.state.working.add_done_callback(_tell)
        yield
        app.state.working.cancel()


async def _leave(_copy: Copy) -> None:
    """Tell the worker, and wait until it has ended by itself."""
    app.state.leaving.set()
    await asyncio.wait({app.state.working})


def _tell(work: asyncio.Task[None]) -> None:
    """End the process with its work, unless it is leaving: one that only answers /ready would be taken for a worker."""
    if work.cancelled():
        return
    if error := work.exception():
        log.error("the work ended\n%s", own_traceback(error))
    if error or not app.state.leaving.is_set():
        logging.shutdown()
        os._exit(1)


app = front("Labels", _lifespan)
app.state.copy = Copy(_leave)
