"""What is on hand, in memory, with a bell for those who wait for a change."""

from __future__ import annotations

import asyncio

from shop.communication import goods
from shop.core.catalogue import ITEMS


class Shelf:
    """How many pieces there are of each thing that is sold: ``shelf.pieces[sku]``."""

    def __init__(self) -> None:
        self.pieces = {item.sku: goods.pieces(number) for number, item in enumerate(ITEMS)}
        self._bell = asyncio.Event()

    def put(self, sku: str, pieces: int) -> None:
        """Have so many pieces of a thing, and ring the bell."""
        self.pieces[sku] = pieces
        self._bell.set()
        self._bell = asyncio.Event()

    async def other_than(self, sku: str, pieces: int) -> int:
        """Wait until there are not so many pieces of a thing; return how many there are then."""
        while self.pieces[sku] == pieces:
            await self._bell.wait()
        return self.pieces[sku]
