"""Failures: what to do with a message whose letter the post refused, and with messages that were set aside."""

import os

from shop import streams

TRIES = int(os.environ["TRIES"])  # deliveries that a message gets
PAUSE = float(os.environ["PAUSE"])  # seconds from one to the next


async def failed(js, message, reason):
    """Decide about a message whose letter has just failed; it is not acknowledged yet. Other letters wait for this."""
    if message.metadata.num_delivered < TRIES:
        await message.nak(delay=PAUSE)
    else:
        # first the copy, then the ack: a death in between sets it aside twice, and loses nothing
        await js.publish("dead.letters", message.data, headers={"Reason": reason})
        await message.ack()


async def redrive(js):
    """Bring every message that was set aside back to `orders.placed`, and lose none; return how many there were."""
    count = 0
    async for message in streams.until_now(await streams.queue(js, "redrive", "dead.letters")):
        await js.publish("orders.placed", message.data)
        await message.ack()
        count += 1
    return count
