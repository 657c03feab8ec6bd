"""The engraver: it takes orders from the queue, and has a brass plate engraved for each of them."""

import asyncio
import json
import os

from shop.refusals import Refused

ACK_WAIT = float(os.environ["ACK_WAIT"])  # seconds until a message that nobody acknowledged comes again
LONGEST = float(os.environ["LONGEST"])  # seconds that engraving one plate may take


async def work(messages, engrave):
    """Take one message after the other, for ever. ``await engrave(order)`` takes from a second to minutes.

    ``engrave`` raises shop.refusals.Refused if the machine jams; no plate was made then.
    """
    async for message in messages:
        beating = asyncio.create_task(keep(message))
        try:
            async with asyncio.timeout(LONGEST):
                await engrave(json.loads(message.data))
            await message.ack()
        except (Refused, TimeoutError):
            await message.nak()
        finally:
            beating.cancel()  # else the server would wait for a worker that has given up


async def keep(message):
    """Tell the server again and again that somebody is at a message."""
    while True:
        await asyncio.sleep(ACK_WAIT / 3)
        await message.in_progress()
