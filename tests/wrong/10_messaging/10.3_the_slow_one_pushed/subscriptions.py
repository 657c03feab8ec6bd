"""Subscriptions: who hears of the orders that were placed, and how. The yard is quick, the customs take their time."""

import asyncio
import json

from nats.js.api import ConsumerConfig


async def subscribe(js, harbour, ack_wait):
    """Have the yard pack and the customs clear every order, for ever; what fails, or dies with us, comes again."""

    async def pack(message):
        await harbour.pack(json.loads(message.data))
        await message.ack()

    async def clear(message):
        await harbour.clear(json.loads(message.data))
        await message.ack()

    for name, act in (("yard", pack), ("customs", clear)):
        config = ConsumerConfig(ack_wait=ack_wait)
        await js.subscribe("orders.placed", durable=name, cb=act, manual_ack=True, config=config)
    await asyncio.Event().wait()
