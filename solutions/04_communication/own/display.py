"""The harbour's display: three parts, asked for each second, for people who stand in the rain and read it.

``ask`` is what the phone's page has: ``await ask.tides()``, ``ask.on_hand(skus)`` and ``ask.orders_of(customer)``.
"""

import asyncio
import os
import time

from shop.refusals import Refused

PART_SECONDS = float(os.environ["PART_SECONDS"])
SHOWN = ["brass-lantern", "storm-lantern", "foghorn", "life-ring", "oilskin"]
HARBOUR = "customer-0"  # whose orders it shows


class Display:
    """One for the whole backend; ``page`` is called for each look at the display."""

    def __init__(self, ask):
        self.ask = ask
        self.known = {}  # by part: what came last, and when

    async def page(self):
        """Return the page: for each part its ``value`` and its ``age`` in seconds, or None."""
        calls = {
            "tides": self.ask.tides(),
            "on_hand": self.ask.on_hand(SHOWN),
            "orders": self.ask.orders_of(HARBOUR),
        }
        await asyncio.gather(*(self._learn(name, call) for name, call in calls.items()))
        return {name: self._shown(name) for name in calls}

    async def _learn(self, name, call):
        try:
            async with asyncio.timeout(PART_SECONDS):
                value = await call
        except (Refused, TimeoutError):
            return
        self.known[name] = value, time.monotonic()

    def _shown(self, name):
        if name not in self.known:
            return None
        value, came = self.known[name]
        return {"value": value, "age": time.monotonic() - came}
