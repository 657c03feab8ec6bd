"""The phone's page of an order: what one cannot do without, and three parts that may be missing."""

import asyncio
import os

from shop.refusals import Refused

PART_SECONDS = float(os.environ["PART_SECONDS"])  # that a part of the page may take


async def page(ask, number):
    """Return the page. ``missing`` names the parts that were too late or failed; in their places is None.

    ``ask`` has a call for each service: ``await ask.order(number)``, ``ask.products(skus)``, ``ask.on_hand(skus)``,
    ``ask.tides()``. It raises Refused where there is no answer.
    """
    order = await ask.order(number)
    skus = [line["sku"] for line in order["lines"]]
    calls = ask.products(skus), ask.on_hand(skus), ask.tides()
    products, on_hand, tides = await asyncio.gather(*(part(call) for call in calls))
    parts = {"products": products, "on_hand": on_hand, "tides": tides}
    return {"order": order, **parts, "missing": [name for name in parts if parts[name] is None]}


async def part(call):
    """Return what a call of a service returns, or None where it fails or takes too long."""
    try:
        async with asyncio.timeout(PART_SECONDS):
            return await call
    except (Refused, TimeoutError):
        return None
