"""Sessions: who a customer is and what is in the cart, found by the token that a browser sends with each request."""

import asyncio
import os
import secrets
import time

from shop.refusals import NotLoggedIn

SECONDS = int(os.environ["SESSION_SECONDS"])  # a session ends this long after its last use

_sessions = {}
_lock = asyncio.Lock()


async def begin(valkey, customer):
    """Begin a session for a customer (a number) with an empty cart; return its token."""
    token = secrets.token_urlsafe(18)
    async with _lock:
        _sessions[token] = {"customer": customer, "cart": {}, "until": time.monotonic() + SECONDS}
    return token


async def find(valkey, token):
    """Return the customer and the cart, {sku: pieces}, of a session. Raises NotLoggedIn if there is none."""
    async with _lock:
        session = _sessions.get(token)
        if session is None or session["until"] < time.monotonic():
            raise NotLoggedIn("log in first: POST /login")
        session["until"] = time.monotonic() + SECONDS
        return session["customer"], session["cart"]


async def put(valkey, token, sku, pieces):
    """Put pieces of an item into the cart of a session. Raises NotLoggedIn if there is none."""
    _, cart = await find(valkey, token)
    async with _lock:
        cart[sku] = cart.get(sku, 0) + pieces
