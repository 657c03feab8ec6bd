"""The backend of those who show a page and have little of everything: the phone, and the harbour's display.

FILES names the learner's files: ``phone`` makes the phone's page, ``own.display`` that of the display.
"""

from __future__ import annotations

import asyncio
import importlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request

from shop.communication.goods import Order
from shop.communication.services import Behind
from shop.core.app_factory import front
from shop.refusals import NotFound, TooLate

ORDER_SECONDS = 1.0  # without its order there is no page, so the order may take longer than a part
files = {name: importlib.import_module(name) for name in os.environ["FILES"].split()}


class Ask(Behind):
    """What a page may ask: an order, which it cannot do without, and parts, of which it shows little."""

    async def order(self, number: str) -> Order:
        """Return an order. Raises TooLate after some seconds."""
        try:
            async with asyncio.timeout(ORDER_SECONDS):
                return await super().order(number)
        except TimeoutError as error:
            raise TooLate("orders do not answer") from error

    async def products(self, skus: list[str]) -> dict[str, dict[str, Any]]:
        """Return name and price of several products, by sku."""
        found = await super().products(skus)
        return {sku: {name: one[name] for name in ("name", "price_cents")} for sku, one in found.items()}


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.ask = ask = Ask()
    app.state.display = files["own.display"].Display(ask) if "own.display" in files else None
    yield


app = front("The phone's backend", _lifespan)


@app.get("/home/{number}")
async def home(request: Request, number: str) -> Any:
    """Return the phone's page of an order."""
    return await files["phone"].page(request.app.state.ask, number)


@app.get("/display")
async def display(request: Request) -> Any:
    """Return the page of the harbour's display."""
    if request.app.state.display is None:
        raise NotFound("there is no display here")
    return await request.app.state.display.page()
