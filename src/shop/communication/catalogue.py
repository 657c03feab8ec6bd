"""The catalogue: all that is known of each product, over REST.

FILES names the learner's file ``batch`` where that answers a call for several products.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

from fastapi import FastAPI, Query, Request

from shop.communication import goods
from shop.core.app_factory import front
from shop.refusals import NotFound

answer = importlib.import_module("batch").answer if "batch" in os.environ["FILES"].split() else goods.several


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.products = goods.products()
    yield


app = front("The catalogue", _lifespan)


@app.get("/products")
async def several(request: Request, sku: Annotated[list[str], Query()]) -> Any:
    """Return several products: ``/products?sku=oakum&sku=shackle``."""
    return answer(request.app.state.products, sku)


@app.get("/products/{sku}")
async def one(request: Request, sku: str) -> goods.Product:
    """Return one product."""
    products: dict[str, goods.Product] = request.app.state.products
    if sku not in products:
        raise NotFound(f"{sku} is not sold here")
    return products[sku]


@app.put("/products/{sku}")
async def write(request: Request, sku: str, body: dict[str, Any]) -> goods.Product:
    """Sell a product from now on, or change what is known of it."""
    product = {"sku": sku, "name": sku, "price_cents": 0, "goes_with": [], **body}
    request.app.state.products[sku] = product
    return product


@app.delete("/products/{sku}")
async def withdraw(request: Request, sku: str) -> dict[str, bool]:
    """Sell a product no more."""
    return {"sold": request.app.state.products.pop(sku, None) is not None}
