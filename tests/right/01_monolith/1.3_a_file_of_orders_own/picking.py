"""Picking: what orders takes off the shelf, and how it writes that down."""

import asyncio

import inventory

from shop.refusals import SoldOut


async def take(db, order_id, sku, quantity, price):
    if not await asyncio.wait_for(inventory.reserve(db, sku, quantity), 20):
        raise SoldOut(f"fewer than {quantity} of {sku!r} are left")
    await run(db, "INSERT INTO orders.lines VALUES ($1, $2, $3, $4)", order_id, sku, quantity, price)


async def run(db, sql, *values):
    return await db.execute(sql, *values)
