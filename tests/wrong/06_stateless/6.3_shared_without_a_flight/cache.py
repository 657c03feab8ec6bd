"""Cache: answers that take long to compute, kept for a while."""

import json
import os
import random

SECONDS = float(os.environ["CACHE_SECONDS"])  # an answer is good enough for this long


async def remember(valkey, key, work_out):
    """Return what is kept under the key; if there is nothing, await ``work_out()`` and keep its answer for SECONDS."""
    if (kept := await valkey.get(key)) is None:
        kept = json.dumps(await work_out())
        await valkey.set(key, kept, px=round(1000 * SECONDS * random.uniform(0.8, 1)))
    return json.loads(kept)
