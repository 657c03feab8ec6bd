"""The bank, workers that are killed at the worst of moments, and what is expected of the charges afterwards."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from lab10_stack import said

from capsize.check import Judge
from shop.audit import audit
from shop.customers import Customers, tally
from shop.quayside import PATIENCE, Quayside, until

FIRST, THEN, KILLS, CLOSED, LAST = 490, 10, 8, 5, 480
ORDERS = FIRST + THEN
UNDER_WAY = "FROM pg_stat_activity WHERE query LIKE 'UPDATE orders.orders SET status%' AND wait_event_type = 'Lock'"


class Charges:
    """Five hundred orders, and the calls at which the workers are killed, drawn by a seed."""

    def __init__(self, judge: Judge, quay: Quayside, seed: int) -> None:
        self.judge, self.quay, self.seed = judge, quay, seed
        lot = random.Random(seed)
        calls = lot.sample(range(1, LAST, 4), KILLS + CLOSED)  # apart: two workers are never held at once
        points = lot.sample(["before", "after"] * (KILLS // 2), KILLS)
        self.hold = dict(zip(calls, points, strict=False))
        self.fail = calls[KILLS:]
        self.accepted: dict[str, int] = {}

    async def place(self, customers: Customers, count: int) -> None:
        """Have so many customers order, without waiting."""
        carts = [{random.Random(number).choice(("shackle", "ensign", "oakum")): 1} for number in range(count)]
        answers = await asyncio.gather(*(customers.order_in_passing(cart) for cart in carts))
        self.judge.expect(
            tally(answers) == {"202": count},
            expected=f"all {count} orders are accepted (202)",
            got=f"{tally(answers)}",
        )
        self.accepted |= {answer.body["id"]: answer.body["total_cents"] for answer in answers}

    async def kill_workers(self) -> None:
        """Kill the workers whenever the bank holds a call; then while they write down that an order is paid."""
        killed = 0
        for _ in range(KILLS):
            try:
                async with asyncio.timeout(PATIENCE / 2):
                    await self.quay.held()
            except TimeoutError:
                break  # fewer calls came than there are orders: the ledger will say why
            await self.quay.kill("charges")
            await self.quay.release()
            killed += 1
        self.judge.done(
            f"killed the workers {killed} times while the bank had a charge in hand, before or after it was made; the"
            f" bank was closed for {CLOSED} calls (seed {self.seed})"
        )

    async def kill_at_the_books(self, customers: Customers) -> None:
        """Kill the workers while they wait to write down that an order is paid."""
        self.judge.done(f"placed {THEN} more, and killed the workers while they were marking orders as paid")
        await self.quay.tell("bank", hold={1: "after", 2: "after"})
        await self.place(customers, THEN)
        await self.quay.held()
        async with self.locked_books():
            await self.quay.release()
            if await until(self.is_waiting, PATIENCE / 2):
                await self.quay.kill("charges")
                await self.quay.books.execute(f"SELECT pg_terminate_backend(pid) {UNDER_WAY}")

    @asynccontextmanager
    async def locked_books(self) -> AsyncIterator[None]:
        """Keep everybody from writing to the orders, by a hand of our own: who looks on sees one moment in a lock."""
        hand = await asyncpg.connect(self.quay.stack.dsn("db"))
        async with hand.transaction():
            await hand.execute("LOCK TABLE orders.orders IN SHARE MODE")
            yield
        await hand.close()

    async def is_waiting(self) -> bool:
        return bool(await self.quay.books.fetchval(f"SELECT count(*) {UNDER_WAY}"))

    async def judge_ledger(self) -> None:
        """Judge what the bank did against what customers were told."""
        idle = await self.quay.until_read("charges", seconds=2 * PATIENCE)
        left = await self.quay.unread("ORDERS", "charges")
        self.judge.expect(
            idle,
            expected="in the end the queue is empty: what is done is acknowledged",
            got=said(left, "message comes again and again", "messages come again and again", "it is"),
            look=self.judge.place("async for message"),
        )
        charged = await self.quay.deeds("bank")
        lost = self.accepted.keys() - charged.keys()
        self.judge.expect(
            not lost,
            expected=f"no charge is lost: each of the {ORDERS} orders is charged",
            got=said(len(lost), "order was never charged", "orders were never charged", "each is"),
            look=self.judge.place("message.ack"),
        )
        twice = {order: count for order, count in charged.items() if count > 1}
        self.judge.expect(
            not twice,
            expected="nobody is charged twice",
            got=said(len(twice), "order was charged again", "orders were charged again", "nobody was"),
            evidence=[f"order {order}: {count} charges" for order, count in twice.items()][:3],
            look=self.judge.place("harbour.charge"),
        )
        await self.judge_books()

    async def judge_books(self) -> None:
        """Judge the shop's own books."""
        pending = await self.quay.books.fetchval("SELECT count(*) FROM orders.orders WHERE status <> 'paid'")
        self.judge.expect(
            not pending,
            expected="every order that was charged is marked as paid",
            got=said(pending, "order is still pending", "orders are still pending", "every one is"),
            look=self.judge.place("message.ack"),
        )
        findings = await audit(self.quay.books, self.quay.ledger, acknowledged=self.accepted)
        self.judge.expect(
            not findings, expected="the audit is clean", got="; ".join(map(str, findings))[:300] or "it is"
        )
