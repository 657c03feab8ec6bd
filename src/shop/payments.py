"""Payments: what a customer was charged for an order. ``charge`` and ``charged`` are for the other modules."""

from __future__ import annotations

import uuid

import asyncpg


async def charge(db: asyncpg.Connection, order_id: uuid.UUID, amount_cents: int) -> None:
    """Charge a customer for an order, in the transaction that ``db`` is in. Raises ValueError unless above zero."""
    if amount_cents <= 0:
        raise ValueError(f"a charge must be above zero, not {amount_cents} cents")
    await _insert(db, order_id, amount_cents)


async def charged(db: asyncpg.Connection, order_id: uuid.UUID) -> int:
    """Return the cents that were charged for an order."""
    cents: int = await db.fetchval(
        "SELECT coalesce(sum(amount_cents), 0)::int FROM payments.charges WHERE order_id = $1", order_id
    )
    return cents


async def _insert(db: asyncpg.Connection, order_id: uuid.UUID, amount_cents: int) -> None:
    await db.execute("INSERT INTO payments.charges (order_id, amount_cents) VALUES ($1, $2)", order_id, amount_cents)
