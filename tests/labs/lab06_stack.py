"""What the checks of lab 06 share: the shop's database from outside, and a machine that is too busy."""

from __future__ import annotations

from contextlib import asynccontextmanager

import asyncpg

from capsize.errors import CapsizeError
from capsize.session.running import RunningStack


@asynccontextmanager
async def database(stack: RunningStack):
    """Open the shop's database from outside."""
    db = await asyncpg.connect(stack.dsn("db"), ssl=False)
    try:
        yield db
    finally:
        await db.close()


def too_busy(*evidence: str) -> CapsizeError:
    return CapsizeError(
        "this machine is too busy with something else to judge this",
        evidence=evidence,
        next="close what else is running, and check again",
    )
