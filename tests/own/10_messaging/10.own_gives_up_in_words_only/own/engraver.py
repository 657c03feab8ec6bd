"""The engraver: it takes orders from the queue, and has a brass plate engraved for each of them."""

import asyncio
import json
import os

from shop.refusals import Refused

ACK_WAIT = float(os.environ["ACK_WAIT"])  # seconds until a message that nobody acknowledged comes again
LONGEST = float(os.environ["LONGEST"])  # seconds that engraving one plate may take


async def pulse(message):
    """Tell the queue that somebody is at it, for as long as one may be at it."""
    loop = asyncio.get_running_loop()
    ends = loop.time() + LONGEST
    while loop.time() < ends:
        await message.in_progress()
        await asyncio.sleep(ACK_WAIT / 3)


async def work(messages, engrave):
    """Take one message after the other, for ever. ``await engrave(order)`` takes from a second to minutes.

    ``engrave`` raises shop.refusals.Refused if the machine jams; no plate was made then.
    """
    async for message in messages:
        beating = asyncio.create_task(pulse(message))  # when it ends, the queue takes the order away from us
        try:
            await engrave(json.loads(message.data))
            await message.ack()
        except Refused:
            await message.nak()
        finally:
            beating.cancel()
