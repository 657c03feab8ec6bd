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
    # TODO 4.4: show at once what there is, and let no part of the page hold up another one.
    products, on_hand, tides = await ask.products(skus), await ask.on_hand(skus), await ask.tides()
    parts = {"products": products, "on_hand": on_hand, "tides": tides}
    return {"order": order, **parts, "missing": [name for name in parts if parts[name] is None]}
