"""The shop's customers as a check plays them: they log in, order, read back, and every answer is counted."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import httpx

from shop.core.users import EMAILS, PASSWORD

ANSWERED_WITHIN = 20.0  # seconds that a customer waits for an answer before it counts as none


@dataclass(frozen=True)
class Answer:
    """What came back: the status, or the kind of error where nothing came. ``seconds`` run from when it was due.

    ``asked`` is the request (``POST /orders``), ``key`` its Idempotency-Key, and ``at`` when it came, by monotonic.
    """

    kind: str
    body: Any
    seconds: float
    by: str = ""  # the copy of the shop that answered
    worked: float = 0.0  # seconds that it says it worked on that
    asked: str = ""
    key: str = ""
    at: float = 0.0

    @property
    def placed(self) -> bool:
        return self.kind == "201"


class Customers:
    """Customers of the shop at ``url`` who share one login; raises httpx's errors only while it logs in.

    ``answers`` is every answer that they had, in the order in which they came.
    """

    def __init__(self, url: str, *, at_once: int = 100, email: str = EMAILS[0]) -> None:
        limits = httpx.Limits(max_connections=at_once, max_keepalive_connections=at_once)
        self._client = httpx.AsyncClient(
            base_url=url, timeout=ANSWERED_WITHIN, limits=limits, trust_env=False, verify=False
        )  # no TLS
        self.answers: list[Answer] = []
        self._email = email

    async def __aenter__(self) -> Self:
        answer = await self._client.post("/login", json={"email": self._email, "password": PASSWORD})
        self._client.headers["Authorization"] = f"Bearer {answer.raise_for_status().json()['token']}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def order(self, cart: Mapping[str, int], *, key: str | None = None, due: float | None = None) -> Answer:
        """Place an order, under a new key unless one is given."""
        headers = {"Idempotency-Key": key or str(uuid4())}
        return await self.ask("POST", "/orders", json={"lines": dict(cart)}, headers=headers, due=due)

    async def order_in_passing(self, cart: Mapping[str, int]) -> Answer:
        """Place an order without waiting for what becomes of it, where the shop can do that (lab 10)."""
        headers = {"Idempotency-Key": str(uuid4()), "Prefer": "respond-async"}
        return await self.ask("POST", "/orders", json={"lines": dict(cart)}, headers=headers)

    async def read(self, path: str) -> Answer:
        """Read whatever is at a path."""
        return await self.ask("GET", path)

    async def race(self, count: int, cart: Mapping[str, int]) -> list[Answer]:
        """Let ``count`` customers order the same cart at the same moment."""
        return await asyncio.gather(*(self.order(cart) for _ in range(count)))

    async def ask(self, method: str, path: str, *, due: float | None = None, **more: Any) -> Answer:
        """Send a request; whatever happens becomes an answer. ``due`` is when it should have left, by perf_counter."""
        due = time.perf_counter() if due is None else due
        came = await self._answer(method, path, **more)
        key = (more.get("headers") or {}).get("Idempotency-Key", "")
        of = {"asked": f"{method} {path}", "key": key, "at": time.monotonic(), "seconds": time.perf_counter() - due}
        self.answers.append(answer := replace(came, **of))
        return answer

    async def _answer(self, method: str, path: str, **more: Any) -> Answer:
        try:
            reply = await self._client.request(method, path, **more)
        except httpx.HTTPError as error:
            return Answer(type(error).__name__, str(error), 0.0)
        by, worked = reply.headers.get("x-copy", ""), _worked(reply.headers)
        return Answer(str(reply.status_code), _body(reply), 0.0, by, worked)


def _body(reply: httpx.Response) -> Any:
    """Read JSON; what only claims to be JSON stays a text."""
    if not reply.headers.get("content-type", "").startswith("application/json"):
        return reply.text
    try:
        return reply.json()
    except ValueError:
        return reply.text


def _worked(headers: Mapping[str, str]) -> float:
    """Read how long the server worked, where it says so: ``Server-Timing: work;dur=24.1``, in milliseconds."""
    return float(headers.get("server-timing", "").partition("dur=")[2] or 0) / 1000


@asynccontextmanager
async def anonymous(url: str, *, at_once: int = 1) -> AsyncIterator[Customers]:
    """Open a browser of one connection, or of some more, without logging in."""
    customer = Customers(url, at_once=at_once)
    try:
        yield customer
    finally:
        await customer.__aexit__(None, None, None)


def tally(answers: Iterable[Answer]) -> dict[str, int]:
    """Count answers by kind: {"201": 50, "409": 150}."""
    return dict(sorted(Counter(answer.kind for answer in answers).items()))


def unusual(answers: Iterable[Answer], *usual: str) -> list[str]:
    """Return one line for each kind of answer that nobody hoped for, as evidence."""
    lines = {answer.kind: f"{answer.kind} {answer.body}"[:200] for answer in answers if answer.kind not in usual}
    return list(lines.values())


def acknowledged(answers: Iterable[Answer]) -> dict[str, int]:
    """Return the acknowledged orders: their ids with the totals that their customers were told."""
    return {answer.body["id"]: answer.body["total_cents"] for answer in answers if answer.placed}
