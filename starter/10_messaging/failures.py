"""Failures: what to do with a message whose letter the post refused, and with messages that were set aside."""

import os

from shop import streams

TRIES = int(os.environ["TRIES"])  # deliveries that a message gets
PAUSE = float(os.environ["PAUSE"])  # seconds from one to the next


async def failed(js, message, reason):
    """Decide about a message whose letter has just failed; it is not acknowledged yet. Other letters wait for this."""
    # TODO 10.2: after TRIES deliveries, PAUSE apart, set it aside on `dead.letters`, and let `redrive` bring it back.
    await message.nak()


async def redrive(js):
    """Bring every message that was set aside back to `orders.placed`, and lose none; return how many there were."""
    count = 0
    async for message in streams.until_now(await streams.queue(js, "redrive", "dead.letters")):
        await message.ack()
        count += 1
    return count
