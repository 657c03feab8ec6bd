"""Retries: to ask again helps one customer, and is one call more for a service that has too much to do already."""

import asyncio
import os
import random

TRIES = 4  # of one call, at most
FIRST_PAUSE = 0.4  # seconds at most before the second try; at most twice as long before each further one
SHARE = 0.1  # of a retry, which each call pays for
SAVED = float(os.environ["RETRIES_SAVED"])  # retries that are paid for in the beginning, and at most


class Retries:
    """One for each service that is called; all calls of that service share it."""

    def __init__(self):
        self.saved = SAVED

    async def ask(self, send, may_repeat):
        """Return an answer, or None if none came. ``await send()`` tries once, and returns just that.

        An answer with ``is_server_error`` is no better than none. ``may_repeat``: doing it twice does no harm.
        """
        self.saved = min(SAVED, self.saved + SHARE)
        for tried in range(TRIES):
            answer = await send()
            if answer is not None and not answer.is_server_error:
                break
            if not may_repeat or self.saved < 1 or tried == TRIES - 1:
                break
            self.saved -= 1
            await asyncio.sleep(random.uniform(0, FIRST_PAUSE * 2**tried))
        return answer
