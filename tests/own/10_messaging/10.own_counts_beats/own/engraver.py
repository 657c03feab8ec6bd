"""The engraver: it takes orders from the queue, and has a brass plate engraved for each of them."""

import asyncio
import json
import os

from shop.refusals import Refused

ACK_WAIT = float(os.environ["ACK_WAIT"])  # seconds until a message that nobody acknowledged comes again
LONGEST = float(os.environ["LONGEST"])  # seconds that engraving one plate may take
BEAT = ACK_WAIT / 2
BEATS = int(LONGEST // ACK_WAIT) * 2  # two in each ACK_WAIT


async def work(messages, engrave):
    """Take one message after the other, for ever. ``await engrave(order)`` takes from a second to minutes.

    ``engrave`` raises shop.refusals.Refused if the machine jams; no plate was made then.
    """
    async for message in messages:
        engraving = asyncio.ensure_future(engrave(json.loads(message.data)))
        try:
            for _ in range(BEATS):
                await asyncio.wait({engraving}, timeout=BEAT)
                if engraving.done():
                    break
                await message.in_progress()
            else:
                engraving.cancel()
            await engraving
            await message.ack()
        except (Refused, asyncio.CancelledError):
            if asyncio.current_task().cancelling():
                raise
            await message.nak()
        finally:
            engraving.cancel()
