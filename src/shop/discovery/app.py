"""The shop's front: it keeps no orders, but finds a copy of those who do, by the way that the path begins with.

``/registry/orders`` is ``/orders`` at a copy that the registry knows; ``/dns/orders`` at one that DNS names, and so on.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request, Response

from shop.copies import MISSES, RoutedCall
from shop.core.app_factory import front
from shop.discovery import ways
from shop.refusals import NotFound

METHODS = ["GET", "POST"]
KEPT = ("content-type",)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with ways.opened() as app.state.ways:
        yield


app = front("The chandlery", _lifespan)
app.router.redirect_slashes = False  # /orders is no way, and no /orders/ either


@app.get("/misses")
async def misses() -> list[dict[str, Any]]:
    """List the tries that failed: by which way, at which copy, when (by this machine's monotonic clock)."""
    return [vars(miss) for miss in MISSES]


@app.get("/names/{name}")
async def names(name: str, caller: int = 0) -> list[str]:
    """Say where a name leads. Each ``caller`` stands for a machine that has a resolver, and a memory, of its own."""
    found: list[str] = await ways.resolver_of(caller).resolve(name)
    return found


@app.api_route("/{way}/{path:path}", methods=METHODS)
async def carry(request: Request, way: str, path: str) -> Response:
    """Carry a call to a copy of orders, and its answer back; ``X-Served-By`` says which copy it was."""
    ways_open = request.app.state.ways
    if way not in ways_open:
        raise NotFound(f"there is no way {way!r}: {', '.join(ways_open)}")
    target = f"/{path}?{request.url.query}" if request.url.query else f"/{path}"
    call = RoutedCall(way, request.method, target, request.headers, await request.body())
    answer = await ways_open[way](call)
    headers = {name: value for name, value in answer.headers.items() if name in KEPT}
    headers["X-Served-By"] = answer.headers.get("x-copy", "")
    return Response(answer.content, answer.status_code, headers)
