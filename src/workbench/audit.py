"""The audit that holds in every lab, after every fault: orders, charges and stock agree to the cent and to the piece.

It reads the tables of each module through that module's own connection, so that it works before and after the
databases are cut apart. Run it when no order is under way: several connections see no common moment.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import asyncpg

SHOWN = 5  # pieces of evidence per finding


@dataclass(frozen=True)
class Finding:
    """A rule that does not hold, how often, and the first few cases."""

    rule: str
    count: int
    evidence: tuple[str, ...]

    def __str__(self) -> str:
        cases = "; ".join(self.evidence)
        return f"{self.rule}: {self.count} {'case' if self.count == 1 else 'cases'} ({cases})"


@dataclass(frozen=True)
class Books:
    """What the modules have written down."""

    orders: Mapping[str, tuple[str, int]]  # id -> status, total in cents
    charges: Mapping[str, list[int]]  # order id -> amounts in cents
    sold: Mapping[str, int]  # sku -> pieces
    stock: Mapping[str, tuple[int, int]]  # sku -> on hand, received


async def audit(
    orders: asyncpg.Connection,
    payments: asyncpg.Connection | None = None,
    inventory: asyncpg.Connection | None = None,
    *,
    acknowledged: Mapping[str, int] | None = None,
) -> list[Finding]:
    """Return what is wrong, or nothing. ``acknowledged`` maps order ids to the totals that customers were told.

    A module without a connection of its own shares that of the orders.
    """
    return compare(await read(orders, payments or orders, inventory or orders), acknowledged or {})


def compare(books: Books, acknowledged: Mapping[str, int]) -> list[Finding]:
    """Hold what the modules wrote down against the rules."""
    rules = (
        ("every acknowledged order can be read back", _lost(books, acknowledged)),
        ("every paid order has exactly one charge of exactly its total", _mischarged(books)),
        ("no charge lacks an order", _ownerless(books)),
        ("stock on hand + sold = received, and never below zero", _miscounted(books)),
    )
    found = ((rule, tuple(cases)) for rule, cases in rules)
    return [Finding(rule, len(cases), cases[:SHOWN]) for rule, cases in found if cases]


async def audit_at(
    orders: str,
    payments: str | None = None,
    inventory: str | None = None,
    *,
    acknowledged: Mapping[str, int] | None = None,
) -> list[Finding]:
    """Audit a shop by the addresses of its databases; a module without one of its own shares that of the orders."""
    async with AsyncExitStack() as opened:
        databases = []
        for address in (orders, payments or orders, inventory or orders):
            databases.append(await asyncpg.connect(address, ssl=False))
            opened.push_async_callback(databases[-1].close)
        return await audit(*databases, acknowledged=acknowledged)


async def read(orders: asyncpg.Connection, payments: asyncpg.Connection, inventory: asyncpg.Connection) -> Books:
    """Read the books of the three modules."""
    charges: defaultdict[str, list[int]] = defaultdict(list)
    for row in await payments.fetch("SELECT order_id::text, amount_cents FROM payments.charges"):
        charges[row["order_id"]].append(row["amount_cents"])
    sold = await orders.fetch(
        "SELECT sku, sum(quantity)::int AS pieces FROM orders.lines JOIN orders.orders ON id = order_id"
        " WHERE status <> 'cancelled' GROUP BY sku"
    )
    return Books(
        orders=_pairs(await orders.fetch("SELECT id::text, status, total_cents FROM orders.orders")),
        charges=charges,
        sold=dict(sold),
        stock=_pairs(await inventory.fetch("SELECT sku, on_hand, received FROM inventory.items ORDER BY sku")),
    )


def _pairs(rows: Iterable[Any]) -> dict[str, tuple[Any, Any]]:
    return {key: (first, second) for key, first, second in rows}


def _lost(books: Books, acknowledged: Mapping[str, int]) -> Iterator[str]:
    for order, told in acknowledged.items():
        status, total = books.orders.get(order, ("missing", told))
        if status in ("missing", "cancelled"):
            yield f"order {order} was acknowledged and is {status}"
        elif total != told:
            yield f"order {order} was acknowledged at {told} cents and stands at {total}"


def _mischarged(books: Books) -> Iterator[str]:
    for order, (status, total) in books.orders.items():
        charges = books.charges.get(order, [])
        if status == "paid" and charges != [total]:
            yield f"order {order} of {total} cents was charged {charges or 'nothing'}"


def _ownerless(books: Books) -> Iterator[str]:
    for order, charges in books.charges.items():
        if order not in books.orders:
            yield f"{sum(charges)} cents were charged for order {order}, which is not there"


def _miscounted(books: Books) -> Iterator[str]:
    for sku, (on_hand, received) in books.stock.items():
        sold = books.sold.get(sku, 0)
        if on_hand < 0 or on_hand + sold != received:
            yield f"{sku}: {on_hand} on hand + {sold} sold, of {received} received"
    for sku in books.sold.keys() - books.stock.keys():
        yield f"{sku}: {books.sold[sku]} sold, of an item that is not in stock"
