"""The bank, workers that are killed at the worst of moments, and what is expected of the charges afterwards."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from lab10_stack import DECIDED_WITHIN, counted

from capsize.check import Judge
from capsize.check.kit import database, until
from capsize.waiting import came_true
from workbench.audit import audit
from workbench.customers import Customers, tally
from workbench.harbour_control import DONE_WITHIN
from workbench.labs.messaging_control import Quayside

FIRST, THEN, KILLS, CLOSED, LAST = 490, 10, 4, 5, 480
ORDERS = FIRST + THEN
UNDER_WAY = (
    "SELECT pid FROM pg_stat_activity WHERE query LIKE 'UPDATE orders.orders SET status%' AND wait_event_type = 'Lock'"
)


class Charges:
    """Five hundred orders, and the calls at which the workers are killed, drawn by a seed."""

    def __init__(self, judge: Judge, quay: Quayside, seed: int) -> None:
        self.judge, self.quay, self.seed = judge, quay, seed
        lot = random.Random(seed)
        calls = lot.sample(range(1, LAST, 4), KILLS + CLOSED)  # apart: each kill meets another
        points = lot.sample(["before", "after"] * (KILLS // 2), KILLS)
        self.hold = dict(zip(calls, points, strict=False))
        self.fail = calls[KILLS:]
        self.accepted: dict[str, int] = {}

    async def place(self, customers: Customers, count: int) -> None:
        """Have so many customers order, without waiting."""
        carts = [{random.Random(number).choice(("shackle", "ensign", "oakum")): 1} for number in range(count)]
        answers = await asyncio.gather(*(customers.order_in_passing(cart) for cart in carts))
        self.judge.claim(tally(answers) == {"202": count}, f"all {count} orders are accepted (202)", tally(answers))
        self.accepted |= {answer.body["id"]: answer.body["total_cents"] for answer in answers}

    async def kill_workers(self, placing: asyncio.Task[None]) -> None:
        """Kill the workers whenever the bank holds a call, until it has held all that were drawn, or none is left."""

        async def is_through() -> bool:
            return placing.done() and not await self.quay.unread("ORDERS", "charges")

        killed = await self.quay.strike("charges", KILLS, unless=is_through)
        self.judge.done(
            f"killed the workers {killed} times while the bank had a charge in hand, before or after it was made; the"
            f" bank was closed for {CLOSED} calls (seed {self.seed})"
        )

    async def kill_at_the_books(self, customers: Customers) -> None:
        """Kill the workers while they wait to write down that an order is paid."""
        self.judge.done(f"placed {THEN} more, and killed the workers while they were marking orders as paid")
        await self.quay.tell("bank", hold={1: "after", 2: "after"})
        await self.place(customers, THEN)
        await until(self.quay.holds, "the bank has a charge in hand", within=DONE_WITHIN)
        async with self.locked_books():
            await self.quay.release()
            if await came_true(self.under_way, DECIDED_WITHIN):
                pids = await self.under_way()
                await self.quay.kill("charges")
                # PostgreSQL would carry out what a dead worker asked for
                await self.quay.books.execute("SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) AS pid", pids)

    @asynccontextmanager
    async def locked_books(self) -> AsyncIterator[None]:
        """Keep everybody from writing to the orders, by a hand of our own: who looks on sees one moment in a lock."""
        async with database(self.quay.stack) as hand, hand.transaction():
            await hand.execute("LOCK TABLE orders.orders IN SHARE MODE")
            yield

    async def under_way(self) -> list[int]:
        return [pid for (pid,) in await self.quay.books.fetch(UNDER_WAY)]

    async def judge_ledger(self) -> None:
        """Judge what the bank did against what customers were told."""
        await self.settle()
        left = await self.quay.unread("ORDERS", "charges")
        self.judge.claim(
            not left,
            "in the end the queue is empty: what is done is acknowledged",
            counted(left, "message comes again and again", "messages come again and again"),
            look="async for message",
        )
        charged = await self.quay.deeds("bank")
        lost = self.accepted.keys() - charged.keys()
        self.judge.claim(
            not lost,
            f"no charge is lost: each of the {ORDERS} orders is charged",
            counted(len(lost), "order was never charged", "orders were never charged"),
            look="message.ack",
        )
        twice = {order: count for order, count in charged.items() if count > 1}
        self.judge.claim(
            not twice,
            "nobody is charged twice",
            counted(len(twice), "order was charged again", "orders were charged again"),
            evidence=[f"order {order}: {count} charges" for order, count in twice.items()][:3],
            look="harbour.charge",
        )
        await self.judge_books()

    async def settle(self) -> None:
        """Wait until all is over, for as long as more and more orders are charged."""
        before, is_over = -1, False
        while not is_over and (charged := len(await self.quay.deeds("bank"))) > before:
            before, is_over = charged, await came_true(self.is_over, DONE_WITHIN)

    async def is_over(self) -> bool:
        """Say whether the queue is empty, or the bank was called so often that it never will be."""
        return not await self.quay.unread("ORDERS", "charges") or len(await self.quay.calls("bank")) > 2 * ORDERS

    async def judge_books(self) -> None:
        """Judge the shop's own books."""
        pending = await self.quay.books.fetchval("SELECT count(*) FROM orders.orders WHERE status <> 'paid'")
        self.judge.claim(
            not pending,
            "every order that was charged is marked as paid",
            counted(pending, "order is still pending", "orders are still pending"),
            look="message.ack",
        )
        findings = await audit(self.quay.books, self.quay.ledger, acknowledged=self.accepted)
        self.judge.claim(not findings, "the audit is clean", "; ".join(map(str, findings))[:300])
