"""Replays from one moment and another, and the totals that are expected of the table each time."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import httpx
from lab10_stack import accepted, programming_error

from capsize.check import Judge
from workbench.customers import Customers
from workbench.labs.messaging_control import Kept, Quayside

START = datetime(1970, 1, 1, tzinfo=UTC)
BATCH = 100  # orders of the past that are published at a time
ENDS_WITHIN = 15.0  # seconds in which a replay comes to its end, on a busy machine too
ACKED_WITHIN = 3.0  # seconds in which the server has every ack; it forgets a bookmark that nobody uses after five
PAST = "INSERT INTO orders.orders (id, customer_id, key, status, total_cents) VALUES ($1, 1, $2, 'paid', $3)"
Totals = dict[str, int]


class Replays:
    """Orders placed before and after some moments, and the analysts' table."""

    def __init__(self, judge: Judge, quay: Quayside, door: httpx.AsyncClient) -> None:
        self.judge, self.quay, self.door, self.draw = judge, quay, door, judge.draw
        judge.point(look="async def replay", line=1)

    async def remember(self) -> None:
        """Put orders of the past into the books and the stream, more than a batch; some cost the same."""
        count = self.draw.count(115, 135)
        ids = [UUID(int=self.draw.getrandbits(128)) for _ in range(count)]
        orders = {order: self.draw.amount(700, 790) for order in ids}
        await self.quay.books.executemany(PAST, [(order, str(order), total) for order, total in orders.items()])
        told = [{"id": str(order), "status": "paid", "total_cents": total} for order, total in orders.items()]
        for begin in range(0, count, BATCH):
            await asyncio.gather(*(self.publish(order) for order in told[begin : begin + BATCH]))
        self.judge.done(f"remembered {count} orders of the past")

    async def publish(self, order: dict[str, Any]) -> None:
        await self.quay.js.publish("orders.placed", json.dumps(order).encode())

    async def place(self, customers: Customers, count: int) -> None:
        """Have a customer place orders of different sizes, and one twice of the same."""
        carts = [{"shackle": self.draw.count(1, 3), "oakum": 2} for _ in range(count)]
        await accepted(self.judge, customers, [*carts, carts[0]])

    async def moment(self, after: int) -> tuple[datetime, set[str]]:
        """Draw a moment between two messages after so many; return it, and the orders that were placed from it on."""
        placed = await self.quay.messages("ORDERS", after=after)
        # in the second of the message before it: a moment without its fraction is another moment
        apart = [place for place in range(2, len(placed) - 1) if _within_a_second(placed[place - 1], placed[place])]
        place = self.draw.victim(apart or [len(placed) // 2])
        before, then = placed[place - 1].at, placed[place].at
        return before + (then - before) / 2, {message.order for message in placed[place:]}

    async def source(self, orders: Iterable[str] | None = None) -> Totals:
        """Add up what the shop's own database says, of some orders or of all."""
        row = await self.quay.books.fetchrow(
            "SELECT count(*) AS orders, coalesce(sum(total_cents), 0)::bigint AS total_cents FROM orders.orders"
            " WHERE $1::uuid[] IS NULL OR id = ANY($1::uuid[])",
            None if orders is None else list(orders),
        )
        return dict(row)

    async def judge_replay(self, since: datetime, expected: Totals, words: str, *, line: int) -> None:
        """Replay from a moment, as a clock somewhere shows it, and judge the totals."""
        clock = timezone(timedelta(minutes=30 * self.draw.count(1, 20)))
        answer = await self.replayed(since.astimezone(clock))
        why = programming_error(self.judge, self.quay.stack) if answer is None else {}
        self.judge.claim(answer is not None, "a replay comes to its end", f"not within {ENDS_WITHIN:g} s", **why)
        assert answer is not None
        self.judge.claim(answer.is_success, "the replay succeeds (200)", answer.status_code, evidence=answer)
        got: Any = answer.json()
        evidence = f"the shop's database: {_said(expected)}"
        self.judge.claim(got == expected, words, lambda: _said(got), evidence=evidence, line=line)

    async def judge_acks(self) -> None:
        """Judge that no message of a replay waits for its ack: the server stops where too many do."""

        async def are_acked() -> bool:
            return not any(one.num_ack_pending for one in await self.quay.js.consumers_info("ORDERS"))

        sentence = "what was read is acknowledged"
        await self.judge.eventually(are_acked, sentence, "some of it is not", within=ACKED_WITHIN, line=1)

    async def replayed(self, since: datetime) -> httpx.Response | None:
        """Ask for a replay; None if no answer came."""
        try:
            return await self.door.post("/replay", params={"since": since.isoformat()}, timeout=ENDS_WITHIN)
        except httpx.TransportError:
            return None

    async def place_twice(self, customers: Customers) -> datetime:
        """Have orders placed, and earlier and new ones come a second time; return a moment before all of that."""
        last = (await self.quay.messages("ORDERS", after=await self.last_number() - 1))[-1]
        again = self.draw.sample(range(1, last.number + 1), 3)
        await self.place(customers, self.draw.count(4, 6))
        for number in [*again, last.number + 1, last.number + 3, last.number + 1]:
            message = await self.quay.js.get_msg("ORDERS", number)
            await self.quay.js.publish("orders.placed", message.data)
        await self.place(customers, 1)
        return last.at

    async def last_number(self) -> int:
        """Return the number of the newest message."""
        return int((await self.quay.js.stream_info("ORDERS")).state.last_seq)


def _within_a_second(one: Kept, other: Kept) -> bool:
    return one.at < other.at and one.at.replace(microsecond=0) == other.at.replace(microsecond=0)


def _said(totals: Totals) -> str:
    return f"{totals['orders']} orders, {totals['total_cents'] / 100:.2f} in all"
