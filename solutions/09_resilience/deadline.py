"""The deadline: a customer waits for so long, and no longer. It travels from hop to hop in a header."""

import asyncio
import os
import time

from shop.refusals import TooLate

HEADER = "x-time-left"  # how many seconds the sender still waits, as text; names of headers are in small letters
PATIENCE = float(os.environ["PATIENCE"])  # seconds that somebody waits who sends no such header


def begin(headers):
    """Return the deadline of a request that came with these headers: a moment, by time.monotonic()."""
    return time.monotonic() + float(headers.get(HEADER, PATIENCE))


def check(end):
    """Raise TooLate if the deadline is over. This is called when a place is free, before the work is begun."""
    if time.monotonic() > end:
        raise TooLate("the deadline is over")


async def ask(end, send):
    """Ask the next hop: return ``await send(headers)``, its answer. Raises TooLate if there is none by the deadline."""
    try:
        left = end - time.monotonic()
        async with asyncio.timeout(left):
            return await send({HEADER: f"{left:.3f}"})
    except TimeoutError as error:
        raise TooLate("the deadline is over") from error
