"""Several products in one call: what the catalogue answers, and how a page asks for what it shows."""

MOST = 20  # products in one call


def answer(products, skus):
    """Return what the catalogue answers to one call: products of a page. ``products`` are all that are sold, by sku."""
    return [products[sku] for sku in skus]


async def find(ask, skus):
    """Return the products of a page by sku. ``await ask(skus)`` is one call: a list of products."""
    # TODO 4.1: have a page ask the catalogue as rarely as it can, for no more than it may.
    return {sku: (await ask([sku]))[0] for sku in skus}
