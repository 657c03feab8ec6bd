"""A pod from outside: the harbour that it calls, the lines that its agent shipped, and the keys that the bank gives it.

Checks and notebooks stand here, never a service. ``stack`` is a running stack of lab 15, or a part of one.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from dataclasses import dataclass
from secrets import token_hex
from typing import Any, Self

import asyncpg
import httpx

from shop import vault
from workbench.customers import Customers
from workbench.harbour_control import Harbourside
from workbench.polling import PATIENCE, until

STILL = 1.5  # seconds without a line after which none is expected any more


@dataclass(frozen=True)
class Podside(Harbourside):
    """What one holds of a stack: the harbour, the collector's desk where there is one, and the keys so far."""

    collector: httpx.AsyncClient | None
    keys: list[str]

    @classmethod
    async def beside(cls, stack: Any) -> Self:
        """Take hold of a stack; ``leave`` lets go."""
        ledger = await asyncpg.connect(stack.dsn("harbour-db"))
        has_collector = "collector" in stack.model.services
        return cls(stack, ledger, _door(stack, "harbour"), _door(stack, "collector") if has_collector else None, [])

    async def leave(self) -> None:
        """Let go of everything."""
        await self.ledger.close()
        for door in (self.desks, self.collector):
            if door:
                await door.aclose()

    @property
    def collecting(self) -> Harbourside:
        """The collector's desk, where its calls can be held."""
        assert self.collector, "this stack has no collector"
        return Harbourside(self.stack, self.ledger, self.collector)

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

        await until(is_back)

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

    async def issue(self) -> str:
        """Have the bank give out a new key, and put it into the vault; the ones before are taken on beside it."""
        self.keys.append(key := f"key-{token_hex(16)}")
        await self._take(self.keys)
        await asyncio.to_thread(_put, f"http://{self.stack.url('vault')}", key)
        return key

    async def withdraw(self) -> None:
        """Have the bank take the newest key alone from now on."""
        del self.keys[:-1]
        await self._take(self.keys)

    async def _take(self, keys: list[str]) -> None:
        (await self.desks.put("/keys", json={"taken": keys})).raise_for_status()

    async def uses(self, key: str) -> int:
        """Count the calls that the bank has had with a key."""
        return int((await self.desks.get("/keys")).raise_for_status().json().get(key, 0))

    async def until_used(self, key: str, *, seconds: float = PATIENCE) -> bool:
        """Wait until the bank has had a call with a key; say whether it came to that."""

        async def is_used() -> bool:
            return bool(await self.uses(key))

        return await until(is_used, seconds)


def _read(line: str) -> dict[str, str]:
    """Read a line as the app wrote it; a part of one tells nothing."""
    try:
        return dict(json.loads(line))
    except ValueError:
        return {}


def _door(stack: Any, service: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=stack.url(service), timeout=PATIENCE, trust_env=False)


def _put(url: str, key: str) -> None:
    secrets = vault.client(url)
    try:
        secrets.put_secret_value(SecretId=vault.NAME, SecretString=key)
    except secrets.exceptions.ResourceNotFoundException:
        secrets.create_secret(Name=vault.NAME, SecretString=key)
