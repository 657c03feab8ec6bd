"""What a till does whoever takes the money: it knows its customers, and writes an order down with its goods taken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Depends, Header, Request

from shop import order_book
from shop.core import users
from shop.core.app_factory import Database
from shop.core.catalogue import ITEMS
from shop.core.request_models import Login
from shop.order_book import Order
from shop.refusals import NotFound, SoldOut

PRICES = {item.sku: item.price_cents for item in ITEMS}
NAMES = {item.sku: item.name for item in ITEMS}

router = APIRouter()


async def _customer(request: Request, authorization: Annotated[str | None, Header()] = None) -> int:
    async with request.app.state.pool.acquire() as db:  # given back before the order asks for one of its own
        return await users.customer_of(db, authorization)


Customer = Annotated[int, Depends(_customer)]


@router.post("/login")
async def login(db: Database, who: Login) -> dict[str, str]:
    """Start a session."""
    return {"token": await users.log_in(db, who.email, who.password)}


@router.get("/orders/{order_id}")
async def order(request: Request, customer: Customer, order_id: UUID) -> Any:
    """Read an order of this customer's back."""
    return await order_book.get(request.app.state.pool, order_id, customer)


def told(order: Order) -> dict[str, Any]:
    """Return an order as others hear of it: its number as text, and its lines in words."""
    words = ", ".join(f"{pieces} {NAMES[sku]}" for sku, pieces in order["lines"].items())
    return {**order, "id": str(order["id"]), "text": words}


async def write_down(pool: asyncpg.Pool, order_id: UUID, customer: int, key: str, cart: Mapping[str, int]) -> Order:
    """Write an order down as pending and take its goods, once; return it. Raises NotFound, and SoldOut."""
    if unknown := cart.keys() - PRICES.keys():
        raise NotFound(f"we do not sell {min(unknown)!r}")
    async with pool.acquire() as db, db.transaction():
        if await order_book.enter(db, order_id, customer, key, cart, PRICES):
            for sku, quantity in sorted(cart.items()):
                await _take(db, sku, quantity)
    return await order_book.get(pool, order_id, customer)


async def _take(db: asyncpg.Connection, sku: str, quantity: int) -> None:
    taken = await db.execute(
        "UPDATE inventory.items SET on_hand = on_hand - $2 WHERE sku = $1 AND on_hand >= $2", sku, quantity
    )
    if taken == "UPDATE 0":
        raise SoldOut(f"fewer than {quantity} of {sku!r} are left")
