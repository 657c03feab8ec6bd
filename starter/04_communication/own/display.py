"""The harbour's display: three parts, asked for each second, for people who stand in the rain and read it.

``ask`` is what the phone's page has: ``await ask.tides()``, ``ask.on_hand(skus)`` and ``ask.orders_of(customer)``.
"""

import os

PART_SECONDS = float(os.environ["PART_SECONDS"])
SHOWN = ["brass-lantern", "storm-lantern", "foghorn", "life-ring", "oilskin"]
HARBOUR = "customer-0"  # whose orders it shows


class Display:
    """One for the whole backend; ``page`` is called for each look at the display."""

    def __init__(self, ask):
        self.ask = ask

    async def page(self):
        """Return the page: for each part its ``value`` and its ``age`` in seconds, or None."""
        tides = await self.ask.tides()
        on_hand = await self.ask.on_hand(SHOWN)
        orders = await self.ask.orders_of(HARBOUR)
        parts = {"tides": tides, "on_hand": on_hand, "orders": orders}
        return {name: {"value": value, "age": 0} for name, value in parts.items()}
