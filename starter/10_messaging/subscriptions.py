"""Subscriptions: how yard and customs get the orders that were placed. The yard is quick, the customs are slow."""

import json

from nats.js.api import ConsumerConfig

from shop.streams import messages


async def subscribe(js, harbour, ack_wait):
    """Have the yard pack and the customs clear every order, for ever; an order that is not acknowledged comes again."""
    # TODO 10.3: each of the two gets every order at its own pace: push to the yard, and let the customs pull.
    both = await js.pull_subscribe("orders.placed", durable="both", config=ConsumerConfig(ack_wait=ack_wait))
    async for message in messages(both):
        order = json.loads(message.data)
        await harbour.pack(order)
        await harbour.clear(order)
        await message.ack()
