"""Settling: the order is written down and its goods are reserved. Only the payment is missing."""

import time

import calls

from shop import order_book
from shop.answers import Unanswered

_next = {}  # by order: when it is tried again, and how long to wait after that


async def pay(db, order):
    """Pay for an order, and return it: paid, or still pending."""
    try:
        await calls.charge(order["id"], order["total_cents"])
    except Unanswered:
        return order
    return await order_book.mark_paid(db, order)


async def settle(db):
    """Settle all pending orders (`order_book.pending(db)`). The service calls this four times a second."""
    now = time.monotonic()
    for order in await order_book.pending(db):
        due, pause = _next.get(order["id"], (now, 1.0))
        if now < due:
            continue
        try:
            await calls.charge(order["id"], order["total_cents"])
        except Unanswered:
            _next[order["id"]] = time.monotonic() + pause, pause * 2
            continue
        await order_book.mark_paid(db, order)
        _next.pop(order["id"], None)
