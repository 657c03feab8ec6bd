"""The outside as an ambassador sees it: a client of whomever it calls, one try of a call, and the wait between two."""

from __future__ import annotations

import os
import random
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

ANSWERS_WITHIN = 1.0  # seconds that one try has
STAYS_HERE = ("host", "connection", "content-length", "transfer-encoding", "keep-alive")  # of this hop, not of the call


@dataclass(frozen=True)
class Call:
    """A call of the app's. The names of ``headers`` are written small: ``"idempotency-key" in call.headers``."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


def connected() -> httpx.AsyncClient:
    """Make a client of $HARBOUR_URL. It keeps its connections for the next call, until it is closed."""
    return httpx.AsyncClient(base_url=os.environ["HARBOUR_URL"], timeout=ANSWERS_WITHIN, trust_env=False, verify=False)


async def ask(client: httpx.AsyncClient, call: Call) -> httpx.Response | None:
    """Try a call once. None: no answer came, and whether anything was done nobody knows."""
    headers = {name: value for name, value in call.headers.items() if name not in STAYS_HERE}
    try:
        return await client.request(call.method, call.path, headers=headers, content=call.body)
    except httpx.TransportError:
        return None


def pause(tried: int) -> float:
    """Return how many seconds to wait after so many tries: none before the first, then more, and never the same."""
    return random.uniform(0.5, 1) * 0.02 * 2**tried if tried else 0.0
