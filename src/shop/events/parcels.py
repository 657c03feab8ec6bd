"""The yard: it hears of orders from its queue, and says what is to be written on a parcel.

``carried`` is the learner's own file: what the yard keeps of an event, and where it gets an answer from.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import carried  # type: ignore[import-not-found]
import httpx
from fastapi import FastAPI, Request

from shop.answers import Unanswered, understood
from shop.core.app_factory import front
from shop.events import mailbox
from shop.messaging.worker_app import done
from shop.refusals import NotFound

SHOP_ANSWERS_WITHIN = 2.0  # seconds


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.kept = {}
    url = os.environ["SHOP_URL"]
    async with httpx.AsyncClient(
        base_url=url, timeout=SHOP_ANSWERS_WITHIN, trust_env=False, verify=False
    ) as app.state.shop:  # no TLS
        with done(_hear(app.state.kept)):
            yield


async def _hear(kept: dict[str, Any]) -> None:
    async for event, delete in mailbox.messages("parcels"):
        carried.heard(kept, event["detail"])
        await delete()


app = front("The chandlery's yard", _lifespan)


@app.get("/parcels")
async def parcels(request: Request) -> list[str]:
    """List the orders that the yard has heard of."""
    return list(request.app.state.kept)


@app.get("/parcels/{number}")
async def parcel(request: Request, number: str) -> dict[str, Any]:
    """Say what is to be written on the parcel of an order that the yard has heard of."""
    state = request.app.state
    if number not in state.kept:
        raise NotFound("the yard has not heard of this order")

    async def ask_shop() -> Any:
        try:
            return understood(await state.shop.get(f"/orders/{number}"))
        except httpx.TransportError as error:
            raise Unanswered("the shop does not answer") from error

    found = await carried.parcel(state.kept[number], ask_shop)
    return {name: found.get(name) for name in ("id", "version", "customer", "address", "item", "pieces")}
