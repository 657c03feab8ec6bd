"""Cache: answers that take long to compute, kept for a while."""

import asyncio
import json
import os
import random
import secrets

SECONDS = float(os.environ["CACHE_SECONDS"])  # an answer is good enough for this long
LEASE = float(os.environ["LEASE_SECONDS"])  # computing one may take this long at most

# give the lease back, if it is still ours
RELEASE = """
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
"""


async def remember(valkey, key, work_out):
    """Return what is kept under the key; if there is nothing, await ``work_out()`` and keep its answer for SECONDS."""
    lease, me = "demand:lease", secrets.token_hex(8)
    while True:
        kept = await valkey.get(key)
        if kept is not None:
            return json.loads(kept)
        if await valkey.set(lease, me, nx=True, px=int(LEASE * 1000)):
            try:
                kept = await valkey.get(key)  # the one before us may have finished since we looked
                if kept is not None:
                    return json.loads(kept)
                answer = await work_out()
                await valkey.set(key, json.dumps(answer), px=int(1000 * SECONDS * random.uniform(0.9, 1.1)))
                return answer
            finally:
                await valkey.eval(RELEASE, 1, lease, me)
        await asyncio.sleep(0.03)
