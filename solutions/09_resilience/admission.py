"""The door of payments: nobody is let in to wait in vain, and nobody takes everything."""

import time

RATE, BURST = 2, 20  # payments that one customer may have a second, and at once after a rest
LINE = 8  # payments that may wait for a place


class Door:
    """One for all of payments; it is asked before a payment begins to wait."""

    def __init__(self):
        self.buckets = {}  # by customer: how many tokens were left, and when

    def refuse(self, customer, waiting):
        """Return 429 for a customer who has had too much, 503 where too many are ``waiting``, None to let it in."""
        now = time.monotonic()
        tokens, since = self.buckets.get(customer, (BURST, now))
        tokens = min(BURST, tokens + RATE * (now - since))
        refused = 429 if tokens < 1 else 503 if waiting >= LINE else None
        self.buckets[customer] = (tokens if refused else tokens - 1, now)
        return refused
