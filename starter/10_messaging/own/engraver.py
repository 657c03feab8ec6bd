"""The engraver: it takes orders from the queue, and has a brass plate engraved for each of them."""

import json
import os

ACK_WAIT = float(os.environ["ACK_WAIT"])  # seconds until a message that nobody acknowledged comes again
LONGEST = float(os.environ["LONGEST"])  # seconds that engraving one plate may take


async def work(messages, engrave):
    """Take one message after the other, for ever. ``await engrave(order)`` takes from a second to minutes.

    ``engrave`` raises shop.refusals.Refused if the machine jams; no plate was made then.
    """
    async for message in messages:
        await engrave(json.loads(message.data))
        await message.ack()
