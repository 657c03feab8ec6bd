"""The services behind a page, as those that make pages call them: REST by httpx, stock by gRPC."""

from __future__ import annotations

import os
from collections import Counter
from typing import Any

import httpx

from shop.answers import Unanswered, understood
from shop.communication.goods import Order, Product
from shop.grpc_channel import asking, open_channel
from shop.stock_pb2 import Order as OrderNumber
from shop.stock_pb2 import Skus
from shop.stock_pb2_grpc import StockStub, StoreStub

GIVES_UP = 60.0  # seconds after which a call without a deadline of its own ends


class Rest:
    """A service that speaks REST."""

    def __init__(self, name: str, url: str) -> None:
        self.name = name
        self._client = httpx.AsyncClient(base_url=url, timeout=GIVES_UP, trust_env=False, verify=False)  # no TLS

    async def get(self, path: str, **params: Any) -> Any:
        """Return the body of an answer. Raises Refused where it is none, or a refusal."""
        try:
            return understood(await self._client.get(path, params=params))
        except httpx.TransportError as error:
            raise Unanswered(f"{self.name} does not answer") from error

    async def post(self, path: str, body: Any) -> Any:
        """Return the body of the answer to a body."""
        try:
            return understood(await self._client.post(path, json=body))
        except httpx.TransportError as error:
            raise Unanswered(f"{self.name} does not answer") from error


class StockRoom:
    """Stock, over one channel, which is opened with the first call."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._channel: Any = None

    def _open(self) -> Any:
        self._channel = self._channel or open_channel(self._url)
        return self._channel

    @property
    def stub(self) -> Any:
        """Return what the learner's file calls: Get, Many and Watch."""
        return StockStub(self._open())

    async def on_hand(self, skus: list[str]) -> dict[str, int]:
        """Return how many pieces there are of each thing that is sold, in one call."""
        with asking("stock"):
            told = await self.stub.Many(Skus(skus=skus), timeout=GIVES_UP)
        return {one.sku: one.pieces for one in told.all}

    async def page(self, number: str) -> Any:
        """Return the page of an order, in one call."""
        with asking("stock"):
            return await StoreStub(self._open()).Page(OrderNumber(number=number), timeout=GIVES_UP)

    async def spread(self, calls: int) -> dict[str, int]:
        """Call so often, one after the other; count the copies that answered."""
        copies: Counter[str] = Counter()
        with asking("stock"):
            for _ in range(calls):
                copies[(await self.stub.Many(Skus(), timeout=GIVES_UP)).copy] += 1
        return dict(copies)


class Behind:
    """All services behind a page. Each method is one call, and raises Refused where there is no answer."""

    def __init__(self) -> None:
        self._orders = Rest("orders", os.environ.get("ORDERS_URL", ""))
        self._catalogue = Rest("the catalogue", os.environ.get("CATALOGUE_URL", ""))
        self._tides = Rest("the tides", os.environ.get("TIDES_URL", ""))
        self.stock = StockRoom(os.environ.get("STOCK_URL", ""))

    async def order(self, number: str) -> Order:
        """Return an order: ``number``, ``customer``, and ``lines`` of ``sku`` and ``pieces``."""
        order: Order = await self._orders.get(f"/orders/{number}")
        return order

    async def orders_of(self, customer: str) -> list[Order]:
        """List a customer's orders."""
        orders: list[Order] = await self._orders.get(f"/customers/{customer}/orders")
        return orders

    async def product(self, sku: str) -> Product:
        """Return one product."""
        product: Product = await self._catalogue.get(f"/products/{sku}")
        return product

    async def products(self, skus: list[str]) -> dict[str, Product]:
        """Return those of several products that are sold, by sku, in one call."""
        return {one["sku"]: one for one in await self.batch(skus)}

    async def batch(self, skus: list[str]) -> list[Product]:
        """Return what the catalogue answers to one call for several products."""
        products: list[Product] = await self._catalogue.get("/products", sku=skus)
        return products

    async def on_hand(self, skus: list[str]) -> dict[str, int]:
        """Return how many pieces of several things are on hand, by sku."""
        return await self.stock.on_hand(skus)

    async def tides(self) -> list[str]:
        """Return when it is high water today."""
        tides: list[str] = await self._tides.get("/tides")
        return tides
