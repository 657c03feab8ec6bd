"""The ambassador: it makes the app's calls to the bank, so that the app's own client is one line."""

import asyncio

from shop.breaker import Breaker
from shop.outside import ask, connected, pause

TRIES = 4
breaker = Breaker(failures=5, seconds=1)


async def carry(call):
    """Make a call of the app's, and return the answer, or None where there is none."""
    may_repeat = call.method == "GET" or "idempotency-key" in call.headers
    for tried in range(TRIES if may_repeat else 1):
        await asyncio.sleep(pause(tried))
        if breaker.is_open:
            return None
        async with connected() as bank:
            answer = await ask(bank, call)
        is_well = answer is not None and answer.status_code < 500  # a refusal is an answer: it says that the bank lives
        breaker.heard(is_well)
        if is_well:
            break
    return answer
