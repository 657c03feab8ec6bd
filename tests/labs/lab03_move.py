"""The parts of the check of 3.3: customers who pay without pause, and the books at each step of the move."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import uuid4

import asyncpg
from lab03_books import told

from capsize.check import Judge
from capsize.check.draw import Draw
from capsize.check.kit import database, during
from capsize.session.running import RunningStack
from capsize.waiting import came_true
from workbench.customers import Answer, Customers, unusual

READ, COPIED, LEFT = 1, 2, 3  # the acceptance lines
PAYERS, AT_LEAST = 6, 15
GO_ON_WITHIN = 8.0  # seconds in which one charge more is made, where others use the machine
AGAIN = 3  # backfills more, each while everybody pays
STOPS_WITHIN = 10.0  # seconds in which the backfill meets a row that we hold
OLD, NEW = "db", "payments-db"
TWICE_WITHIN = 1.0  # seconds between two requests with one key, of which each may be the first in one of the databases
ROWS = "SELECT key, order_id::text, amount_cents, charged_at FROM payments.charges"
Row = tuple[Any, ...]


@dataclass
class Payers:
    """Customers who pay without pause, and look at receipts, theirs and earlier ones.

    ``paid`` is what each order was charged in all; ``apart`` are those whose charge one of the databases refused once.
    """

    door: Customers
    draw: Draw
    paid: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    apart: set[str] = field(default_factory=set)
    over: bool = False
    twice: bool = True  # whether some pay twice under one key
    count: int = 0
    inside: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(PAYERS))

    async def keep_paying(self) -> None:
        """Pay, some twice under the same key, look at the receipt, and at somebody else's; until it is over."""
        while not self.over:
            async with self.inside:
                order, cents = str(uuid4()), self.draw.amount(100, 99_999)
                await self.insist(order, cents)
                if self.twice and self.draw.count(0, 1):
                    await self.insist(order, cents)
                self.count += 1
                await self.look(order)
                await self.look(self.draw.victim(list(self.paid)))

    @asynccontextmanager
    async def asked_to_wait(self) -> AsyncIterator[None]:
        """Have nobody inside for a while."""
        for _ in range(PAYERS):
            await self.inside.acquire()
        try:
            yield
        finally:
            for _ in range(PAYERS):
                self.inside.release()

    @asynccontextmanager
    async def once_each(self) -> AsyncIterator[None]:
        """Have nobody pay twice for a while: a charge whose second try comes at another step would have two times."""
        self.twice = False
        async with self.asked_to_wait():
            pass  # those who were inside are through
        yield
        self.twice = True

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
        right = self.paid.get(order)
        answer = await self.door.read(f"/payments/{order}")
        shown = answer.body.get("charged_cents") if answer.kind == "200" else answer.kind
        if right is not None and shown != right:
            self.wrong.append(f"charged {right} cents, the receipt says {shown}")

    async def some_more(self) -> bool:
        """Wait until a number of charges more was made, or something went wrong; say whether it came to that."""
        goal = self.count + AT_LEAST
        while self.count < goal and not (self.answers or self.wrong):
            seen = self.count
            if not await came_true(lambda seen=seen: self.count > seen or self.answers or self.wrong, GO_ON_WITHIN):
                return False
        return True


@dataclass(frozen=True)
class Move:
    """The move of the charges: the stack, those who pay meanwhile, and its judge."""

    stack: RunningStack
    judge: Judge
    payers: Payers

    async def rows(self, name: str) -> dict[str, Row]:
        """Read all charges of a database, by their keys."""
        async with database(self.stack, name) as db:
            return {row["key"]: tuple(row) for row in await db.fetch(ROWS)}


async def seed(move: Move) -> None:
    """Have thousands of older charges: many of one moment, some orders with several, from many years."""
    count = move.judge.draw.count(10_100, 12_500)
    move.judge.done(f"wrote {count} older charges into the old database")
    async with database(move.stack, OLD) as db:
        await db.execute(
            "INSERT INTO payments.charges (key, order_id, amount_cents, charged_at) SELECT 'old ' || n,"
            " md5((n - (n % 50 = 1)::int)::text)::uuid, 100 + n * 37 % 9973,"
            " timestamptz '1999-12-31 23:59:59.123456+00' + n / 120 * interval '17 hours'"
            f" FROM generate_series(1, {count}) n"
        )
        sums = await db.fetch(
            "SELECT order_id::text, sum(amount_cents)::int FROM payments.charges GROUP BY 1 LIMIT 400"
        )
    move.payers.paid |= dict(move.judge.draw.sample([tuple(row) for row in sums], 200))


