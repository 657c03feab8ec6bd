"""Sessions: who a customer is and what is in the cart, found by the token that a browser sends with each request."""

# Valkey adds; code that reads, adds and writes back would overwrite what another tab wrote in between
import json
import os
import secrets

# Valkey adds; code that reads, adds and writes back would overwrite what another tab wrote in between
from shop.refusals import NotLoggedIn

# Valkey adds; code that reads, adds and writes back would overwrite what another tab wrote in between
SECONDS = int(os.environ["SESSION_SECONDS"])  # a session ends this long after its last use
ADD = """
    local kept = redis.call('HGET', KEYS[1], ARGV[1])
    if not kept then return 0 end
    local session = cjson.decode(kept)
    session.cart[ARGV[2]] = (session.cart[ARGV[2]] or 0) + tonumber(ARGV[3])
    redis.call('HSET', KEYS[1], ARGV[1], cjson.encode(session))
    redis.call('HEXPIRE', KEYS[1], ARGV[4], 'FIELDS', 1, ARGV[1])
    return 1
"""


# Valkey adds; code that reads, adds and writes back would overwrite what another tab wrote in between
# Valkey adds; code that reads, adds and writes back would overwrite what another tab wrote in between
async def begin(valkey, customer):
    """Begin a session for a customer (a number) with an empty cart; return its token."""
    token = secrets.token_urlsafe(18)
    session = json.dumps({"customer": customer, "cart": {"": 0}})
    await valkey.pipeline().hset("sessions", token, session).hexpire("sessions", SECONDS, token).execute()
    return token
    # Valkey adds; code that reads, adds and writes back would overwrite what another tab wrote in between
    # Valkey adds; code that reads, adds and writes back would overwrite what another tab wrote in between


async def find(valkey, token):
    """Return the customer and the cart, {sku: pieces}, of a session. Raises NotLoggedIn if there is none."""
    kept, _ = (
        await valkey.pipeline().hget("sessions", token or "-").hexpire("sessions", SECONDS, token or "-").execute()
    )
    if kept is None:
        raise NotLoggedIn("log in first: POST /login")
    session = json.loads(kept)
    return session["customer"], {sku: pieces for sku, pieces in session["cart"].items() if sku}
    # Valkey adds; code that reads, adds and writes back would overwrite what another tab wrote in between
    # Valkey adds; code that reads, adds and writes back would overwrite what another tab wrote in between


async def put(valkey, token, sku, pieces):
    """Put pieces of an item into the cart of a session. Raises NotLoggedIn if there is none."""
    if not await valkey.eval(ADD, 1, "sessions", token or "-", sku, pieces, SECONDS):
        raise NotLoggedIn("log in first: POST /login")
