"""Sessions: who a customer is and what is in the cart, found by the token that a browser sends with each request."""

import hashlib
import hmac
import os
import secrets
import time

from shop.refusals import NotLoggedIn

SECONDS = int(os.environ["SESSION_SECONDS"])  # a session ends this long after its last use
KEY = os.environ["VALKEY_URL"].encode()  # a secret that every copy has


async def begin(valkey, customer):
    """Begin a session for a customer (a number) with an empty cart; return its token."""
    words = f"{customer}.{secrets.token_urlsafe(9)}.{time.time() + SECONDS}"
    return f"{words}.{_signature(words)}"


async def find(valkey, token):
    """Return the customer and the cart, {sku: pieces}, of a session. Raises NotLoggedIn if there is none."""
    words, _, signature = token.rpartition(".")
    if not hmac.compare_digest(signature, _signature(words)) or float(words.split(".", 2)[2]) < time.time():
        raise NotLoggedIn("log in first: POST /login")
    cart, _ = await valkey.pipeline().hgetall(token).expire(token, SECONDS).execute()
    return int(words.split(".")[0]), {sku: int(pieces) for sku, pieces in cart.items()}


async def put(valkey, token, sku, pieces):
    """Put pieces of an item into the cart of a session. Raises NotLoggedIn if there is none."""
    await find(valkey, token)
    await valkey.pipeline().hincrby(token, sku, pieces).expire(token, SECONDS).execute()


def _signature(words):
    return hmac.new(KEY, words.encode(), hashlib.sha256).hexdigest()
