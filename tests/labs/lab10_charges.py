"""The bank, workers that are killed at the worst of moments, and what is expected of the charges afterwards."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from lab10_stack import programming_error

from capsize.check import Judge
from capsize.check.kit import account, database, during, until
from capsize.waiting import came_true
from workbench.audit import audit
from workbench.customers import Customers
from workbench.harbour_control import DONE_WITHIN
from workbench.labs.messaging_control import Quayside

KILLS, CLOSED, LOST, LAST = 4, 4, 4, 96  # how often what happens, and the last call to which it does
APART = LAST // KILLS  # calls from one kill to the next, so that each meets another
ITEMS = ("shackle", "ensign", "oakum")
DELIVERIES = 7  # of a message while the bank is away: who gives one up after a few tries loses it
AWAY = 9.0  # seconds that the bank is away at most
ASKED_WITHIN = 10.0  # seconds in which a worker asks the bank for its first charge, on a busy machine too
STRUCK_WITHIN = 6.0  # seconds in which a worker comes to the books, or is left alone
STILL = 4.0  # seconds without any progress after which none is expected: eight times ACK_WAIT
SETTLED_WITHIN = 40.0  # seconds in which all is over, on a busy machine too
QUIET_WITHIN = 8.0  # seconds that a strike waits for what was placed earlier
UNDER_WAY = "SELECT pid FROM pg_stat_activity WHERE query ILIKE 'UPDATE orders.orders%' AND wait_event_type = 'Lock'"


class Charges:
    """A hundred orders and more, the calls at which the workers are killed, and those that fail."""

    def __init__(self, judge: Judge, quay: Quayside) -> None:
        self.judge, self.quay, self.draw = judge, quay, judge.draw
        self.first, self.later = self.draw.count(LAST + 4, LAST + 24), self.draw.count(6, 9)
        kills = [self.draw.count(begin, begin + APART // 3) for begin in range(3, LAST, APART)]
        points = self.draw.sample(["before", "after"] * (KILLS // 2), KILLS)
        self.hold = dict(zip(kills, points, strict=True))
        others = self.draw.sample([call for call in range(1, LAST) if call not in kills], CLOSED + LOST)
        self.fail, self.lose = others[:CLOSED], others[CLOSED:]
        self.accepted: dict[str, int] = {}

    async def place(self, customers: Customers, count: int) -> None:
        """Have so many customers order, without waiting; some carts are alike."""
        carts = [{self.draw.choice(ITEMS): self.draw.count(1, 3)} for _ in range(count)]
        answers = await asyncio.gather(*(customers.order_in_passing(cart) for cart in carts))
        account(self.judge, answers, expected={"202"}, sentence="every order is accepted (202)", line=1, look="")
        self.accepted |= {answer.body["id"]: answer.body["total_cents"] for answer in answers}

    async def kill_workers(self, customers: Customers) -> None:
        """Have customers order, and kill the workers whenever the bank holds a call, until it has held all drawn."""
        await self.quay.tell("bank", hold=self.hold, fail=self.fail, lose=self.lose)
        placing = asyncio.create_task(self.place(customers, self.first))

        async def is_through() -> bool:
            return placing.done() and await self.is_over()

        await self.until_asked()
        killed = await self.quay.strike("charges", KILLS, unless=is_through, before=self.judge_order_of_notes)
        await placing
        self.judge.done(
            f"placed {self.first} orders, and killed the workers {killed} times while the bank had a charge in hand,"
            f" before or after it was made; the bank was closed for {CLOSED} calls, and lost {LOST} of its answers"
        )

    async def until_asked(self) -> None:
        """Wait until a worker asks the bank for a charge."""

        async def is_asked() -> bool:
            return bool(await self.quay.calls("bank"))

        is_there = await came_true(is_asked, ASKED_WITHIN)
        why = {} if is_there else programming_error(self.judge, self.quay.stack)
        told = {"look": "harbour.charge", "line": 1, **why}
        self.judge.claim(is_there, "a worker asks the bank for a charge", f"none within {ASKED_WITHIN:g} s", **told)

    async def judge_order_of_notes(self) -> None:
        """Judge that no order is called paid before its charge."""
        paid = {row["id"] for row in await self.quay.books.fetch(PAID)}
        in_hand = {held["order_id"] for held in await self.quay.holds() if held["point"] == "before"}
        early = (in_hand & paid) - (await self.quay.deeds("bank")).keys()
        words = f"orders that are paid while the bank has yet to make the charge: {len(early)}"
        sentence = "an order is marked as paid after its charge, not before"
        self.judge.claim(not early, sentence, words, look="mark_paid", line=3)

    async def leave_the_bank_away(self, customers: Customers) -> None:
        """Take the bank away while there are orders to charge, some of them in two messages, for many deliveries."""
        self.judge.done(f"took the bank away, placed {self.later} orders, and sent a second message for some orders")
        edge = self.quay.stack.edge("charges", "harbour")
        async with during(self.draw.victim([edge.cut, edge.fail])):
            await self.place(customers, self.later)
            await self.send_again(self.draw.sample(range(1, self.first + self.later + 1), 12))
            before, waiting = await self.deliveries(), await self.quay.unread("ORDERS", "charges")

            async def is_enough() -> bool:
                more = await self.deliveries() - before
                return more >= DELIVERIES * waiting or not await self.quay.unread("ORDERS", "charges")

            came = await came_true(is_enough, AWAY)
        self.judge.done(f"had the bank away for {DELIVERIES if came else 'some'} deliveries of each message")

    async def deliveries(self) -> int:
        return int((await self.quay.js.consumer_info("ORDERS", "charges")).delivered.consumer_seq)

    async def send_again(self, numbers: list[int]) -> None:
        """Publish once more what is in these messages."""
        for number in numbers:
            message = await self.quay.js.get_msg("ORDERS", number)
            await self.quay.js.publish("orders.placed", message.data)

    async def strike_at_the_books(self, customers: Customers, *, kill: bool) -> None:
        """Have the database hang up on workers who wait to mark an order as paid, and maybe kill the workers too."""
        who = "killed the workers" if kill else "had the database hang up on workers"
        is_quiet = await came_true(self.is_over, QUIET_WITHIN)  # a second message of an order that is paid hurts nobody
        left = "" if is_quiet else ", while earlier ones were still to do"
        self.judge.done(f"{who} who were marking an order as paid{left}")
        await self.quay.tell("bank", hold={1: "after", 2: "after"})
        await self.place(customers, self.later)
        await until(self.quay.holds, "the bank has a charge in hand", within=DONE_WITHIN, line=1)
        async with self.locked_books():
            await self.quay.tell("bank")  # a second call that comes later is not held any more
            await self.quay.release()
            if await came_true(self.under_way, STRUCK_WITHIN):
                pids = await self.under_way()
                if kill:
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
            f"messages that come again and again: {left}",
            look="async for message",
            line=3,
        )
        charged = await self.quay.deeds("bank")
        lost = self.accepted.keys() - charged.keys()
        self.judge.claim(
            not lost,
            f"no charge is lost: each of the {len(self.accepted)} orders is charged",
            f"orders that were never charged: {len(lost)}",
            look="message.ack",
            line=2,
        )
        twice = {order: count for order, count in charged.items() if count > 1}
        self.judge.claim(
            not twice,
            "nobody is charged twice",
            f"orders that were charged again: {len(twice)}",
            evidence=[f"order {order}: {count} charges" for order, count in twice.items()][:3],
            look="harbour.charge",
            line=1,
        )
        await self.judge_books()

    async def settle(self) -> None:
        """Wait until all is over, for as long as there is progress; an empty queue alone is not the end."""
        before, is_over, ends = (-1, -1, -1), False, time.monotonic() + SETTLED_WITHIN
        while not is_over and time.monotonic() < ends:
            now, are_up = await self.progress(), all(one.ready for one in self.quay.stack.service("charges").instances)
            if now == before and are_up:  # one that ended of itself comes back after a while
                return
            before, is_over = now, bool(await came_true(self.is_over, STILL))

    async def progress(self) -> tuple[int, int, int]:
        """Count what is charged, what is paid, and what is in the queue."""
        paid, left = await self.quay.books.fetch(PAID), await self.quay.unread("ORDERS", "charges")
        return len(await self.quay.deeds("bank")), len(paid), left

    async def is_over(self) -> bool:
        """Say whether every order is charged and paid, and the queue is empty."""
        paid = {row["id"] for row in await self.quay.books.fetch(PAID)}
        return self.accepted.keys() <= paid and not await self.quay.unread("ORDERS", "charges")

    async def judge_books(self) -> None:
        """Judge the shop's own books."""
        pending = await self.quay.books.fetchval("SELECT count(*) FROM orders.orders WHERE status <> 'paid'")
        why = programming_error(self.judge, self.quay.stack) if pending else {}
        self.judge.claim(
            not pending,
            "every order that was charged is marked as paid",
            f"orders that are still pending: {pending}",
            **{"look": "message.ack", "line": 3, **why},
        )
        findings = await audit(self.quay.books, self.quay.ledger, acknowledged=self.accepted)
        self.judge.claim(not findings, "the audit is clean", "; ".join(map(str, findings))[:300], line=1)


PAID = "SELECT id::text AS id FROM orders.orders WHERE status = 'paid'"
