"""The parts of the check of 3.3: customers who pay without pause, and the books at each step of the move."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import uuid4

from lab03_books import claim_clean, told

from capsize.check import Judge
from capsize.check.kit import database, during
from capsize.session.running import RunningStack
from capsize.waiting import came_true
from workbench.audit import Books, compare
from workbench.customers import Answer, Customers, unusual

PAYERS, AT_LEAST = 6, 25
LONG = 60.0  # seconds that so many charges may take where others use the machine


@dataclass
class Payers:
    """Customers who pay without pause, and look at receipts, theirs and earlier ones."""

    door: Customers
    paid: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    over: bool = False
    inside: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(PAYERS))

    async def keep_paying(self) -> None:
        """Pay, look at the receipt, and at somebody else's; until it is over."""
        while not self.over:
            async with self.inside:
                order, cents = str(uuid4()), 100 + len(self.paid)
                await self.insist(order, cents)
                await self.look(order)
                await self.look(next(iter(self.paid), order))

    @asynccontextmanager
    async def asked_to_wait(self) -> AsyncIterator[None]:
        """Have nobody inside for a while."""
        for _ in range(PAYERS):
            await self.inside.acquire()
        yield
        for _ in range(PAYERS):
            self.inside.release()

    async def insist(self, order: str, cents: int) -> None:
        """Pay, up to three times, and note the answer where none of them was a yes."""
        for _ in range(3):
            answer = await self.pay(order, cents)
            if answer.kind == "201":
                return
        self.answers += unusual([answer])

    async def pay(self, order: str, cents: int) -> Answer:
        """Pay for an order, at each try under the same key."""
        body = {"order_id": order, "amount_cents": cents}
        answer = await self.door.ask("POST", "/payments", json=body, headers={"Idempotency-Key": order})
        if answer.kind == "201":
            self.paid[order] = cents
        return answer

    async def look(self, order: str) -> None:
        """Look at a receipt."""
        answer = await self.door.read(f"/payments/{order}")
        shown = answer.body.get("charged_cents") if answer.kind == "200" else answer.kind
        if order in self.paid and shown != self.paid[order]:
            self.wrong.append(f"charged {self.paid[order]} cents, the receipt says {shown}")

    async def some_more(self) -> bool:
        """Wait until a number of charges more was made, or something went wrong; say whether it came to that."""
        goal = len(self.paid) + AT_LEAST

        async def is_enough() -> bool:
            return len(self.paid) >= goal or bool(self.answers or self.wrong)

        return bool(await came_true(is_enough, LONG))


async def judge_the_move(stack: RunningStack, judge: Judge, payers: Payers, door: Customers) -> None:
    """Judge each step while the payers pay."""
    judge.done(f"let {PAYERS} customers pay and look at receipts")
    await judge_payers(judge, payers)
    early = dict(payers.paid)
    await go_on(judge, payers, door, "/steps/both", "began to write to both (expand)")
    await judge_copy(stack, judge, "db", dict(payers.paid), "at step both, the old books")
    await go_on(judge, payers, door, "/backfill", "ran the backfill")
    so_far = dict(payers.paid)
    await judge_copy(stack, judge, "db", so_far, "after the backfill, in db")
    await judge_copy(stack, judge, "payments-db", so_far, "after the backfill, in payments-db", copied=early)
    await judge_an_outage(stack, judge, payers)
    await go_on(judge, payers, door, "/steps/new", "went over to the new books (contract)")
    await judge_copy(stack, judge, "payments-db", dict(payers.paid), "at step new, the new books")
    await judge_old_is_left_alone(stack, judge, payers)


async def go_on(judge: Judge, payers: Payers, door: Customers, path: str, words: str) -> None:
    """Take a step of the move, let customers pay for a while, and judge what they saw."""
    judge.done(words)
    answer = await door.ask("POST", path)
    words, odd = f"{answer.kind} after {answer.seconds:.1f} s", unusual([answer], "200")
    judge.claim(answer.kind == "200", f"{path} ends well", words, evidence=odd, look="def backfill")
    await judge_payers(judge, payers)


async def judge_payers(judge: Judge, payers: Payers) -> None:
    """Judge what customers see while they pay a while longer."""
    went_on, wrong, answers = await payers.some_more(), payers.wrong[:3], payers.answers[:3]
    sentence = "every receipt shows what was charged"
    judge.claim(not wrong, sentence, lambda: wrong[0], evidence=wrong, look="def charged")
    sentence = "every payment is taken (201)"
    judge.claim(not answers, sentence, lambda: answers[0], evidence=answers, look="def charge(")
    judge.claim(went_on, "customers go on paying", f"fewer than {AT_LEAST} charges in {LONG:g} s")


async def judge_an_outage(stack: RunningStack, judge: Judge, payers: Payers) -> None:
    """Judge that a charge which the new database could not take is not told to be paid."""
    judge.done("cut payments off from its new database for a moment, while everybody writes to both")
    order, wire = str(uuid4()), stack.edge("payments", "payments-db")
    async with payers.asked_to_wait(), during(wire.cut):
        answer = await payers.pay(order, 7)
    sentence = "a charge that one of the two did not take is not told to be paid"
    judge.claim(not answer.placed, sentence, told([answer]), evidence=unusual([answer]), look="def charge(")

    async def is_paid() -> bool:
        return (await payers.pay(order, 7)).placed

    await judge.eventually(is_paid, "the charge is made when the database is back", "it is not", within=LONG)
    await judge_payers(judge, payers)


async def judge_old_is_left_alone(stack: RunningStack, judge: Judge, payers: Payers) -> None:
    """Judge that after the contract nobody needs the old database."""
    judge.done("cut payments off from the old database")
    old = await charges(stack, "db")
    async with during(stack.edge("payments", "db").cut):
        await judge_payers(judge, payers)
    more = len((await charges(stack, "db")).keys() - old.keys())
    sentence = "at step new nothing is written to the old database"
    judge.claim(more == 0, sentence, f"{more} charges more", look="def charge(")


async def judge_copy(
    stack: RunningStack, judge: Judge, name: str, paid: Mapping[str, int], words: str, copied: Iterable[str] = ()
) -> None:
    """Judge one database's charges by the audit: each charge once, none lost. Who pays meanwhile is not yet counted.

    Of the orders in ``copied`` only the backfill can have brought the charges.
    """
    found = {order: cents for order, cents in (await charges(stack, name)).items() if order in paid}
    books = Books({order: ("paid", cents) for order, cents in paid.items()}, found, {}, {})
    findings = compare(books, paid)
    look = "def backfill" if set(copied) - found.keys() else "def charge("
    claim_clean(judge, findings, f"{words}: each charge once", look)


async def charges(stack: RunningStack, name: str) -> dict[str, list[int]]:
    """Read the charges of a database: the amounts by order."""
    async with database(stack, name) as db:
        rows = await db.fetch("SELECT order_id::text, array_agg(amount_cents) FROM payments.charges GROUP BY order_id")
    return dict(rows)
