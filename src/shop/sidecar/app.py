"""The shop's stall in a pod. It sells; what else it takes to run it, others in its pod do.

It writes its log into a folder, reads the bank's key in a file, and calls the bank at an address of its own network.
Who collects the log, fetches the key and gets through to the bank is not its business.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import NAMESPACE_OID, UUID, uuid4, uuid5

import httpx
from fastapi import FastAPI, Header, Request
from pydantic import BaseModel

from shop import order_book
from shop.answers import Unanswered, understood
from shop.core import database
from shop.core import orders_api as selling
from shop.core.app_factory import front
from shop.core.orders_api import Customer
from shop.core.request_models import Cart
from shop.sidecar.rotating_log import Logbook

ANSWERS_WITHIN = 10.0  # seconds that the other end has to answer
KEY_FILE = Path(os.environ["KEY_FILE"])
WAYS = {"none": "HARBOUR_URL", "yours": "AMBASSADOR_URL", "envoy": "ENVOY_URL"}  # by which the bank can be reached


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.log = Logbook(Path(os.environ["LOG_FOLDER"]), int(os.environ["LOG_BYTES"]))
    app.state.ways = {way: _client(os.environ[variable]) for way, variable in WAYS.items()}
    async with database.opened(os.environ["DATABASE_URL"]) as app.state.pool, _client(os.environ["BANK_URL"]) as bank:
        app.state.bank = bank
        yield
    for client in app.state.ways.values():
        await client.aclose()


def _client(url: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=url, timeout=ANSWERS_WITHIN, trust_env=False, verify=False)  # no TLS


app = front("The stall", _lifespan)
app.include_router(selling.router)


class Gift(BaseModel):
    """What somebody gives to the seamen's fund. The bank judges the sum."""

    cents: int


@app.post("/orders", status_code=201)
async def place(request: Request, customer: Customer, cart: Cart, idempotency_key: Annotated[str, Header()]) -> Any:
    """Place an order, and charge it at the bank: the same key again charges nothing more."""
    state, order_id = request.app.state, uuid5(NAMESPACE_OID, f"{customer} {idempotency_key}")
    order = await selling.write_down(state.pool, order_id, customer, idempotency_key, cart.lines)
    await _bank(request, "bank", order_id, order["total_cents"], {"Idempotency-Key": str(order_id)})
    paid = await order_book.mark_paid(state.pool, order)
    state.log.write("order", id=str(order_id), cents=order["total_cents"])
    return paid


@app.post("/gifts", status_code=201)
async def give(request: Request, customer: Customer, gift: Gift) -> dict[str, str]:
    """Give to the seamen's fund: an old form of the bank's, on which there is no place for a key of the customer's."""
    number = uuid4()
    await _bank(request, "fund", number, gift.cents, {})
    request.app.state.log.write("gift", cents=gift.cents)
    return {"id": str(number)}


@app.get("/rates")
async def rates(request: Request, by: Literal["none", "yours", "envoy"]) -> Any:
    """Ask the bank what a guinea is worth, through no ambassador, the learner's or Envoy."""
    return await _asked(request.app.state.ways[by].get("/rates"))


async def _bank(request: Request, office: str, number: UUID, cents: int, headers: dict[str, str]) -> None:
    errand = {"order_id": str(number), "cents": cents, "note": ""}
    await _asked(request.app.state.bank.post(f"/offices/{office}", json=errand, headers={**headers, **_key()}))


def _key() -> dict[str, str]:
    """Read the key of the moment; without a file the bank is asked without one."""
    try:
        return {"Authorization": f"Bearer {KEY_FILE.read_text(encoding='utf-8')}"}
    except FileNotFoundError:
        return {}


async def _asked(waiting: Any) -> Any:
    try:
        return understood(await waiting)
    except httpx.TransportError as error:
        raise Unanswered("the bank does not answer") from error
