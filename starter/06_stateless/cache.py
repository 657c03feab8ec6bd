"""Cache: answers that take long to work out, kept for a while."""

import os
import time

SECONDS = float(os.environ["CACHE_SECONDS"])  # that an answer is good enough
LEASE = float(os.environ["LEASE_SECONDS"])  # that working one out may take at most

_kept = {}


async def remember(valkey, key, work_out):
    """Return what is kept under the key; where nothing is, await ``work_out()`` and keep that for SECONDS."""
    # TODO 6.3: one copy works it out for all who ask meanwhile, dies without harm, and no two answers end together.
    answer, until = _kept.get(key, (None, 0.0))
    if time.monotonic() >= until:
        answer = await work_out()
        _kept[key] = answer, time.monotonic() + SECONDS
    return answer
