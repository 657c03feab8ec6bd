"""A pod from outside: the harbour that it calls, the lines that its agent shipped, and the keys that the bank gives it.

Checks and notebooks stand here, never a service. ``stack`` is a running stack of lab 15, or a part of one.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from secrets import token_hex
from typing import Any
from uuid import uuid4

import httpx

from capsize.check.kit import browser, until
from capsize.waiting import came_true
from shop import vault
from workbench.customers import Customers
from workbench.harbour_control import DONE_WITHIN, Harbourside
from workbench.meanwhile import meanwhile

STILL = 1.5  # seconds without a line after which none is expected any more


class Podside(Harbourside):
    """What one holds of a stack: the harbour, the collector's desk where there is one, and the keys so far."""

    collector: httpx.AsyncClient | None = None

    def __init__(self, stack: Any) -> None:
        super().__init__(stack)
        self.keys: list[str] = []

    async def take_hold(self) -> None:
        """Open what is held of any harbour, and the collector's desk where there is one."""
        await super().take_hold()
        if "collector" in self.stack.model.services:
            self.collector = await self.opened.enter_async_context(browser(self.stack, "collector"))

    @property
    def collecting(self) -> Harbourside:
        """The collector's desk, where its calls can be held."""
        assert self.collector, "this stack has no collector"
        desk = Harbourside(self.stack)
        desk.ledger, desk.desks = self.ledger, self.collector
        return desk

    async def lines(self) -> list[Any]:
        """List the lines that the collector has, as they came first: text, and how many times each came."""
        rows: list[Any] = await self.ledger.fetch("SELECT key, text, times FROM logbook.lines ORDER BY id")
        return rows

    async def die(self, service: str) -> None:
        """Kill a service by SIGKILL, and wait until its next process is ready."""
        instance = self.stack.instance(f"{service}-1")
        before = instance.pid
        await self.kill(service)

        async def is_back() -> bool:
            return bool(instance.ready) and instance.pid not in (None, before)

        await until(is_back, f"{instance.name} is ready again after it was killed", within=DONE_WITHIN)

    async def collected(self) -> Counter[str]:
        """Count the lines at the collector: of an order under its number, of gifts under one name."""
        told = [_read(row["text"]) for row in await self.lines()]
        return Counter(one.get("id", one["what"]) for one in told if "what" in one)

    async def until_still(self) -> None:
        """Wait until nothing has come to the collector for a second or two."""
        before = -1
        while (count := sum(row["times"] for row in await self.lines())) > before:
            before = count
            await asyncio.sleep(STILL)

    def customers(self) -> Customers:
        """Open a browser of a customer who logs in."""
        return Customers(self.stack.url("shop"))

    async def taken(self, cents: int) -> int:
        """Count what the bank has taken, of so many cents each."""
        return int(await self.ledger.fetchval("SELECT count(*) FROM harbour.deeds WHERE cents = $1", cents))

    async def place(self, count: int) -> set[str]:
        """Have a customer order so many times; return the numbers of the orders that were placed."""
        async with self.customers() as customers:
            answers = [await customers.order({"shackle": 1}) for _ in range(count)]
        return {answer.body["id"] for answer in answers if answer.placed}

    async def insist(self, tries: int) -> int:
        """Have a customer's app order once, and try again until it is placed; return how many calls the bank had."""
        before, key = len(await self.calls("bank")), str(uuid4())
        async with self.customers() as customers:
            for _ in range(tries):
                if (await customers.order({"shackle": 1}, key=key)).placed:
                    break
        return len(await self.calls("bank")) - before

    @asynccontextmanager
    async def asking_for_rates(self, many: int = 3) -> AsyncIterator[None]:
        """Have some customers ask for the rate through the ambassador, one question after the other, for a block."""
        async with self.customers() as customers, meanwhile(*many * [partial(customers.read, "/rates?by=yours")]):
            yield

    async def issue(self, key: str = "") -> str:
        """Have the bank give out a new key, and put it into the vault; the ones before are taken on beside it."""
        self.keys.append(key := key or f"key-{token_hex(16)}")
        await self.take(self.keys)
        await asyncio.to_thread(_put, self.stack, key)
        return key

    async def withdraw(self) -> None:
        """Have the bank take the newest key alone from now on."""
        del self.keys[:-1]
        await self.take(self.keys)

    async def take(self, keys: list[str]) -> None:
        """Have the bank take these keys and no others; an empty list takes everybody."""
        (await self.desks.put("/keys", json={"taken": keys})).raise_for_status()

    async def uses(self, key: str) -> int:
        """Count the calls that the bank has had with a key."""
        return int((await self.desks.get("/keys")).raise_for_status().json().get(key, 0))

    async def until_used(self, key: str, *, seconds: float = DONE_WITHIN) -> bool:
        """Wait until the bank has had a call with a key; say whether it came to that."""

        async def is_used() -> bool:
            return bool(await self.uses(key))

        return bool(await came_true(is_used, seconds))


def _read(line: str) -> dict[str, str]:
    """Read a line as the app wrote it; a part of one tells nothing."""
    try:
        return dict(json.loads(line))
    except ValueError:
        return {}


def _put(stack: Any, key: str) -> None:
    secrets = vault.client(f"http://{stack.url('vault')}", stack.aws_secret("vault"))
    try:
        secrets.put_secret_value(SecretId=vault.NAME, SecretString=key)
    except secrets.exceptions.ResourceNotFoundException:
        secrets.create_secret(Name=vault.NAME, SecretString=key)
