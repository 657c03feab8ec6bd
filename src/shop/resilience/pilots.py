"""The pilots: each ship that comes in needs one for a while. ``own.capacity`` says how many there are.

The work takes time and no processor, so that a pilot does the same on every machine.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from own import capacity  # type: ignore[import-not-found]

from shop.core.app_factory import front
from shop.refusals import Busy
from shop.resilience.places import Places

PILOTAGE = float(os.environ["PILOTAGE_SECONDS"])


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.line = Places(capacity.PILOTS)
    yield


app = front("The pilots", _lifespan)


@app.post("/ships", status_code=201)
async def bring_in(request: Request) -> dict[str, bool]:
    """Bring a ship in, or turn it away."""
    line: Places = request.app.state.line
    if not line.is_free and line.waiting >= capacity.WAITING:
        raise Busy("too many ships wait already")
    async with line.place():
        await asyncio.sleep(PILOTAGE)
    return {"in": True}
