"""The tides: when it is high water today. Nice to have, and nobody's order depends on it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request

from shop.core.app_factory import front


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.tides = ["04:12", "16:37"]
    yield


app = front("The tides", _lifespan)


@app.get("/tides")
async def today(request: Request) -> list[str]:
    """List the times of high water."""
    tides: list[str] = request.app.state.tides
    return tides


@app.put("/tides")
async def write(request: Request, times: list[str]) -> list[str]:
    """Write down other times."""
    request.app.state.tides = times
    return times
