"""Stock, over gRPC: the learner's service, and the store's own doors beside it.

``python -m shop.serve_grpc shop.communication.stock:add_to`` serves it.
"""

from __future__ import annotations

import os
from typing import Any

import grpc
import grpc.aio
import stock as learners  # type: ignore[import-not-found]

from shop import stock_pb2_grpc
from shop.communication import goods
from shop.communication.shelf import Shelf
from shop.stock_pb2 import Order, OrderPage, PageLine, Pieces
from shop.stock_pb2 import Shelf as Told


class StoreRoom(stock_pb2_grpc.StoreServicer):
    """Answers a whole page of an order in one message, and lets the store put pieces on the shelf."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf, self.orders, self.products = shelf, goods.orders(), goods.products()

    async def Page(self, request: Order, context: Any) -> OrderPage:  # noqa: N802 - the name in stock.proto
        """Return what the page of an order shows, and nothing else."""
        order = self.orders.get(request.number)
        if order is None:
            await context.abort(grpc.StatusCode.NOT_FOUND, f"there is no order {request.number}")
            raise AssertionError  # abort has raised
        lines = [self._line(line) for line in order["lines"]]
        return OrderPage(number=order["number"], customer=order["customer"], lines=lines)

    def _line(self, line: dict[str, Any]) -> PageLine:
        product = self.products[line["sku"]]
        on_hand = self.shelf.pieces[line["sku"]]
        shown = {"name": product["name"], "price_cents": product["price_cents"]}
        return PageLine(**shown, pieces=line["pieces"], on_hand=on_hand)

    async def Put(self, request: Pieces, context: Any) -> Told:  # noqa: N802 - the name in stock.proto
        """Have so many pieces of a thing from now on."""
        self.shelf.put(request.sku, request.pieces)
        return Told(all=[request], copy=os.environ.get("HOSTNAME", ""))


def add_to(server: grpc.aio.Server) -> None:
    """Put stock and its store on a server."""
    shelf = Shelf()
    stock_pb2_grpc.add_StockServicer_to_server(learners.Stock(shelf), server)
    stock_pb2_grpc.add_StoreServicer_to_server(StoreRoom(shelf), server)
