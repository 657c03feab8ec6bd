"""Telemetry: it keeps the spans that sidecars report, for as long as it runs."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Any

from fastapi import FastAPI, Request, Response

from shop.core.app_factory import front
from shop.mesh.otlp import spans

KEPT = 20_000


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.spans = deque(maxlen=KEPT)
    yield


app = front("Telemetry", _lifespan)


@app.post("/v1/traces")
async def take(request: Request) -> Response:
    """Take in spans, as OpenTelemetry sends them."""
    app.state.spans.extend(spans(await request.body()))
    return Response(media_type="application/x-protobuf")


@app.get("/traces/{trace}")
async def trace(trace: str) -> list[dict[str, Any]]:
    """List the spans of a trace, by their beginnings."""
    return [asdict(one) for one in sorted(app.state.spans, key=lambda one: one.start) if one.trace == trace]