async def judge_the_move(move: Move) -> None:
    """Judge each step while the payers pay."""
    move.judge.done(f"let {PAYERS} customers pay and look at receipts")
    await judge_payers(move, "at step old")
    async with move.payers.once_each():
        await go_on(move, "/steps/both", "began to write to both (expand)")
    await judge_payers(move, "at step both")
    await judge_charges(move, OLD, "at step both", READ)
    await interrupt_a_backfill(move)
    await judge_backfill(move)
    await judge_copy(move, "after the backfill")
    for _ in range(AGAIN):
        await go_on(move, "/backfill", "ran the backfill once more")
    await judge_copy(move, "after more backfills")
    for name in move.judge.draw.sample([OLD, NEW], 2):
        await judge_an_outage(move, name)
    await judge_copy(move, "after outages")
    await go_on(move, "/steps/new", "went over to the new database (contract)")
    await judge_payers(move, "at step new")
    await judge_charges(move, NEW, "at step new", READ)
    await judge_old_is_left_alone(move)


async def go_on(move: Move, path: str, words: str) -> None:
    """Take a step of the move."""
    move.judge.done(words)
    judge_step(move.judge, path, await move.payers.door.ask("POST", path))


def judge_step(judge: Judge, path: str, answer: Answer) -> None:
    words, odd = f"{answer.kind} after {answer.seconds:.1f} s", unusual([answer], "200")
    judge.claim(answer.kind == "200", f"{path} succeeds", words, evidence=odd, look="def backfill", line=COPIED)


async def judge_payers(move: Move, when: str) -> None:
    """Judge what customers see while they pay a while longer."""
    judge, payers = move.judge, move.payers
    went_on, wrong, answers = await payers.some_more(), payers.wrong[:3], payers.answers[:3]
    judge.point(line=READ)
    sentence = "every receipt shows what was charged"
    judge.claim(not wrong, sentence, lambda: wrong[0], evidence=[when, *wrong], look="def charged")
    sentence = "every payment is taken (201)"
    judge.claim(not answers, sentence, lambda: answers[0], evidence=[when, *answers], look="def charge(")
    bad = f"no charge in {GO_ON_WITHIN:g} s"
    judge.claim(went_on, f"customers go on paying {when}", bad, look="def charge(")


async def interrupt_a_backfill(move: Move) -> None:
    """Leave some rows in the new database that an earlier backfill has brought there before it was interrupted."""
    move.judge.done("copied some of the charges, as a backfill does that is interrupted")
    async with database(move.stack, OLD) as old, database(move.stack, NEW) as new:
        some = f"{ROWS} WHERE key LIKE 'old %' ORDER BY order_id LIMIT $1"
        found = await old.fetch(some, move.judge.draw.count(40, 90))
        whole = {row["order_id"] for row in found} - {found[-1]["order_id"]}  # all charges of an order, or none
        await write(new, [tuple(row) for row in found if row["order_id"] in whole])


async def write(db: asyncpg.Connection, rows: Iterable[Row]) -> None:
    names = "key, order_id, amount_cents, charged_at"
    await db.executemany(f"INSERT INTO payments.charges ({names}) VALUES ($1, $2::text::uuid, $3, $4)", rows)


async def judge_backfill(move: Move) -> None:
    """Judge a backfill that we hold in the middle, while customers pay."""
    move.judge.done("ran the backfill, held it at one of the charges while customers paid, and let it go on")
    missing = sorted((await move.rows(OLD)).keys() - (await move.rows(NEW)).keys())
    async with database(move.stack, NEW) as hand, database(move.stack, NEW) as eye:
        held = hand.transaction()
        async with move.payers.asked_to_wait():
            row = (await move.rows(OLD))[move.judge.draw.victim(missing)]
            await held.start()
            await write(hand, [row])
        running = asyncio.create_task(move.payers.door.ask("POST", "/backfill"))  # while everybody pays
        waiting = partial(eye.fetchval, "SELECT count(*) FROM pg_locks WHERE NOT granted")
        stopped = await came_true(lambda: running.done() or waiting(), STOPS_WITHIN)
        if stopped and not running.done():
            await judge_payers(move, "while the backfill runs")
        await held.rollback()
        judge_step(move.judge, "/backfill", await running)
    await judge_payers(move, "after the backfill")


async def judge_an_outage(move: Move, name: str) -> None:
    """Judge that a charge which one of the databases could not take is not told to be paid."""
    move.judge.done(f"cut payments off from {name}, and had it refuse what is written, while everybody writes to both")
    async with database(move.stack, name) as db:
        for fault in (lambda: during(move.stack.edge("payments", name).cut), lambda: refusing(db)):
            await judge_not_taken(move, name, fault)
    await judge_payers(move, f"after an outage of {name}")


