"""Refund: how a customer gets back what was paid for an order, or a part of it."""

from uuid import uuid4

from shop.refusals import TooMuch

PAID = "SELECT paid_cents FROM refunds.orders WHERE id = $1"
GIVEN = "SELECT coalesce(sum(cents), 0) FROM refunds.refunds WHERE order_id = $1"


async def refund(pool, bank, key, order, cents):
    """Give ``cents`` of an order back. Raises TooMuch if more would be given back than was paid for the order.

    ``key`` is the customer's for this refund. ``await bank.give_back(order, cents, key=...)`` moves the money, and
    raises Unanswered if nobody knows whether it did. ``pool`` is of asyncpg, with the table
    ``refunds.refunds`` (key, order_id, cents, is_done).
    """
    async with pool.acquire() as db:
        if await db.fetchval(GIVEN, order) + cents > await db.fetchval(PAID, order):
            raise TooMuch(f"less is left of order {order}")
        await bank.give_back(order, cents, key=str(uuid4()))
        await db.execute("INSERT INTO refunds.refunds VALUES ($1, $2, $3, true)", key, order, cents)
