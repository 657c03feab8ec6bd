"""Settling: the order is written down and its goods are reserved. Only the payment is missing."""

import calls

from shop import order_book
from shop.answers import Unanswered


async def pay(db, order):
    """Pay for an order, and return it: paid, or still pending."""
    try:
        await calls.charge(order["id"], order["total_cents"])
    except Unanswered:
        return order
    return await order_book.mark_paid(db, order)


async def settle(db):
    """Settle all pending orders (`order_book.pending(db)`). The service calls this four times a second."""
    for order in await order_book.pending(db):
        await pay(db, order)
