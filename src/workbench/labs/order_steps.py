"""How orders get on: their steps as the yard tells them, numbered from 1, those of two orders at a time mixed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any
from uuid import UUID

WHAT = ("charged", "packed", "cleared", "shipped", "delivered")


def steps(orders: int, lot: random.Random) -> list[dict[str, Any]]:
    """Draw an even number of orders, and list their steps as they happen."""
    ids = [str(UUID(int=lot.getrandbits(128))) for _ in range(orders)]
    pairs = zip(ids[::2], ids[1::2], strict=True)
    return [step for pair in pairs for step in _mixed(lot.sample(pair * len(WHAT), len(WHAT) * 2))]


def of_one_order(told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """List as many steps, all of one order that is not among them."""
    order = str(UUID(int=sum(UUID(step["order"]).int for step in told) % 2**128))
    return [{"order": order, "number": number, "what": step["what"]} for number, step in enumerate(told, 1)]


def _mixed(turns: list[str]) -> Iterator[dict[str, Any]]:
    for place, order in enumerate(turns):
        number = turns[: place + 1].count(order)
        yield {"order": order, "number": number, "what": WHAT[number - 1]}
