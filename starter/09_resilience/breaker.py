"""A circuit breaker: a service that has not answered several times in a row is left alone for a while."""

import time

FAILURES = 5  # in a row, after which it opens
OPEN_FOR = 1.0  # seconds; then it is half-open


class Breaker:
    """One for each service that is called; all calls of that service pass it."""

    def __init__(self):
        self.failures = 0  # in a row
        self.open_until = time.monotonic()

    async def call(self, send):
        """Return an answer, or None if there is none, or nobody was asked. ``await send()`` asks, and returns that.

        An answer with ``is_server_error`` is a failure, and so is none. Nothing else is: a refusal is an answer.
        """
        # TODO 9.3: ask nobody while it is open, one at a time while it is half-open, and everybody once it is closed.
        return await send()
