"""What lab 04's services know at their start: the same products and orders in each process, from memory.

Nothing here takes time, so what a page costs is the way of asking.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from shop.core.catalogue import ITEMS

Product = dict[str, Any]
Order = dict[str, Any]
ORDERS, LINES = 40, 8
CUSTOMERS = 10
WORDS = (
    "{name}, made for long use at sea. It is checked by hand before it leaves the store, packed in oiled paper, and"
    " comes with a card that says who made it and when. What breaks within two years is repaired here in the harbour."
)


def products() -> dict[str, Product]:
    """Return all products by sku, with much more than one page shows of them."""
    return {item.sku: _product(number) for number, item in enumerate(ITEMS)}


def several(known: Mapping[str, Product], skus: Iterable[str]) -> list[Product]:
    """Return those of several products that are sold: what the catalogue answers without a learner's file."""
    return [known[sku] for sku in skus if sku in known]


def _product(number: int) -> Product:
    item, others = ITEMS[number], [ITEMS[(number + step) % len(ITEMS)].sku for step in (1, 7)]
    return {
        "sku": item.sku,
        "name": item.name,
        "price_cents": item.price_cents,
        "on_hand": pieces(number),
        "description": WORDS.format(name=item.name),
        "weight_g": 120 + 35 * number,
        "maker": f"Maker no. {number % 7 + 1}",
        "image": f"https://img.harbour.example/{item.sku}.webp",
        "goes_with": others,
    }


def pieces(number: int) -> int:
    """Return how many pieces of a product are on hand at the start."""
    return 5 + number * 7 % 90


def orders() -> dict[str, Order]:
    """Return all orders by number, each with eight lines."""
    return {str(number): _order(number) for number in range(1, ORDERS + 1)}


def _order(number: int) -> Order:
    lines = [{"sku": ITEMS[(number + 3 * line) % len(ITEMS)].sku, "pieces": 1 + line % 3} for line in range(LINES)]
    return {"number": str(number), "customer": f"customer-{number % CUSTOMERS}", "lines": lines}
