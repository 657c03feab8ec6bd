"""Cache: answers that take long to compute, kept for a while."""

import asyncio
import json
import os
import random

SECONDS = float(os.environ["CACHE_SECONDS"])  # an answer is good enough for this long
LEASE = float(os.environ["LEASE_SECONDS"])  # computing one may take this long at most


async def remember(valkey, key, work_out):
    """Return what is kept under the key; if there is nothing, await ``work_out()`` and keep its answer for SECONDS."""
    while (kept := await valkey.get(key)) is None:
        if await valkey.set(f"{key}:taken", "yes", nx=True, px=round(1000 * LEASE)):
            kept = json.dumps(await work_out())
            await valkey.set(key, kept, px=round(1000 * SECONDS * random.uniform(0.8, 1)))
        else:
            await asyncio.sleep(0.02)
    return json.loads(kept)
