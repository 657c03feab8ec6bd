"""Settling: the order is written down and its goods are reserved. What is left is the money."""

import os
from uuid import uuid4

import calls

from shop import order_book
from shop.answers import Unanswered, understood


async def pay(db, order):
    """Pay for an order, and return it as it then stands: paid, or still pending."""
    try:
        await calls.charge(order["id"], order["total_cents"])
    except Unanswered:
        return order
    return await order_book.mark_paid(db, order)


async def settle(db):
    """Settle what is pending (`order_book.pending(db)`). The service calls this four times a second."""
    for order in await order_book.pending(db):
        payment = {"order_id": str(order["id"]), "amount_cents": order["total_cents"]}
        understood(await calls.ask("POST", f"{os.environ['PAYMENTS_URL']}/payments", payment, uuid4()))
        await order_book.mark_paid(db, order)
