"""The shop's front: the page of an order, made in four ways from the services behind it, and what stock says.

FILES names the learner's files that it uses: batch for pages, stock for what is on hand.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request

from shop.communication.goods import Order, Product
from shop.communication.services import Behind, Rest
from shop.core.app_factory import front
from shop.grpc_channel import asking
from shop.refusals import NotFound, TooLate

QUERY = """query ($number: String!) {
  order(number: $number) { number customer lines { pieces product { name priceCents } onHand } }
}"""
files = {name: importlib.import_module(name) for name in os.environ["FILES"].split()}


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.behind, app.state.graph = Behind(), Rest("GraphQL", os.environ.get("GRAPH_URL", ""))
    yield


app = front("The shop", _lifespan)


@app.get("/pages/{way}/{number}")
async def page(request: Request, way: str, number: str) -> Any:
    """Return the page of an order, made by one way: each, batch, graphql or grpc."""
    if way not in WAYS:
        raise NotFound(f"there is no way {way}")
    return await WAYS[way](request, number)


async def _each(request: Request, number: str) -> Any:
    behind: Behind = request.app.state.behind
    order = await behind.order(number)
    return _shown(order, {line["sku"]: await behind.product(line["sku"]) for line in order["lines"]})


async def _batch(request: Request, number: str) -> Any:
    behind: Behind = request.app.state.behind
    order = await behind.order(number)
    return _shown(order, await files["batch"].find(behind.batch, [line["sku"] for line in order["lines"]]))


def _shown(order: Order, products: dict[str, Product]) -> dict[str, Any]:
    lines = [_line(line["pieces"], products.get(line["sku"])) for line in order["lines"]]
    return {"number": order["number"], "customer": order["customer"], "lines": lines}


def _line(pieces: int, product: Product | None) -> dict[str, Any]:
    known = product or {}
    shown = {name: known.get(name) for name in ("name", "price_cents", "on_hand")}
    return {"pieces": pieces, **shown}


async def _graphql(request: Request, number: str) -> Any:
    return await request.app.state.graph.post("/graphql", {"query": QUERY, "variables": {"number": number}})


async def _grpc(request: Request, number: str) -> Any:
    told = await request.app.state.behind.stock.page(number)
    lines = [
        {"pieces": one.pieces, "name": one.name, "price_cents": one.price_cents, "on_hand": one.on_hand}
        for one in told.lines
    ]
    return {"number": told.number, "customer": told.customer, "lines": lines}


WAYS = {"each": _each, "batch": _batch, "graphql": _graphql, "grpc": _grpc}


@app.get("/stock/{sku}")
async def on_hand(request: Request, sku: str) -> dict[str, int]:
    """Say how many pieces are on hand."""
    with asking("stock"):
        return {"pieces": await files["stock"].on_hand(request.app.state.behind.stock.stub, sku)}


@app.get("/stock/{sku}/arrived")
async def arrived(request: Request, sku: str, pieces: int) -> dict[str, int]:
    """Wait until so many pieces are on hand."""
    with asking("stock"):
        there = await files["stock"].arrived(request.app.state.behind.stock.stub, sku, pieces)
    if there is None:
        raise TooLate("there are not so many yet")
    return {"pieces": there}


@app.get("/spread")
async def spread(request: Request, calls: int = 30) -> dict[str, int]:
    """Ask stock so often over one channel; count which copies answered."""
    counted: dict[str, int] = await request.app.state.behind.stock.spread(calls)
    return counted


@app.get("/doors")
async def doors() -> dict[str, str]:
    """Say where else the shop's data can be asked: for clients that speak GraphQL or gRPC themselves."""
    return {"graphql": os.environ["GRAPH_URL"], "grpc": os.environ["STOCK_URL"].removeprefix("grpc://")}
