"""Subscriptions: who hears of the orders that were placed, and how. The yard is quick, the customs take their time."""

import json

from nats.js.api import ConsumerConfig

from shop.streams import messages


async def subscribe(js, harbour, ack_wait):
    """Have the yard pack and the customs clear every order, for ever; what fails, or dies with us, comes again."""

    async def pack(message):
        await harbour.pack(json.loads(message.data))
        await message.ack()

    # pushed: the server sends as fast as it can, and what is not done yet waits here, in flight
    yard = ConsumerConfig(ack_wait=ack_wait)
    await js.subscribe("orders.placed", durable="yard", cb=pack, manual_ack=True, config=yard)
    # pulled: the server sends one when we ask for one, and what is not done yet waits there, safe
    customs = await js.pull_subscribe("orders.placed", durable="customs", config=ConsumerConfig(ack_wait=ack_wait))
    async for message in messages(customs):
        await message.ack()
        await harbour.clear(json.loads(message.data))
