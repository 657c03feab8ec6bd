"""The worker: it takes placed orders from the queue, and asks the bank to charge each of them."""

import json

from shop import order_book
from shop.refusals import Refused


async def work(messages, harbour, db):
    """Take one message after the other, for ever. A message without an ack comes again after ACK_WAIT seconds."""
    async for message in messages:
        order = json.loads(message.data)
        try:
            # the key belongs to the order: a worker that charges it again sends the same key
            await harbour.charge(order, key=order["id"])
        except Refused:
            continue  # the bank is closed, and the message comes again
        await order_book.mark_paid(db, order)
        await message.ack()  # last of all: if this worker dies earlier, another one gets the message
