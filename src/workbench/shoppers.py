"""Customers with a cart, each with a browser of their own, who remember what they put in and notice what is missing."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Mapping
from types import TracebackType
from typing import Self

from workbench.customers import Answer, Customers

GONE = ("502", "503", "504", "ConnectError", "ReadError", "RemoteProtocolError")  # a copy that is no more
RELOADING = 10.0  # seconds that a customer presses reload


class Shopper(Customers):
    """A customer who fills a cart. ``sure`` was acknowledged; of ``unsure`` nobody said whether it went in."""

    def __init__(self, url: str) -> None:
        super().__init__(url, at_once=60)
        self.sure, self.unsure = Counter[str](), Counter[str]()
        self.rest = 0.0  # the longest time in seconds between two uses of the session, at most
        self._used = time.monotonic()

    async def __aenter__(self) -> Self:
        self._used = time.monotonic()
        await super().__aenter__()
        return self

    async def put(self, sku: str, pieces: int = 1) -> Answer:
        """Put pieces into the cart, and remember what was answered."""
        answer = await self.ask("POST", "/cart", json={"sku": sku, "pieces": pieces})
        if answer.kind == "200":
            self.sure[sku] += pieces
        elif not answer.kind.startswith("4"):
            self.unsure[sku] += pieces
        return self._note(answer)

    async def look(self) -> Answer:
        """Look into the cart."""
        return self._note(await self.read("/cart"))

    def _note(self, answer: Answer) -> Answer:
        now = time.monotonic()
        self.rest, self._used = max(self.rest, now - self._used), now - answer.seconds
        return answer

    async def misses(self) -> str:
        """Look into the cart, again where nobody is there to answer, and say what is wrong with it, if anything is."""
        deadline = time.monotonic() + RELOADING
        while (answer := await self.look()).kind in GONE and time.monotonic() < deadline:
            await asyncio.sleep(0.05)
        if answer.kind != "200":
            return f"{answer.by or 'nobody'} answered {answer.kind} {answer.body}"
        wrong = self.wrong(answer.body)
        return f"{answer.by} shows {answer.body}: {wrong}" if wrong else ""

    def wrong(self, cart: Mapping[str, int]) -> str:
        """Say which items of a cart are fewer or more than they can be."""
        found = [
            f"{cart.get(sku, 0)} of {sku} where {self.sure[sku]} were put in"
            for sku in sorted({*cart, *self.sure})
            if not self.sure[sku] <= cart.get(sku, 0) <= self.sure[sku] + self.unsure[sku]
        ]
        return ", ".join(found)


class Shoppers:
    """So many shoppers at once; they come in together and leave together."""

    def __init__(self, url: str, count: int) -> None:
        self.all = [Shopper(url) for _ in range(count)]

    async def come_in(self) -> Self:
        """Log all of them in."""
        await asyncio.gather(*(shopper.__aenter__() for shopper in self.all))
        return self

    async def leave(self) -> None:
        """Close all their browsers."""
        await asyncio.gather(*(shopper.__aexit__(None, None, None) for shopper in self.all))

    async def __aenter__(self) -> Self:
        return await self.come_in()

    async def __aexit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.leave()

    async def put(self, sku: str) -> list[Answer]:
        """Have each put one piece into their cart, all at once."""
        return list(await asyncio.gather(*(shopper.put(sku) for shopper in self.all)))

    async def lost(self) -> list[str]:
        """Have each look into their cart; return a line for each cart that lacks what was acknowledged."""
        return [words for words in await asyncio.gather(*(shopper.misses() for shopper in self.all)) if words]

    def copies(self) -> Counter[str]:
        """Count who answered, over everything that was asked."""
        return Counter(answer.by for shopper in self.all for answer in shopper.answers if answer.by)
