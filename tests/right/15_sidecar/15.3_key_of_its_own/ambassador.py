"""The ambassador: it makes the app's calls to the bank, so that the app's own client is one line."""

import asyncio
from dataclasses import replace
from uuid import uuid4

from shop.breaker import Breaker
from shop.outside import ask, connected, pause

TRIES = 4
breaker = Breaker(failures=5, seconds=1)
bank = connected()  # one client for all calls: its connections stay open


async def carry(call):
    """Make a call of the app's, and return the answer, or None where there is none."""
    if "idempotency-key" not in call.headers:  # a key of its own: the bank does a call once, however often it comes
        call = replace(call, headers={**call.headers, "idempotency-key": str(uuid4())})
    for tried in range(TRIES):
        await asyncio.sleep(pause(tried))
        if breaker.is_open:
            return None
        answer = await ask(bank, call)
        is_well = answer is not None and answer.status_code < 500  # a refusal is an answer: it says that the bank lives
        breaker.heard(is_well)
        if is_well:
            break
    return answer
