"""Replays from one moment and another, and the totals that are expected of the table each time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import httpx
from lab10_stack import accepted

from capsize.check import Judge
from workbench.customers import Customers
from workbench.labs.messaging_control import Quayside

START = datetime(1970, 1, 1, tzinfo=UTC)
Totals = dict[str, int]


class Replays:
    """Orders placed before and after some moments, and the analysts' table."""

    def __init__(self, judge: Judge, quay: Quayside, door: httpx.AsyncClient) -> None:
        self.judge, self.quay, self.door = judge, quay, door

    async def place(self, customers: Customers, count: int) -> set[str]:
        """Place orders of all sizes."""
        carts = [{"shackle": 1 + number, "oakum": 2} for number in range(count)]
        return {order["id"] for order in await accepted(self.judge, customers, carts)}

    async def source(self, orders: Iterable[str] | None = None) -> Totals:
        """Add up what the shop's own database says, of some orders or of all."""
        row = await self.quay.books.fetchrow(
            "SELECT count(*) AS orders, coalesce(sum(total_cents), 0)::bigint AS total_cents FROM orders.orders"
            " WHERE $1::uuid[] IS NULL OR id = ANY($1::uuid[])",
            None if orders is None else list(orders),
        )
        return dict(row)

    async def judge_replay(self, since: datetime, expected: Totals, words: str) -> None:
        """Replay from a moment, and judge the totals."""
        answer = await self.door.post("/replay", params={"since": since.isoformat()})
        self.judge.claim(answer.is_success, "the replay succeeds (200)", answer.status_code, evidence=answer)
        got: Any = answer.json()
        evidence = f"the shop's database: {_said(expected)}"
        self.judge.claim(got == expected, words, lambda: _said(got), evidence=evidence, look="async def replay")


def _said(totals: Totals) -> str:
    return f"{totals['orders']} orders, {totals['total_cents'] / 100:.2f} in all"
