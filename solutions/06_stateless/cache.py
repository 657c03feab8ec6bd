"""Cache: answers that take long to work out, kept for a while."""

import asyncio
import json
import os
import random

SECONDS = float(os.environ["CACHE_SECONDS"])  # that an answer is good enough
LEASE = float(os.environ["LEASE_SECONDS"])  # that working one out may take at most


async def remember(valkey, key, work_out):
    """Return what is kept under the key; where nothing is, await ``work_out()`` and keep that for SECONDS."""
    while (kept := await valkey.get(key)) is None:
        if await valkey.set(f"{key}:taken", "yes", nx=True, px=round(1000 * LEASE)):
            kept = json.dumps(await work_out())
            await valkey.set(key, kept, px=round(1000 * SECONDS * random.uniform(0.8, 1)))
        else:
            await asyncio.sleep(0.02)
    return json.loads(kept)
