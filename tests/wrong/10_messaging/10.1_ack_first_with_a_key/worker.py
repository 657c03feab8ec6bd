"""The worker: it takes orders that were placed off the queue, and has the bank charge each of them."""

import json

from shop import order_book
from shop.refusals import Refused


async def work(messages, harbour, db):
    """Take one message after the other, for ever. One that nobody acknowledges comes again after ACK_WAIT seconds."""
    async for message in messages:
        order = json.loads(message.data)
        await message.ack()
        try:
            # the key is the order's own: whoever charges it again, after whatever death, says the same key
            await harbour.charge(order, key=order["id"])
        except Refused:
            continue  # the bank is closed, and the message comes again
        await order_book.mark_paid(db, order)