async def judge_not_taken(move: Move, name: str, fault: Callable[[], AbstractAsyncContextManager[None]]) -> None:
    """Judge a charge during a fault, and the same charge after it."""
    judge, payers = move.judge, move.payers
    order, cents = str(uuid4()), judge.draw.amount(100, 999)
    payers.apart.add(order)
    async with payers.asked_to_wait(), fault():
        answer = await payers.pay(order, cents)
    sentence = f"a charge that one of the two databases did not take ({name}) is not told to be paid"
    bad, odd = told([answer]), unusual([answer])
    judge.claim(not answer.placed, sentence, bad, evidence=odd, look="def charge(", line=COPIED)

    async def is_paid() -> bool:
        return (await payers.pay(order, cents)).placed

    sentence = f"the charge is made when {name} is back"
    await judge.eventually(is_paid, sentence, "it is not", within=GO_ON_WITHIN, look="def charge(", line=COPIED)


@asynccontextmanager
async def refusing(db: asyncpg.Connection) -> AsyncIterator[None]:
    """Have a database refuse new charges, and answer everything else."""
    await db.execute(
        "CREATE OR REPLACE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'the disk is full'; END $$;"
        "CREATE TRIGGER refuses BEFORE INSERT ON payments.charges FOR EACH ROW EXECUTE FUNCTION public.refuse()"
    )
    try:
        yield
    finally:
        await db.execute("DROP TRIGGER refuses ON payments.charges")


async def judge_old_is_left_alone(move: Move) -> None:
    """Judge that after the contract nobody asks the old database anything, and nobody needs it."""
    judge = move.judge
    judge.done("watched the old database while customers paid, and then cut payments off from it")
    async with database(move.stack, OLD) as db:
        before, began = await db.fetchval("SELECT count(*) FROM payments.charges"), await db.fetchval("SELECT now()")
        await judge_payers(move, "at step new")
        await judge_unpaid(move, "at step new")
        more = await db.fetchval("SELECT count(*) FROM payments.charges") - before
        asked = await db.fetch(
            "SELECT query FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            " AND query_start > $1",
            began,
        )
    sentence = "at step new nothing is written to the old database"
    judge.claim(more == 0, sentence, f"{more} charges more", look="def charge(", line=LEFT)
    sentence = "at step new nothing is asked of the old database"
    queries = [" ".join(row["query"].split())[:120] for row in asked]
    judge.claim(not queries, sentence, "a connection to it was used", evidence=queries, look="def charged", line=LEFT)
    async with during(move.stack.edge("payments", OLD).cut):
        await judge_payers(move, "at step new, without the old database")
        await judge_unpaid(move, "at step new, without the old database")


async def judge_unpaid(move: Move, when: str) -> None:
    """Judge the receipt of an order that nobody has paid for: it is in neither database."""
    answer = await move.payers.door.read(f"/payments/{uuid4()}")
    cents = answer.body.get("charged_cents") if answer.kind == "200" else answer.kind
    sentence = f"the receipt of an order that nobody has paid for says 0, {when}"
    move.judge.claim(cents == 0, sentence, f"it says {cents}", look="def charged", line=LEFT)


async def judge_charges(move: Move, name: str, when: str, line: int) -> None:
    """Judge that a database has each charge that was told once. Who pays meanwhile is not yet counted."""
    paid, sums, keys = dict(move.payers.paid), defaultdict[str, int](int), defaultdict[str, int](int)
    for _, order, cents, _ in (await move.rows(name)).values():
        sums[order] += cents
        keys[order] += 1
    wrong = [
        f"order {order}: {sums[order]} cents in {keys[order]} charges, not {paid[order]}"
        for order in paid
        if sums[order] != paid[order]
    ]
    sentence = f"{when}, in {name}: each charge once"
    judge_listed(move.judge, wrong, sentence, "def charge(", line)


async def judge_copy(move: Move, when: str) -> None:
    """Judge that both databases have the same charges, to the last column, while nobody pays."""
    async with move.payers.asked_to_wait():
        old, new = await move.rows(OLD), await move.rows(NEW)
    odd = [
        key for key in old.keys() | new.keys() if differ(old.get(key), new.get(key), timeless=key in move.payers.apart)
    ]
    words = [f"{key}: {shown(old.get(key))} in {OLD}, {shown(new.get(key))} in {NEW}" for key in sorted(odd)]
    sentence = f"{when}, both databases have the same charges, column by column"
    judge_listed(move.judge, words, sentence, "def backfill", COPIED)
    await judge_charges(move, NEW, when, COPIED)


def differ(one: Row | None, other: Row | None, *, timeless: bool) -> bool:
    """Say whether two rows differ; where one was written later than the other their times may."""
    if one is None or other is None:
        return one is not other
    return one[:3] != other[:3] or (not timeless and abs((one[3] - other[3]).total_seconds()) > TWICE_WITHIN)


def shown(row: Row | None) -> str:
    return f"{row[2]} cents at {row[3]:%Y-%m-%d %H:%M:%S.%f} for {row[1]}" if row else "nothing"


def judge_listed(judge: Judge, wrong: list[str], sentence: str, look: str, line: int) -> None:
    words = f"not so in {len(wrong)} {'case' if len(wrong) == 1 else 'cases'}"
    judge.claim(not wrong, sentence, words, evidence=wrong[:5], look=look, line=line)
