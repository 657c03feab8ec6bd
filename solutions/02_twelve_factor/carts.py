"""Carts: what a customer has chosen so far. The table carts has the columns customer, sku and count."""

ADD = "INSERT INTO carts VALUES ($1, $2, $3) ON CONFLICT (customer, sku) DO UPDATE SET count = carts.count + $3"


async def add(store, customer, sku, count):
    """Put so many more of an item into a customer's cart."""
    await store.ask(ADD, customer, sku, count)


async def of(store, customer):
    """Return a customer's cart: how many of each item."""
    return dict(await store.ask("SELECT sku, count FROM carts WHERE customer = $1", customer))
