"""The ambassador's door: what the app asks of it, it asks of the outside. ``ambassador`` is the learner's own file."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import ambassador  # type: ignore[import-not-found]
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from shop.core.app_factory import front
from shop.outside import Call

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
KEPT = ("content-type", "retry-after")


@asynccontextmanager
async def _lifespan(_app: FastAPI) -> AsyncIterator[None]:
    yield


app = front("The ambassador", _lifespan)


@app.api_route("/{path:path}", methods=METHODS)
async def carry(request: Request) -> Response:
    """Carry a call out, and its answer in; 503 where there is none."""
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    answer = await ambassador.carry(Call(request.method, path, request.headers, await request.body()))
    if answer is None:
        return JSONResponse({"error": "the ambassador has no answer for you"}, status_code=503)
    headers = {name: value for name, value in answer.headers.items() if name in KEPT}
    return Response(answer.content, answer.status_code, headers)
