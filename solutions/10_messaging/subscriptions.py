"""Subscriptions: how yard and customs get the orders that were placed. The yard is quick, the customs are slow."""

import json

from nats.js.api import ConsumerConfig

from shop.streams import messages


async def subscribe(js, harbour, ack_wait):
    """Have the yard pack and the customs clear every order, for ever; an order that is not acknowledged comes again."""

    async def pack(message):
        await harbour.pack(json.loads(message.data))
        await message.ack()

    # pushed: the server sends as fast as it can, and orders that are not done wait here, in flight
    yard = ConsumerConfig(ack_wait=ack_wait)
    await js.subscribe("orders.placed", durable="yard", cb=pack, manual_ack=True, config=yard)
    # pulled: the server sends one when we ask for one, and orders that are not done wait there, safely
    customs = await js.pull_subscribe("orders.placed", durable="customs", config=ConsumerConfig(ack_wait=ack_wait))
    async for message in messages(customs):
        await harbour.clear(json.loads(message.data))
        await message.ack()
