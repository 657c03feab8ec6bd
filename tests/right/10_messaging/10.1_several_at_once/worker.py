"""The worker: it takes orders that were placed off the queue, and has the bank charge several of them at a time."""

import asyncio
import json

from shop import order_book
from shop.refusals import Refused


async def work(messages, harbour, db):
    """Take message after message, for ever. A message without an ack comes again after ACK_WAIT seconds."""
    room = asyncio.Semaphore(5)

    async def one(message):
        order = json.loads(message.data)
        try:
            await harbour.charge(order, key=f"charge {order['id']}")
            await order_book.mark_paid(db, order)
            await message.ack()
        except Refused:
            await message.nak(delay=0.1)
        finally:
            room.release()

    async with asyncio.TaskGroup() as tasks:
        async for message in messages:
            await room.acquire()
            tasks.create_task(one(message))
