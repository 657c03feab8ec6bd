"""Orders: one transaction prices a cart, writes the order down, takes the stock and charges. All of it, or nothing."""

from uuid import uuid4

import inventory

from shop import payments
from shop.refusals import KeyReused, NotFound, SoldOut


async def place(db, customer, key, cart):
    """Place an order for a cart, {sku: quantity}. The same key gets the same order again, without a second charge."""
    async with db.transaction():
        prices = {sku: await inventory.price(db, sku) for sku in cart}
        total = sum(prices[sku] * quantity for sku, quantity in cart.items())
        order_id = await _write(db, customer, key, total)
        if order_id is None:
            return await _again(db, customer, key, cart)
        # all orders take items in the same sequence, or two of them could wait for each other for ever
        for sku, quantity in sorted(cart.items()):
            await _take(db, order_id, sku, quantity, prices[sku])
        await payments.charge(db, order_id, total)
        return await find(db, customer, order_id)


async def find(db, customer, order_id):
    """Return a customer's order with its lines and what was charged for it. Raises NotFound."""
    order = await db.fetchrow(
        "SELECT id, status, total_cents FROM orders.orders WHERE id = $1 AND customer_id = $2",
        order_id,
        customer,
    )
    if order is None:
        raise NotFound("you have no such order")
    lines = await db.fetch("SELECT sku, quantity FROM orders.lines WHERE order_id = $1 ORDER BY sku", order_id)
    return {**order, "charged_cents": await payments.charged(db, order_id), "lines": dict(lines)}


async def _write(db, customer, key, total):
    # each key exists once: a duplicate of this request waits here until we commit, and then writes nothing
    return await db.fetchval(
        "INSERT INTO orders.orders (id, customer_id, key, status, total_cents) VALUES ($1, $2, $3, 'paid', $4)"
        " ON CONFLICT (customer_id, key) DO NOTHING RETURNING id",
        uuid4(),
        customer,
        key,
        total,
    )


async def _again(db, customer, key, cart):
    earlier = await db.fetchval("SELECT id FROM orders.orders WHERE customer_id = $1 AND key = $2", customer, key)
    order = await find(db, customer, earlier)
    if order["lines"] != cart:
        raise KeyReused("this Idempotency-Key belongs to another cart")
    return order


async def _take(db, order_id, sku, quantity, price):
    if not await inventory.reserve(db, sku, quantity):
        raise SoldOut(f"fewer than {quantity} of {sku!r} are left")
    await db.execute("INSERT INTO orders.lines VALUES ($1, $2, $3, $4)", order_id, sku, quantity, price)
