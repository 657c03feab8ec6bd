"""The queue is a bell, acknowledged at once; what counts are the books, and a sweeper looks at them every moment."""

import asyncio
import contextlib

from shop import order_book
from shop.refusals import Refused


class Sweeper:
    def __init__(self, harbour, db):
        self.harbour, self.db, self.bell = harbour, db, asyncio.Event()

    async def sweep(self):
        for order in await order_book.pending(self.db):
            try:
                await self.harbour.charge({**order, "id": str(order["id"])}, key=f"charge {order['id']}")
            except Refused:
                return
            await order_book.mark_paid(self.db, order)

    async def run(self):
        while True:
            await self.sweep()
            self.bell.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.bell.wait(), 0.5)


async def work(messages, harbour, db):
    sweeper = Sweeper(harbour, db)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(sweeper.run())
        async for message in messages:
            await message.ack()
            sweeper.bell.set()
