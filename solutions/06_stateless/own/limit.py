"""Limit: how often each partner may ask for a quote, whichever copies answer."""

import os
import uuid

MOST = int(os.environ["QUOTES"])  # answers that a partner may get ...
SECONDS = float(os.environ["PER_SECONDS"])  # ... in any so many seconds

# One script, so that nobody comes between the count and the entry; its clock is Valkey's, the same for every copy.
ALLOW = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2])
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[1]) then
    return 0
end
redis.call('ZADD', KEYS[1], now, ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
"""


async def allow(valkey, partner):
    """Return True if a partner (a name) may have an answer now, False if not. ``valkey`` is a redis.asyncio client."""
    milliseconds = int(SECONDS * 1000)
    return bool(await valkey.eval(ALLOW, 1, f"quotes:{partner}", MOST, milliseconds, uuid.uuid4().hex))
