"""One customer who orders again and again: what she gets through in peace, and while something else is asked."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from statistics import mean
from typing import Any

from workbench.customers import Answer, Customers

# She loses little to noise, which is there in peace too. Beside fifteen endless loops on two cores an order took, in
# the best of five rounds, 0.9 to 2.5 times as long beside a process, 6.7 and 11.8 times beside a thread, and 30 times
# and more past a loop that is blocked.
LOST = 6.0  # from here on in every round it is not the machine
SECONDS = 1.5  # of ordering in peace

Other = Callable[[], Awaitable[Answer]]


@dataclass(frozen=True)
class Turns:
    """One customer's orders, one after the other, in peace and beside the other request."""

    peace: list[Answer]
    beside: list[Answer]

    @property
    def slower(self) -> float:
        """How many times as long an order takes beside the other request."""
        return _seconds_each(self.beside) / _seconds_each(self.peace)

    def __str__(self) -> str:
        peace, beside = (1000 * _seconds_each(orders) for orders in (self.peace, self.beside))
        return f"an order every {peace:.0f} ms in peace, every {beside:.0f} ms beside it"


async def take_turns(customers: Customers, cart: Mapping[str, int], other: Other, answers: list[Answer]) -> Turns:
    """Order while the other request is made once, whose answer goes to ``answers``, and then in peace."""
    asked = asyncio.ensure_future(other())
    beside = await _again_until(asked, customers, cart)
    answers.append(await asked)
    pause = asyncio.ensure_future(asyncio.sleep(SECONDS))
    return Turns(await _again_until(pause, customers, cart), beside)


async def _again_until(over: asyncio.Future[Any], customers: Customers, cart: Mapping[str, int]) -> list[Answer]:
    orders = [await customers.order(cart)]
    while not over.done():
        orders.append(await customers.order(cart))
    return orders


def _seconds_each(orders: list[Answer]) -> float:
    return mean(order.seconds for order in orders)
