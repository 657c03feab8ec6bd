"""Refund: how a customer gets back what was paid for an order, or a part of it."""

from shop.refusals import TooMuch

PAID = "SELECT paid_cents FROM refunds.orders WHERE id = $1 FOR UPDATE"
GIVEN = "SELECT coalesce(sum(cents), 0) FROM refunds.refunds WHERE order_id = $1"
PROMISE = "INSERT INTO refunds.refunds VALUES ($1, $2, $3) ON CONFLICT (key) DO NOTHING"


async def refund(pool, bank, key, order, cents):
    """Give ``cents`` of an order back. Raises TooMuch if more would be given back than was paid for the order.

    ``key`` is the customer's for this refund. ``await bank.give_back(order, cents, key=...)`` moves the money, and
    raises Unanswered if nobody knows whether it did. ``pool`` is of asyncpg, with the table
    ``refunds.refunds`` (key, order_id, cents, is_done).
    """
    async with pool.acquire() as db, db.transaction():
        paid = await db.fetchval(PAID, order)  # one refund of an order at a time
        await db.execute(PROMISE, key, order, cents)  # first: it counts from now on, whatever becomes of the call
        if await db.fetchval(GIVEN, order) > paid:
            raise TooMuch(f"less is left of order {order}")
    await bank.give_back(order, cents, key=key)  # with no connection in hand: the bank may take its time
    await pool.execute("UPDATE refunds.refunds SET is_done = true WHERE key = $1", key)
