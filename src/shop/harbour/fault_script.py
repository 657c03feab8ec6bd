"""What the harbour's offices are told to do with calls that come: be slow, fail, lose an answer, keep a call waiting.

A call that is held waits until it is released: one held ``before`` is then sent away with nothing done, one held
``after`` has been acted on. So a check stops the world exactly between a deed and its answer.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from shop.refusals import Refused

Point = Literal["before", "after"]


class Closed(Refused):
    """Send a call away: nothing was done, or it was done and the answer says otherwise."""

    def __init__(self, words: str, status: int = 503) -> None:
        super().__init__(words)
        self.status = status


class Orders(BaseModel):
    """How an office is to work from now on; calls are counted from 1, from when it is told."""

    ms: Annotated[float, Field(ge=0)] = 0.0  # that each answer takes
    spread: Annotated[float, Field(ge=0, le=1)] = 0.0  # of that, by which one may be quicker or slower than another
    fail: frozenset[int] = frozenset()  # calls that are sent away with nothing done
    lose: frozenset[int] = frozenset()  # calls that are acted on, and answered as if they had failed
    status: Annotated[int, Field(ge=500, le=599)] = 503  # of the answers to both
    hold: dict[int, Point] = {}
    repaired: bool = False


@dataclass(frozen=True)
class Held:
    """A call that waits, and what releases it."""

    office: str
    order_id: str
    point: Point
    released: asyncio.Event = field(default_factory=asyncio.Event)


class Desks:
    """The offices' orders and calls of one harbour."""

    def __init__(self) -> None:
        self.orders: defaultdict[str, Orders] = defaultdict(Orders)
        self.calls: defaultdict[str, int] = defaultdict(int)
        self.waiting: list[Held] = []

    def tell(self, office: str, orders: Orders) -> None:
        """Give an office its orders."""
        self.orders[office], self.calls[office] = orders, 0

    def came(self, office: str) -> int:
        """Count a call, and return its number."""
        self.calls[office] += 1
        return self.calls[office]

    async def hold(self, office: str, number: int, point: Point, order_id: str) -> None:
        """Keep a call waiting where the orders say so. Raises Closed for one held before its deed."""
        if self.orders[office].hold.get(number) != point:
            return
        held = Held(office, order_id, point)
        self.waiting.append(held)
        await held.released.wait()
        if point == "before":
            raise Closed("the office was closed meanwhile")

    def release(self) -> int:
        """Let all that wait go on; return how many."""
        for held in self.waiting:
            held.released.set()
        count, self.waiting = len(self.waiting), []
        return count
