"""What the checks of lab 10 share: which workers run, orders that nobody waits for, and a place at the quay."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx

from capsize.check import Judge
from capsize.session.running import RunningStack
from capsize.stack.model import Service, Stack
from workbench.customers import Customers, tally
from workbench.labs.messaging_control import Quayside
from workbench.polling import PATIENCE

GIVEN = ("shop", "db", "nats", "harbour", "harbour-db")


def only(worker: str, copies: int = 1, **settings: object) -> Callable[[Stack], Stack]:
    """Make a change of the lab's stack: of the workers this one alone, so many copies, and these settings for all."""

    def change(stack: Stack) -> Stack:
        kept = stack.only(*GIVEN, worker)
        told = {name: _told(service, settings) for name, service in kept.services.items()}
        return replace(kept, services={**told, worker: replace(told[worker], replicas=copies)})

    return change


def _told(service: Service, settings: Mapping[str, object]) -> Service:
    """Return a service with the settings that it has heard of."""
    own = {name: str(value) for name, value in settings.items() if name in service.environment}
    return replace(service, environment={**service.environment, **own})


async def accepted(judge: Judge, customers: Customers, carts: Iterable[Mapping[str, int]]) -> list[dict[str, Any]]:
    """Place orders one by one, and return them; the shop has to accept each."""
    answers = [await customers.order_in_passing(cart) for cart in carts]
    judge.expect(
        tally(answers).keys() == {"202"},
        expected="every order is accepted (202)",
        got=f"{tally(answers)}",
        evidence=[f"{answer.kind} {answer.body}"[:200] for answer in answers if answer.kind != "202"][:3],
    )
    return [answer.body for answer in answers]


@asynccontextmanager
async def quayside(stack: RunningStack) -> AsyncIterator[Quayside]:
    """Take hold of a stack, and let go of it."""
    quay = await Quayside.beside(stack)
    try:
        yield quay
    finally:
        await quay.leave()


def browser(stack: RunningStack, service: str) -> httpx.AsyncClient:
    """Open a client of a service's own door."""
    return httpx.AsyncClient(base_url=stack.url(service), timeout=PATIENCE, trust_env=False)


def said(count: int, one: str, many: str, good: str) -> str:
    """Say how many of something there are, or that all is well."""
    return f"{count} {one if count == 1 else many}" if count else good
