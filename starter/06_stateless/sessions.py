"""Sessions: who a customer is and what is in the cart, found by the token that a browser sends with each request."""

import os
import secrets

from shop.refusals import NotLoggedIn

SECONDS = int(os.environ["SESSION_SECONDS"])  # a session ends this long after its last use

_sessions = {}


async def begin(valkey, customer):
    """Begin a session for a customer (a number) with an empty cart; return its token."""
    token = secrets.token_urlsafe(18)
    # TODO 6.1: every copy finds a session, it ends SECONDS after its last use, and two tabs may write at once.
    _sessions[token] = {"customer": customer, "cart": {}}
    return token


async def find(valkey, token):
    """Return the customer and the cart, {sku: pieces}, of a session. Raises NotLoggedIn if there is none."""
    session = _sessions.get(token)
    if session is None:
        raise NotLoggedIn("log in first: POST /login")
    return session["customer"], session["cart"]


async def put(valkey, token, sku, pieces):
    """Put pieces of an item into the cart of a session. Raises NotLoggedIn if there is none."""
    _, cart = await find(valkey, token)
    cart[sku] = cart.get(sku, 0) + pieces
