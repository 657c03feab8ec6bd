"""The yard packs all there is, then the customs clear all there is, and so on."""

import asyncio
import json

from nats.js.api import ConsumerConfig

from shop.streams import until_now


async def subscribe(js, harbour, ack_wait):
    yard = await js.pull_subscribe("orders.placed", durable="yard", config=ConsumerConfig(ack_wait=ack_wait))
    customs = await js.pull_subscribe("orders.placed", durable="customs", config=ConsumerConfig(ack_wait=ack_wait))
    while True:
        async for message in until_now(yard):
            await harbour.pack(json.loads(message.data))
            await message.ack()
        async for message in until_now(customs):
            await harbour.clear(json.loads(message.data))
            await message.ack()
        await asyncio.sleep(0.05)
