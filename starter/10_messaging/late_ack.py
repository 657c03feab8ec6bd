"""The same worker, but it acknowledges late: a message is done when the bank has charged, and not before."""

import json

from shop import order_book


async def work(messages, harbour, db):
    """Take one message after the other, for ever. A message without an ack comes again after ACK_WAIT seconds."""
    async for message in messages:
        order = json.loads(message.data)
        await harbour.charge(order)
        await message.ack()
        await order_book.mark_paid(db, order)
