"""Payments: what a customer was charged for an order. ``charge``, ``charged`` and ``receipt`` are for the others."""

from __future__ import annotations

import uuid
from typing import Any

import asyncpg


async def charge(db: asyncpg.Connection, order_id: uuid.UUID, amount_cents: int, *, key: str | None = None) -> None:
    """Charge a customer for an order, in the transaction that ``db`` is in. Raises ValueError unless above zero.

    The same key again charges nothing; without a key every call is a charge.
    """
    if amount_cents <= 0:
        raise ValueError(f"a charge must be above zero, not {amount_cents} cents")
    await _insert(db, order_id, amount_cents, key)


async def charged(db: asyncpg.Connection, order_id: uuid.UUID) -> int:
    """Return the cents that were charged for an order."""
    cents: int = await db.fetchval(
        "SELECT coalesce(sum(amount_cents), 0)::int FROM payments.charges WHERE order_id = $1", order_id
    )
    return cents


async def receipt(db: asyncpg.Connection, order_id: uuid.UUID) -> dict[str, Any]:
    """Write a receipt for an order."""
    return {"order_id": str(order_id), "charged_cents": await charged(db, order_id)}


async def _insert(db: asyncpg.Connection, order_id: uuid.UUID, amount_cents: int, key: str | None = None) -> None:
    await db.execute(
        "INSERT INTO payments.charges (key, order_id, amount_cents) VALUES ($1, $2, $3) ON CONFLICT (key) DO NOTHING",
        key or str(uuid.uuid4()),
        order_id,
        amount_cents,
    )
