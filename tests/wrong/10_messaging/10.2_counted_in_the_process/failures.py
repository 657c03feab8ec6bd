"""Failures: what becomes of a message whose letter the post did not take, and of those that were set aside."""

import os
from collections import Counter

from shop import streams

TRIES = int(os.environ["TRIES"])  # deliveries that a message gets
PAUSE = float(os.environ["PAUSE"])  # seconds from one to the next
tries = Counter()


async def failed(js, message, reason):
    """Decide about a message whose letter has just failed; it is not acknowledged yet. Other letters wait for this."""
    number = message.metadata.sequence.stream
    tries[number] += 1
    if tries[number] < TRIES:
        return await message.nak(delay=PAUSE)
    await js.publish("dead.letters", message.data, headers={"Reason": reason})
    await message.ack()


async def redrive(js):
    """Bring everything that was set aside back to `orders.placed`, and lose none of it; return how many that were."""
    count = 0
    async for message in streams.until_now(await streams.queue(js, "redrive", "dead.letters")):
        await js.publish("orders.placed", message.data)
        await message.ack()
        count += 1
    return count
