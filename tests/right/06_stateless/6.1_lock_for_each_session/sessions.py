"""Sessions: who a customer is and what is in the cart, found by the token that a browser sends with each request."""

import json
import os
import secrets

from shop.refusals import NotLoggedIn

SECONDS = int(os.environ["SESSION_SECONDS"])  # a session ends this long after its last use


async def begin(valkey, customer):
    """Begin a session for a customer (a number) with an empty cart; return its token."""
    token = secrets.token_urlsafe(18)
    await valkey.set(f"session:{token}", json.dumps({"customer": customer, "cart": {}}), ex=SECONDS)
    return token


async def find(valkey, token):
    """Return the customer and the cart, {sku: pieces}, of a session. Raises NotLoggedIn if there is none."""
    session = json.loads(await valkey.getex(f"session:{token}", ex=SECONDS) or "{}")
    if not session:
        raise NotLoggedIn("log in first: POST /login")
    return session["customer"], session["cart"]


async def put(valkey, token, sku, pieces):
    """Put pieces of an item into the cart of a session. Raises NotLoggedIn if there is none."""
    async with valkey.lock(f"lock:{token}", timeout=2, sleep=0.01):
        customer, cart = await find(valkey, token)
        cart[sku] = cart.get(sku, 0) + pieces
        await valkey.set(f"session:{token}", json.dumps({"customer": customer, "cart": cart}), ex=SECONDS)
