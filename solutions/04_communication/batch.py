"""Several products in one call: what the catalogue answers, and how a page asks for what it shows."""

import asyncio

from shop.refusals import TooLarge

MOST = 20  # products in one call


def answer(products, skus):
    """Return what the catalogue answers to one call: products of a page. ``products`` are all that are sold, by sku."""
    if len(skus) > MOST:
        raise TooLarge(f"{MOST} products in one call, at most")
    return [products[sku] for sku in skus if sku in products]


async def find(ask, skus):
    """Return the products of a page by sku. ``await ask(skus)`` is one call: a list of products."""
    skus = list(dict.fromkeys(skus))
    calls = (ask(skus[first : first + MOST]) for first in range(0, len(skus), MOST))
    return {product["sku"]: product for answered in await asyncio.gather(*calls) for product in answered}
