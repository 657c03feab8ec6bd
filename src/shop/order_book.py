"""The order book: what was ordered, at which price, and whether it is paid. Orders' own tables and no others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import asyncpg

from shop.refusals import NotFound

Order = dict[str, Any]


async def find(db: asyncpg.Pool, order_id: UUID, customer: int) -> Order | None:
    """Return a customer's order with its lines, or None."""
    order = await db.fetchrow(
        "SELECT id, status, total_cents FROM orders.orders WHERE id = $1 AND customer_id = $2", order_id, customer
    )
    if order is None:
        return None
    lines = await db.fetch("SELECT sku, quantity FROM orders.lines WHERE order_id = $1 ORDER BY sku", order_id)
    return {**order, "lines": dict(lines)}


async def get(db: asyncpg.Pool, order_id: UUID, customer: int) -> Order:
    """Return a customer's order with its lines. Raises NotFound where there is none."""
    order = await find(db, order_id, customer)
    if order is None:
        raise NotFound("you have no such order")
    return order


async def write(
    pool: asyncpg.Pool, order_id: UUID, customer: int, key: str, cart: Mapping[str, int], prices: Mapping[str, int]
) -> None:
    """Write an order down as pending; a twin that was quicker is left as it is."""
    async with pool.acquire() as db, db.transaction():
        await enter(db, order_id, customer, key, cart, prices)


async def enter(
    db: asyncpg.Connection,
    order_id: UUID,
    customer: int,
    key: str,
    cart: Mapping[str, int],
    prices: Mapping[str, int],
) -> bool:
    """Enter an order as pending, in the transaction that ``db`` is in; say whether it was new."""
    total = sum(prices[sku] * quantity for sku, quantity in cart.items())
    written = await db.fetchval(
        "INSERT INTO orders.orders (id, customer_id, key, status, total_cents) VALUES ($1, $2, $3, 'pending', $4)"
        " ON CONFLICT DO NOTHING RETURNING id",
        order_id,
        customer,
        key,
        total,
    )
    if written:
        lines = [(order_id, sku, quantity, prices[sku]) for sku, quantity in cart.items()]
        await db.executemany("INSERT INTO orders.lines VALUES ($1, $2, $3, $4)", lines)
    return written is not None


async def mark_paid(db: asyncpg.Pool, order: Order) -> Order:
    """Write down that an order is paid, and return it so."""
    await db.execute("UPDATE orders.orders SET status = 'paid' WHERE id = $1", order["id"])
    return {**order, "status": "paid"}


async def pending(db: asyncpg.Pool) -> list[Order]:
    """List the orders that are not paid yet, the oldest first."""
    rows = await db.fetch(
        "SELECT id, status, total_cents FROM orders.orders WHERE status = 'pending' ORDER BY placed_at LIMIT 100"
    )
    return [dict(row) for row in rows]
