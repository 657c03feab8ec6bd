"""What a service puts around its calls of another one: the learner's files, those that ``GUARDS`` names.

A call passes them from the outside to the inside: deadline, retries, breaker, bulkheads, and the deadline once more,
so that each try says what is left. In here an answer of httpx is an answer, and None means that there was none.
"""

from __future__ import annotations

import importlib
import math
import os
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import httpx

from shop.answers import Unanswered, understood
from shop.refusals import TooLate

GUARDS = os.environ["GUARDS"].split()
TRY_SECONDS = float(os.environ["TRY_SECONDS"])  # that one try has, whatever the deadline says
MANY = httpx.Limits(max_connections=None, max_keepalive_connections=50)

_Answer = httpx.Response | None
Send = Callable[[], Awaitable[_Answer]]


def on_guard(name: str) -> Any:
    """Return the learner's file of that name, or None where GUARDS does not name it."""
    return importlib.import_module(name) if name in GUARDS else None


deadline, retries, breaker = (on_guard(name) for name in ("deadline", "retries", "breaker"))
compartments = on_guard("bulkheads") and on_guard("bulkheads").Bulkheads()


def begin(headers: Mapping[str, str]) -> float:
    """Return when the sender of these headers stops waiting, by time.monotonic(): never, where nothing guards it."""
    return float(deadline.begin(headers)) if deadline else math.inf


def check(end: float) -> None:
    """Have the deadline refuse work for which nobody waits any more."""
    if deadline:
        deadline.check(end)


class Dependency:
    """Another service, as this one calls it. It keeps its connections until the process ends."""

    def __init__(self, name: str, url: str) -> None:
        self.name = name
        self._client = httpx.AsyncClient(base_url=url, timeout=TRY_SECONDS, limits=MANY, trust_env=False, verify=False)
        self._breaker = breaker and breaker.Breaker()
        self._retries = retries and retries.Retries()

    async def ask(
        self, method: str, path: str, end: float, *, key: str | None = None, customer: str = "", body: Any = None
    ) -> Any:
        """Make a call within all guards; return the body of a yes. Raises Refused for anything else."""
        may_repeat = method == "GET" or key is not None
        own = {name: value for name, value in (("Idempotency-Key", key), ("X-Customer", customer)) if value}

        async def once() -> _Answer:
            return await self._try(method, path, end, own, body)

        async def guarded(_: Mapping[str, str]) -> _Answer:
            broken: Send = (lambda: self._breaker.call(once)) if self._breaker else once
            tried: Send = (lambda: self._retries.ask(broken, may_repeat)) if self._retries else broken
            return await tried()

        answer: _Answer = await (deadline.ask(end, guarded) if deadline else guarded({}))
        if answer is None:
            check(end)
            raise Unanswered(f"{self.name} does not answer")
        return understood(answer)

    async def _try(self, method: str, path: str, end: float, own: Mapping[str, str], body: Any) -> _Answer:
        async def send(headers: Mapping[str, str]) -> httpx.Response:
            return await self._client.request(method, path, json=body, headers={**own, **headers})

        async def in_time() -> _Answer:
            try:
                return await (_of(deadline.ask(end, send)) if deadline else send({}))
            except (httpx.TransportError, TooLate):
                return None

        return await (_of(compartments.call(self.name, in_time)) if compartments else in_time())


async def _of(call: Awaitable[Any]) -> _Answer:
    """Return what a learner's file returns; there are no types in it."""
    answer: _Answer = await call
    return answer
