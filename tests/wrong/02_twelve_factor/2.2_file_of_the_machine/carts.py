"""Carts: what a customer has chosen so far, in a file that every process of this machine finds."""

import fcntl
import json
import os
from pathlib import Path

FILE = Path(os.environ.get("XDG_RUNTIME_DIR") or "/tmp") / "carts.json"


async def add(store, customer, sku, count):
    """Put so many more of an item into a customer's cart."""
    with FILE.open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        carts = json.loads(file.read() or "{}")
        cart = carts.setdefault(customer, {})
        cart[sku] = cart.get(sku, 0) + count
        file.truncate(0)
        file.write(json.dumps(carts))
        file.flush()


async def of(store, customer):
    """Return a customer's cart: how many of each item."""
    return json.loads(FILE.read_text() if FILE.exists() else "{}").get(customer, {})
