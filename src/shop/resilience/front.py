"""The shop's front door: it shows what the catalogue has, and has payments charge for an order. It keeps nothing."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any
from uuid import NAMESPACE_OID, uuid4, uuid5

from fastapi import FastAPI, Header, Request

from shop.core.app_factory import front
from shop.core.catalogue import ITEMS
from shop.core.request_models import Cart
from shop.refusals import NotFound
from shop.resilience import guards
from shop.resilience.errands import Donation
from shop.resilience.guards import Dependency

PRICES = {item.sku: item.price_cents for item in ITEMS}


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.payments = Dependency("payments", os.environ["PAYMENTS_URL"])
    app.state.catalogue = Dependency("catalogue", os.environ["CATALOGUE_URL"])
    yield


app = front("The chandlery", _lifespan)


@app.get("/items")
async def items(request: Request) -> Any:
    """Show what is sold; the catalogue knows."""
    return await request.app.state.catalogue.ask("GET", "/items", guards.begin(request.headers))


@app.post("/orders", status_code=201)
async def place(
    request: Request, cart: Cart, idempotency_key: Annotated[str, Header()], x_customer: Annotated[str, Header()] = ""
) -> dict[str, Any]:
    """Place an order: it is paid when this answers 201."""
    if unknown := cart.lines.keys() - PRICES.keys():
        raise NotFound(f"not sold here: {', '.join(sorted(unknown))}")
    order_id = str(uuid5(NAMESPACE_OID, idempotency_key))
    total = sum(PRICES[sku] * pieces for sku, pieces in cart.lines.items())
    payment, end = {"order_id": order_id, "cents": total}, guards.begin(request.headers)
    payments: Dependency = request.app.state.payments
    await payments.ask("POST", "/payments", end, key=order_id, customer=x_customer, body=payment)
    return {"id": order_id, "total_cents": total}


@app.post("/gifts", status_code=201)
async def give(request: Request, gift: Donation) -> dict[str, Any]:
    """Give to the lifeboats. It carries no key: each is a gift of its own."""
    payment = {"order_id": str(uuid4()), "cents": gift.cents, "office": "fund"}
    await request.app.state.payments.ask("POST", "/payments", guards.begin(request.headers), body=payment)
    return {"given_cents": gift.cents}
