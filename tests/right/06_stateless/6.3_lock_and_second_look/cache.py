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
        lock = valkey.lock(f"{key}:taken", timeout=LEASE, blocking=False)
        if not await lock.acquire():
            await asyncio.sleep(0.02)
            continue
        try:
            if (kept := await valkey.get(key)) is None:
                kept = json.dumps(await work_out())
                await valkey.set(key, kept, px=round(1000 * (SECONDS - random.uniform(0, SECONDS / 5))))
        finally:
            await lock.release()
    return json.loads(kept)
