"""Cache: answers that take long to compute, kept for a while."""

import os
import time

SECONDS = float(os.environ["CACHE_SECONDS"])  # an answer is good enough for this long
LEASE = float(os.environ["LEASE_SECONDS"])  # computing one may take this long at most

_kept = {}


async def remember(valkey, key, work_out):
    """Return what is kept under the key; if there is nothing, await ``work_out()`` and keep its answer for SECONDS."""
    # TODO 6.3: one copy computes an answer for all who ask, its death does no harm, and answers do not expire together.
    answer, until = _kept.get(key, (None, 0.0))
    if time.monotonic() >= until:
        answer = await work_out()
        _kept[key] = answer, time.monotonic() + SECONDS
    return answer
