"""Carts: what a customer has chosen so far. The table carts has the columns customer, sku and count."""

_carts = {}


async def add(store, customer, sku, count):
    """Put so many more of an item into a customer's cart."""
    cart = _carts.setdefault(customer, {})
    cart[sku] = cart.get(sku, 0) + count


async def of(store, customer):
    """Return a customer's cart: how many of each item."""
    return _carts.get(customer, {})
