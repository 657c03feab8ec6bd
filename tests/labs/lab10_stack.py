"""What the checks of lab 10 share: what runs beside the worker that is judged, and orders that nobody waits for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from capsize.check import Judge
from workbench.customers import Customers, tally, unusual

GIVEN = ("shop", "db", "nats", "harbour", "harbour-db")
DECIDED_WITHIN = 15.0  # seconds in which a worker does what it is going to do, on a busy machine too


async def accepted(judge: Judge, customers: Customers, carts: Iterable[Mapping[str, int]]) -> list[dict[str, Any]]:
    """Place orders one by one, and return them; the shop has to accept each."""
    answers = [await customers.order_in_passing(cart) for cart in carts]
    is_accepted, odd = tally(answers).keys() == {"202"}, unusual(answers, "202")
    judge.claim(is_accepted, "every order is accepted (202)", tally(answers), evidence=odd, look="")
    return [answer.body for answer in answers]


def counted(count: int, one: str, many: str) -> str:
    """Say how many of something there are."""
    return f"{count} {one if count == 1 else many}"
