"""Subscriptions: how yard and customs get the orders that were placed. The yard is quick, the customs are slow."""

import asyncio
import json

from nats.js.api import ConsumerConfig

from shop.streams import messages


async def _serve(js, name, deed, ack_wait):
    config = ConsumerConfig(ack_wait=ack_wait)
    async for message in messages(await js.pull_subscribe("orders.placed", durable=name, config=config)):
        await deed(json.loads(message.data))  # where it fails there is no ack, and the order comes again
        await message.ack()


async def subscribe(js, harbour, ack_wait):
    """Have the yard pack and the customs clear every order, for ever; an order that is not acknowledged comes again."""
    await asyncio.gather(
        _serve(js, "yard", harbour.pack, ack_wait),
        _serve(js, "customs", harbour.clear, ack_wait),
        return_exceptions=True,  # a failure of one must not stop the other
    )
