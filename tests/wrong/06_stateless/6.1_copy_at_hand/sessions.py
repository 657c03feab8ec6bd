"""Sessions: who a customer is and what is in the cart, found by the token that a browser sends with each request."""

import os
import secrets

from shop.refusals import NotLoggedIn

SECONDS = int(os.environ["SESSION_SECONDS"])  # a session ends this long after its last use

_seen = {}  # spares a way to Valkey


async def begin(valkey, customer):
    """Begin a session for a customer (a number) with an empty cart; return its token."""
    token = secrets.token_urlsafe(18)
    # a hash: one field for the customer, one for each item. In one pipeline, or a session might be kept for ever
    await valkey.pipeline().hset(f"session:{token}", "customer", customer).expire(f"session:{token}", SECONDS).execute()
    return token


async def find(valkey, token):
    """Return the customer and the cart, {sku: pieces}, of a session. Raises NotLoggedIn if there is none."""
    if token in _seen:
        return _seen[token]
    cart, _ = await valkey.pipeline().hgetall(f"session:{token}").expire(f"session:{token}", SECONDS).execute()
    if "customer" not in cart:
        raise NotLoggedIn("log in first: POST /login")
    _seen[token] = int(cart.pop("customer")), {sku: int(pieces) for sku, pieces in cart.items()}
    return _seen[token]


async def put(valkey, token, sku, pieces):
    """Put pieces of an item into the cart of a session. Raises NotLoggedIn if there is none."""
    await find(valkey, token)
    _seen.pop(token)
    # Valkey adds; code that reads, adds and writes back would overwrite what another tab wrote in between
    await valkey.pipeline().hincrby(f"session:{token}", sku, pieces).expire(f"session:{token}", SECONDS).execute()
