"""The quay, from where one sees both sides: the shop's books and streams, the harbour's desks and its ledger.

Checks and notebooks stand here, never a service. ``stack`` is a running stack of lab 10.
"""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg

from capsize.check.kit import database
from capsize.waiting import came_true
from workbench.customers import Customers
from workbench.harbour_control import DONE_WITHIN, Harbourside
from workbench.nats_server import connected

ORDER = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Kept:
    """A message in a stream: its number, the order that it is about ("" for none), and when the server took it."""

    number: int
    subject: str
    order: str
    at: datetime


class Quayside(Harbourside):
    """What one holds of a stack: both databases, the harbour's desks, and JetStream."""

    books: asyncpg.Connection
    server: Any

    async def take_hold(self) -> None:
        """Open what is held of any harbour, and the shop's side of it."""
        await super().take_hold()
        self.books = await self.opened.enter_async_context(database(self.stack))
        self.server = await connected(self.stack, "shop")
        self.opened.push_async_callback(self.server.close)

    @property
    def js(self) -> Any:
        return self.server.jetstream()

    async def place(self, count: int, item: str = "shackle") -> list[dict[str, Any]]:
        """Have a customer order so many times, without waiting for any of it; return what was accepted."""
        async with Customers(self.stack.url("shop")) as customers:
            return [(await customers.order_in_passing({item: 1})).body for _ in range(count)]

    async def shown(self) -> list[Any]:
        """List the steps on the board as they were shown: order, number, and seconds since 1970."""
        rows: list[Any] = await self.ledger.fetch(
            "SELECT order_id::text AS order, split_part(key, ' ', 2)::int AS number,"
            " extract(epoch FROM done_at)::float AS at FROM harbour.deeds WHERE office = 'board' ORDER BY id"
        )
        return rows

    async def unread(self, stream: str, bookmark: str) -> int:
        """Count the messages under a bookmark, those in flight included."""
        state = await self.js.consumer_info(stream, bookmark)
        return int(state.num_pending + state.num_ack_pending)

    async def until_read(self, bookmark: str, stream: str = "ORDERS", *, seconds: float = DONE_WITHIN) -> bool:
        """Wait until nothing is under a bookmark any more; say whether it came to that."""

        async def is_read() -> bool:
            return not await self.unread(stream, bookmark)

        return bool(await came_true(is_read, seconds))

    async def until_shown(self, count: int) -> bool:
        """Wait until the board shows so many steps; say whether it came to that."""

        async def are_there() -> bool:
            return len(await self.shown()) >= count

        return bool(await came_true(are_there, DONE_WITHIN))

    async def messages(self, stream: str, *, after: int = 0) -> list[Kept]:
        """List what a stream keeps at the moment, the oldest first; only those ``after`` a message, by its number."""
        state = (await self.js.stream_info(stream)).state
        numbers = range(max(state.first_seq, after + 1), state.last_seq + 1) if state.messages else ()
        asked = [await self.kept(stream, number) for number in numbers]
        return [message for message in asked if message]

    async def kept(self, stream: str, number: int) -> Kept | None:
        """Return a message by its number; None where it was taken out."""
        answer = await self.server.request(f"$JS.API.STREAM.MSG.GET.{stream}", json.dumps({"seq": number}).encode())
        found = json.loads(answer.data).get("message")
        if not found:
            return None
        about = ORDER.search(base64.b64decode(found.get("data", "")).decode(errors="replace"))
        return Kept(number, found["subject"], about[0] if about else "", datetime.fromisoformat(found["time"]))

    async def dead_letters(self) -> list[Kept]:
        """List the messages on ``dead.letters``."""
        return [message for message in await self.messages("DEAD") if message.subject == "dead.letters"]

    async def dead(self) -> int:
        """Count the dead letters."""
        return int((await self.js.stream_info("DEAD")).state.messages)


def out_of_order(shown: list[Any]) -> dict[str, list[int]]:
    """Return the orders whose steps were not shown as they happened, with the numbers as they came."""
    numbers: dict[str, list[int]] = {}
    for row in shown:
        numbers.setdefault(row["order"], []).append(row["number"])
    return {order: found for order, found in numbers.items() if found != sorted(found)}
