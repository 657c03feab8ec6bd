"""What every front door of the shop has: health and readiness, refusals in words, one connection for each request."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Annotated

import asyncpg
from fastapi import Depends, FastAPI, Request
from fastapi.responses import JSONResponse

from shop.core.error_middleware import Apologises
from shop.refusals import Refused

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def front(title: str, lifespan: Lifespan) -> FastAPI:
    """Make an app. Its ``lifespan`` opens what the doors need, and ``app.state.pool`` before all."""
    app = FastAPI(title=title, lifespan=lifespan, docs_url=None, redoc_url=None)
    app.add_middleware(Apologises)
    app.get("/healthz")(_healthz)
    app.get("/ready")(_ready)
    app.exception_handler(Refused)(_refuse)
    app.exception_handler(NotImplementedError)(_unsolved)
    return app


async def _connection(request: Request) -> AsyncIterator[asyncpg.Connection]:
    async with request.app.state.pool.acquire() as db:
        yield db


Database = Annotated[asyncpg.Connection, Depends(_connection)]


async def _healthz() -> dict[str, bool]:
    """Answer; whoever can answer is alive."""
    return {"ok": True}


async def _ready() -> dict[str, bool]:
    """Answer; the front door opens only when the database has its schema."""
    return {"ready": True}


async def _refuse(_request: Request, reason: Exception) -> JSONResponse:
    return JSONResponse({"error": str(reason)}, status_code=getattr(reason, "status", Refused.status))


async def _unsolved(_request: Request, reason: Exception) -> JSONResponse:
    return JSONResponse({"error": f"exercise {reason} is yours to write"}, status_code=501)
