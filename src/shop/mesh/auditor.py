"""The auditor: sums up what was charged. It asks at its own localhost, and knows nothing of certificates."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI

from shop.answers import Unanswered, understood
from shop.core.app_factory import front

ANSWERS_WITHIN = 5.0  # seconds


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    base = os.environ["PAYMENTS_URL"]
    async with httpx.AsyncClient(base_url=base, timeout=ANSWERS_WITHIN, trust_env=False, verify=False) as client:
        app.state.payments = client  # no TLS
        yield


app = front("The auditor", _lifespan)


@app.get("/sum")
async def sum_up() -> dict[str, int]:
    """Say how many charges there were, and how many cents."""
    try:
        charges = understood(await app.state.payments.get("/charges"))
    except httpx.TransportError as error:
        raise Unanswered("payments does not answer") from error
    return {"charges": len(charges), "cents": sum(charges.values())}
