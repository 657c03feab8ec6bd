"""The ambassador: it makes the app's calls to the bank, so that the app's own client is one line."""

import asyncio

from shop.breaker import Breaker
from shop.outside import ask, connected, pause

TRIES = 4
breaker = Breaker(failures=5, seconds=1)
bank = connected()  # one client for all calls: its connections stay open


async def carry(call):
    """Make one call for the app, and return its answer, or None if there is none."""
    may_repeat = call.method == "GET" or "idempotency-key" in call.headers
    for tried in range(TRIES if may_repeat else 1):
        await asyncio.sleep(pause(tried))
        if breaker.is_open:
            return None
        answer = await ask(bank, call)
        is_well = answer is not None and answer.status_code < 500  # a refusal is an answer: it shows the bank is up
        breaker.heard(is_well)
        if is_well:
            break
    return answer
