"""Inventory: the stock on the shelf. Other modules call its public functions, and never use its tables."""

from shop.refusals import NotFound


async def listing(db):
    """Return every item with its price and the pieces on hand."""
    return await db.fetch("SELECT sku, name, price_cents, on_hand FROM inventory.items ORDER BY sku")


async def price(db, sku):
    """Return the price of one piece in cents. Raises NotFound."""
    cents = await db.fetchval("SELECT price_cents FROM inventory.items WHERE sku = $1", sku)
    if cents is None:
        raise NotFound(f"we do not sell {sku!r}")
    return cents


async def receive(db, sku, quantity):
    """Put delivered pieces on the shelf; return how many are there now. Raises NotFound."""
    on_hand = await db.fetchval(
        "UPDATE inventory.items SET on_hand = on_hand + $2, received = received + $2 WHERE sku = $1 RETURNING on_hand",
        sku,
        quantity,
    )
    if on_hand is None:
        raise NotFound(f"we do not sell {sku!r}")
    return on_hand


async def reserve(db, sku, quantity):
    """Take pieces off the shelf for an order; return whether there were enough. Takes all of them or none."""
    left = await db.fetchval(
        "UPDATE inventory.items SET on_hand = on_hand - $2 WHERE sku = $1 AND on_hand >= $2 RETURNING on_hand",
        sku,
        quantity,
    )
    return left is not None
