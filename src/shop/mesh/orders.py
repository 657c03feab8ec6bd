"""Orders: asks the catalogue what things cost, and has payments charge it. Where they are, its environment says."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Annotated, Any, Literal
from uuid import uuid4

import httpx
from fastapi import FastAPI, Header
from pydantic import BaseModel

from shop.answers import Unanswered, understood
from shop.core.app_factory import front

ANSWERS_WITHIN = 5.0  # seconds


class WishedItem(BaseModel):
    """So many pieces of an item."""

    item: str
    count: int = 1


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.orders = {}
    async with AsyncExitStack() as opened:
        for name in ("CATALOGUE", "PAYMENTS", "ONE", "NONE"):
            client = httpx.AsyncClient(
                base_url=os.environ[f"{name}_URL"], timeout=ANSWERS_WITHIN, trust_env=False, verify=False
            )  # no TLS
            setattr(app.state, name.lower(), await opened.enter_async_context(client))
        yield


app = front("Orders", _lifespan)


@app.post("/orders", status_code=201)
async def place(wish: WishedItem, idempotency_key: Annotated[str, Header()]) -> Any:
    """Place an order: the same key again is the same order."""
    orders = app.state.orders
    if idempotency_key in orders:
        return orders[idempotency_key]
    price = await _asked(app.state.catalogue.get(f"items/{wish.item}"))
    order = {"id": str(uuid4()), "total_cents": price["cents"] * wish.count, "version": price["version"]}
    charge = {"order": order["id"], "cents": order["total_cents"]}
    await _asked(app.state.payments.post("charges", json=charge, headers={"Idempotency-Key": idempotency_key}))
    orders[idempotency_key] = order
    return order


@app.get("/items/{item}")
async def price(item: str, by: Literal["none", "one", "two"] = "two") -> Any:
    """Ask the catalogue, through no sidecar, through one, or through both."""
    client = {"none": app.state.none, "one": app.state.one, "two": app.state.catalogue}[by]
    return await _asked(client.get(f"items/{item}"))


@app.get("/rates")
async def rates() -> Any:
    """Ask payments for the rate of the guinea."""
    return await _asked(app.state.payments.get("rates"))


async def _asked(waiting: Any) -> Any:
    try:
        return understood(await waiting)
    except httpx.TransportError as error:
        raise Unanswered("there is no answer") from error
