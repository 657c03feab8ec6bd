"""Payments: it charges, each order once, and knows nothing of who may ask it to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import FastAPI, Header
from pydantic import BaseModel

from shop.core.app_factory import front


class MeshCharge(BaseModel):
    """What is charged for an order."""

    order: str
    cents: int


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.charges = {}
    yield


app = front("Payments", _lifespan)


@app.post("/charges", status_code=201)
async def charge(charge: MeshCharge, idempotency_key: Annotated[str, Header()]) -> dict[str, int]:
    """Charge an order; the same key again charges nothing more."""
    app.state.charges.setdefault(idempotency_key, charge)
    return {"cents": charge.cents}


@app.get("/charges")
async def charges() -> dict[str, int]:
    """List what was charged, by order."""
    return {one.order: one.cents for one in app.state.charges.values()}


@app.delete("/charges")
async def forget() -> dict[str, int]:
    """Take everything back. Nobody in the mesh may."""
    app.state.charges.clear()
    return {"left": 0}


@app.get("/rates")
async def rates() -> dict[str, float]:
    """Say what a guinea is worth, in pounds."""
    return {"guinea": 1.05}
