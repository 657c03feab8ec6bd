"""The worker: it takes placed orders from the queue, and asks the bank to charge each of them."""

import json
from uuid import uuid4

from shop import order_book
from shop.refusals import Refused


async def work(messages, harbour, db):
    """Take one message after the other, for ever. A message without an ack comes again after ACK_WAIT seconds."""
    async for message in messages:
        order = json.loads(message.data)
        # TODO 10.1: whenever this process dies, and however often a message comes, each order is charged once.
        await message.ack()
        try:
            await harbour.charge(order, key=str(uuid4()))
        except Refused:
            continue  # the bank is closed
        await order_book.mark_paid(db, order)
