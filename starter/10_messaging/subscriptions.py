"""Subscriptions: who hears of the orders that were placed, and how. The yard is quick, the customs take their time."""

import json

from nats.js.api import ConsumerConfig

from shop.streams import messages


async def subscribe(js, harbour, ack_wait):
    """Have the yard pack and the customs clear every order, for ever; what fails, or dies with us, comes again."""
    # TODO 10.3: each of the two hears of every order at its own pace: the yard is pushed to, the customs pull.
    both = await js.pull_subscribe("orders.placed", durable="both", config=ConsumerConfig(ack_wait=ack_wait))
    async for message in messages(both):
        order = json.loads(message.data)
        await harbour.pack(order)
        await harbour.clear(order)
        await message.ack()
