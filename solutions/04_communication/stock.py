"""Stock over gRPC: the service itself, and how a page asks it. The messages are in src/shop/stock.proto."""

import os

from grpc import StatusCode

from shop.stock_pb2 import Pieces, Shelf, Sku
from shop.stock_pb2_grpc import StockServicer

PATIENCE = float(os.environ.get("PATIENCE", "2"))  # seconds that a customer waits for a page
COPY = os.environ.get("HOSTNAME", "")


class Stock(StockServicer):
    """The service. ``shelf.pieces[sku]`` is on hand; ``await shelf.other_than(sku, 5)`` when it is not 5 any more."""

    def __init__(self, shelf):
        self.shelf = shelf

    async def Many(self, request, context):
        """Say how many there are of several things, in one answer. What is not sold here is left out."""
        pieces = self.shelf.pieces
        return Shelf(all=[Pieces(sku=sku, pieces=pieces[sku]) for sku in request.skus if sku in pieces], copy=COPY)

    async def Get(self, request, context):
        """Say how many there are of one thing."""
        if request.sku not in self.shelf.pieces:
            await context.abort(StatusCode.NOT_FOUND, f"{request.sku} is not sold here")
        return Pieces(sku=request.sku, pieces=self.shelf.pieces[request.sku])

    async def Watch(self, request, context):
        """Say how many there are, and say it again whenever that changes, for as long as somebody listens."""
        told = await self.Get(request, context)
        while True:
            yield told
            pieces = await self.shelf.other_than(request.sku, told.pieces)
            told = Pieces(sku=request.sku, pieces=pieces)


async def on_hand(stub, sku):
    """Return how many pieces of a thing are on hand."""
    return (await stub.Get(Sku(sku=sku), timeout=PATIENCE)).pieces


async def arrived(stub, sku, pieces):
    """Wait until there are so many pieces of a thing at least; return how many there are, or None."""
    watch = stub.Watch(Sku(sku=sku), timeout=PATIENCE)
    async for told in watch:
        if told.pieces >= pieces:
            watch.cancel()
            return told.pieces
    return None
