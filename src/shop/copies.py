"""Copies of a service as a caller knows them: an address, a lease, and one try of a call. Failed tries are kept."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import httpx

from shop.answers import Unanswered

CONNECTED_WITHIN = 2.0  # seconds
ANSWERED_WITHIN = float(os.environ.get("ANSWER_SECONDS", "5"))
STAYS_HERE = ("host", "connection", "content-length", "transfer-encoding", "keep-alive")  # of one hop, not of a call
MOST_MISSES = 20_000


@dataclass(frozen=True)
class Endpoint:
    """A copy: its name, its address (``host:port``), and until when its lease lasts, by time.monotonic()."""

    name: str
    address: str
    until: float = float("inf")


@dataclass(frozen=True)
class RoutedCall:
    """A customer's call, and the way by which it is to find a copy. The names of ``headers`` are written small."""

    way: str
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def repeatable(self) -> bool:
        """Return whether making it twice does no harm: it only reads, or a key says that the second is the first."""
        return self.method in ("GET", "HEAD") or "idempotency-key" in self.headers


@dataclass(frozen=True)
class Miss:
    """A try that failed: by which way, at which copy, when (by time.monotonic()), and whether the copy was reached."""

    way: str
    copy: str
    at: float
    reached: bool


class NoAnswer(Unanswered):
    """Say that a copy gave no answer: nobody knows whether it did what it was asked."""


class NotReached(NoAnswer):
    """Say that nothing listens at a copy's address: the call was not sent."""


MISSES: deque[Miss] = deque(maxlen=MOST_MISSES)


async def ask(copy: Endpoint, call: RoutedCall) -> httpx.Response:
    """Try a call once, at one copy. Raises NotReached, or NoAnswer: too late, a broken connection, 502 to 504."""
    headers = {name: value for name, value in call.headers.items() if name not in STAYS_HERE}
    url = f"http://{copy.address}{call.path}"
    try:
        answer = await _client().request(call.method, url, headers=headers, content=call.body)
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        MISSES.append(Miss(call.way, copy.name, time.monotonic(), False))
        raise NotReached(f"{copy.name} cannot be reached") from error
    except httpx.TransportError as error:
        MISSES.append(Miss(call.way, copy.name, time.monotonic(), True))
        raise NoAnswer(f"{copy.name} does not answer") from error
    if answer.status_code in (502, 503, 504):
        MISSES.append(Miss(call.way, copy.name, time.monotonic(), True))
        raise NoAnswer(f"{copy.name} answers {answer.status_code}")
    return answer


@cache
def _client() -> httpx.AsyncClient:
    """Return the one client of this process, which keeps its connections for later calls."""
    limits = httpx.Limits(max_connections=200, max_keepalive_connections=100)
    times = httpx.Timeout(ANSWERED_WITHIN, connect=CONNECTED_WITHIN)
    return httpx.AsyncClient(timeout=times, limits=limits, trust_env=False, verify=False)  # no TLS
