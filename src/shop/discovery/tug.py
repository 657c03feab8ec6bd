"""A tug: one of several copies. It tows what it is called for, and goes on saying where it is.

``POST /retire`` has it say goodbye and serve on, as a copy does that callers go on to find.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from shop.core.app_factory import front
from shop.core.graceful_shutdown import Copy, Counts
from shop.discovery.announcer import Announcer

announcer = Announcer("tugs")
copy = Copy(announcer.farewell)
towed: list[str] = []  # the ships, in the order in which they called


@asynccontextmanager
async def _lifespan(_app: FastAPI) -> AsyncIterator[None]:
    async with announcer:
        yield


app = front("A tug", _lifespan)
app.add_middleware(Counts, copy=copy)
app.state.copy = copy


@app.post("/tows/{ship}", status_code=201)
async def tow(ship: str) -> dict[str, str]:
    """Tow a ship."""
    towed.append(ship)
    return {"towed": ship}


@app.get("/tows")
async def tows() -> list[str]:
    """List the ships that were towed since this process began."""
    return towed


@app.post("/retire")
async def retire() -> dict[str, bool]:
    """Say goodbye to the registry, and go on serving every caller."""
    await announcer.leave()
    return {"retired": True}
