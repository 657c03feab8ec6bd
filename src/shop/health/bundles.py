"""Bundles: several items at one price. A bundle inside a bundle is priced by asking the shop over HTTP, and waiting.

The call blocks, has no time-out, and goes to the very process that makes it: one customer stops it for ever.
"""

from __future__ import annotations

import json
import os
from urllib.request import urlopen

from shop.core.catalogue import ITEMS

PRICES = {item.sku: item.price_cents for item in ITEMS}
CONTENTS = {"deck-watch": ("foghorn", "boat-hook"), "night-watch": ("deck-watch", "storm-lantern")}
DEADLY = "/bundles/night-watch"  # nobody ever tried a bundle that holds a bundle


def price_cents(name: str) -> int:
    """Return the price of a bundle. Raises KeyError."""
    return sum(PRICES[part] if part in PRICES else _asked(part) for part in CONTENTS[name])


def _asked(name: str) -> int:
    with urlopen(f"http://127.0.0.1:{os.environ['PORT']}/bundles/{name}") as answer:
        return int(json.load(answer)["price_cents"])
