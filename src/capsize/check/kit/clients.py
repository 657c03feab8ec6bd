"""Clients of a running stack, from outside of it. What the shell of whoever runs the check sets for them is ignored."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from capsize.session.running import RunningStack

ANSWERED_WITHIN = 20.0  # seconds that a service has, on a busy machine too


@asynccontextmanager
async def database(stack: RunningStack, service: str = "db") -> AsyncIterator[Any]:
    """Open a published PostgreSQL of a stack: an ``asyncpg.Connection``, closed with the block."""
    import asyncpg

    db = await asyncpg.connect(stack.dsn(service), ssl=False)
    try:
        yield db
    finally:
        await db.close()


def browser(stack: RunningStack, service: str, *, timeout: float = ANSWERED_WITHIN) -> httpx.AsyncClient:
    """Return a client of a service's published port, which has ``timeout`` seconds for each answer."""
    return httpx.AsyncClient(base_url=stack.url(service), timeout=timeout, trust_env=False, verify=False)  # no TLS
