"""Subscriptions: who hears of the orders that were placed, and how. The yard is quick, the customs take their time."""

import asyncio
import json

from nats.js.api import ConsumerConfig

from shop.streams import messages


async def subscribe(js, harbour, ack_wait):
    """Have the yard pack and the customs clear every order, for ever; what fails, or dies with us, comes again."""

    async def hear(act):
        config = ConsumerConfig(ack_wait=ack_wait)
        async for message in messages(await js.pull_subscribe("orders.placed", durable="hearers", config=config)):
            await act(json.loads(message.data))
            await message.ack()

    await asyncio.gather(hear(harbour.pack), hear(harbour.clear))
