"""The checks of lab 03: the cut-over by weights, calls that lose answers, the move of the charges, payments down."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from uuid import uuid4

import asyncpg
import httpx

from capsize.check import Judge, exercise
from capsize.running import FRESH, RunningStack
from shop.audit import Books, Finding, audit, compare
from shop.customers import Answer, Customers, tally
from shop.knocking import knock

SHARE = "payments.share"
PATIENCE = 10.0  # seconds


@asynccontextmanager
async def database(stack: RunningStack, name: str) -> AsyncIterator[asyncpg.Connection]:
    """Open one of the shop's databases from outside."""
    db = await asyncpg.connect(stack.dsn(name))
    try:
        yield db
    finally:
        await db.close()


async def audit_all(stack: RunningStack, acknowledged: Mapping[str, int]) -> list[Finding]:
    """Audit the cut shop: orders, inventory and the old database, which has the charges."""
    async with AsyncExitStack() as opened:
        names = ("orders-db", "db", "inventory-db")
        orders, charges, stock = [await opened.enter_async_context(database(stack, name)) for name in names]
        return await audit(orders, charges, stock, acknowledged=acknowledged)


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = PATIENCE) -> bool:
    """Await a condition; say whether it came true in time."""
    deadline = time.monotonic() + seconds
    while not await condition():
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(0.02)
    return True


def told(answers: Iterable[Answer]) -> str:
    return ", ".join(f"{count} answered {kind}" for kind, count in tally(answers).items()) or "no answer"


def unusual(answers: Iterable[Answer], *usual: str) -> list[str]:
    """Return one line for each kind of answer that nobody hoped for."""
    lines = {answer.kind: f"{answer.kind} {answer.body}"[:200] for answer in answers if answer.kind not in usual}
    return list(lines.values())


def said(findings: Iterable[Finding]) -> str:
    return "; ".join(f"not so {one.count} times: {one.rule}" for one in findings) or "a clean audit"


# 3.1

SAMPLES = {0: 200, 10: 700, 50: 1700, 100: 200}  # of these 5 points are more than four standard deviations
POINTS, ORDERS = 5.0, 8


@exercise("3.1", deadline=120)
async def test_weights_say_who_is_paid(stack: RunningStack, judge: Judge):
    """At 0, 10, 50 and 100 percent the new service gets that share, nothing fails, and the books agree."""
    acknowledged: dict[str, int] = {}
    async with Customers(stack.url("gateway"), at_once=ORDERS) as customers:
        for share, sample in SAMPLES.items():
            await turn(stack, share)
            judge.done(
                f"turned {SHARE} to {share}; asked {sample} times who takes payments, while {ORDERS} customers bought"
            )
            before = requests(stack, "gateway>monolith")
            orders = asyncio.create_task(customers.race(ORDERS, {"shackle": 1}))
            answers = await knock(stack.url("gateway"), "/payments", sample)
            placed = await orders
            acknowledged |= {one.body["id"]: one.body["total_cents"] for one in placed if one.placed}
            judge_step(judge, share, placed, answers)
            findings = await audit_all(stack, acknowledged)
            judge.expect(not findings, expected=f"a clean audit at {share} percent", got=said(findings))
        await asyncio.sleep(FRESH)  # a reading of the wires serves for so long
        left = requests(stack, "gateway>monolith") - before
        judge.expect(
            left == 0,
            expected="at 100 percent the monolith gets no request any more, be it a charge",
            got=f"{left} requests",
            look=judge.place("cluster: monolith"),
        )


def judge_step(judge: Judge, share: int, placed: list[Answer], answers: Counter) -> None:
    """Judge that nothing failed, and who answered."""
    look = judge.place("prefix: /payments")
    statuses = {status for status, _ in answers}
    judge.expect(
        statuses == {"200"} and tally(placed).keys() == {"201"},
        expected=f"no request fails at {share} percent",
        got=f"/payments: {', '.join(sorted(statuses))}; orders: {told(placed)}",
        evidence=unusual(placed, "201"),
        look=look,
    )
    got = 100 * answers["200", "payments-1"] / answers.total()
    exact = share in (0, 100)
    judge.expect(
        got == share if exact else abs(got - share) <= POINTS,
        expected=f"at {share} percent the new service gets {'just that' if exact else 'that within 5 points'}",
        got=f"{got:.1f} percent",
        evidence=[f"{count} of {answers.total()} answers by {copy}" for (_, copy), count in answers.items()],
        look=look,
    )


async def turn(stack: RunningStack, share: int) -> None:
    """Turn the gateway's key, as whoever runs it would."""
    address = stack.service("gateway").administration
    async with httpx.AsyncClient(base_url=address, trust_env=False) as admin:
        (await admin.post("/runtime_modify", params={SHARE: share})).raise_for_status()


def requests(stack: RunningStack, edge: str) -> int:
    return stack.stats()[edge].requests or 0


# 3.2

BUYERS, LOST, NOTICED, TRIES = 80, 33, 12, 25  # who never asks twice fails 26 of 80, who asks three times 3


@exercise("3.2", deadline=120)
async def test_nobody_is_charged_twice(stack: RunningStack, judge: Judge):
    """Lost answers, silent payments and refusals: one charge for each order, and an answer for each customer."""
    async with Customers(stack.url("gateway")) as customers:
        await judge_lost_answers(stack, judge, customers)
        await judge_no_answer(stack, judge, customers)
        await judge_refusal(stack, judge, customers)
        await judge_silence(stack, judge, customers)


async def judge_lost_answers(stack: RunningStack, judge: Judge, customers: Customers) -> None:
    """Judge the books after answers were lost, and how many customers had to order again."""
    judge.done(f"{BUYERS} customers placed an order while {LOST} % of the answers from payments were lost")
    with await broken(stack.edge("orders", "gateway").lose, percent=LOST):
        first = await at_once(lambda: persist(customers), BUYERS, 20)
    again = sum(len(tries) > 1 or not tries[-1].placed for tries in first)
    await judge_books(stack, judge, [tries[-1] for tries in first])
    judge.expect(
        again <= NOTICED,
        expected=f"most customers do not notice: at most {NOTICED} of {BUYERS} have to order again or to wait",
        got=f"{again} did",
        evidence=unusual((tries[0] for tries in first), "201"),
        look=judge.place("def ask"),
    )


async def judge_no_answer(stack: RunningStack, judge: Judge, customers: Customers) -> None:
    """Judge that an order is not taken for paid when payments could not be reached."""
    judge.done("placed an order while payments answered 503 to everything")
    with await broken(stack.edge("orders", "gateway").fail, 503):
        answer = await customers.order({"shackle": 1}, key="unlucky")
    judge.expect(
        not answer.placed,
        expected="an order that nobody charged for is not told to be paid (201)",
        got=told([answer]),
        evidence=[str(answer.body)],
        look=judge.place("def ask"),
    )
    await judge_books(stack, judge, [(await persist(customers, key="unlucky"))[-1]])


async def judge_refusal(stack: RunningStack, judge: Judge, customers: Customers) -> None:
    """Judge that a refusal is passed on, and asked for once."""
    judge.done("ordered more lanterns than there are, and something that is not sold")
    await asyncio.sleep(FRESH)  # a reading of the wires serves for so long
    before = requests(stack, "orders>inventory")
    answers = [await customers.order({"storm-lantern": 51}), await customers.order({"kraken": 1})]
    await asyncio.sleep(FRESH)
    asked = requests(stack, "orders>inventory") - before
    kinds = [answer.kind for answer in answers]
    judge.expect(kinds == ["409", "404"], expected="409 for sold out, 404 for not sold here", got=", ".join(kinds))
    judge.expect(
        asked == 2,
        expected="a refusal is an answer: inventory is asked once for each order",
        got=f"{asked} requests for 2 orders",
        look=judge.place("def ask"),
    )


async def judge_silence(stack: RunningStack, judge: Judge, customers: Customers) -> None:
    """Judge that hanging payments hold nobody up, and that what they do late is not done twice."""
    judge.done("placed an order while payments hung, and again when they went on")
    async with AsyncExitStack() as paused:
        for name in ("payments-1", "monolith-1"):
            fault = await asyncio.to_thread(stack.instance(name).pause)
            paused.push_async_callback(asyncio.to_thread, fault.heal)
        slow = asyncio.create_task(customers.order({"shackle": 1}, key="patient"))
        done, _ = await asyncio.wait([slow], timeout=PATIENCE)
        judge.expect(
            done,
            expected=f"an answer within {PATIENCE:g} s, whatever it says",
            got="an answer" if done else "none",
            look=judge.place("AsyncClient"),
        )
    await judge_books(stack, judge, [(await persist(customers, key="patient"))[-1]])


async def judge_books(stack: RunningStack, judge: Judge, answers: list[Answer]) -> None:
    """Judge that everything was acknowledged and settled, and that the books agree."""
    judge.expect(
        tally(answers).keys() <= {"201", "202"},
        expected=f"each order is placed in the end, in {TRIES} tries at most",
        got=told(answers),
        evidence=unusual(answers, "201", "202"),
    )
    settled = await until(lambda: is_settled(stack))
    judge.expect(
        settled, expected="no order is left pending", got="none is" if settled else f"some are after {PATIENCE:g} s"
    )
    findings = await audit_all(stack, acknowledged(answers))
    judge.expect(
        not findings,
        expected="one charge for each order, and every acknowledged order with its goods",
        got=said(findings),
        evidence=map(str, findings),
        look=judge.place("def ask"),
    )


async def persist(customers: Customers, *, key: str | None = None) -> list[Answer]:
    """Order, and order again under the same key where no order was acknowledged."""
    key, answers = key or str(uuid4()), []
    while len(answers) < TRIES and not (answers and answers[-1].kind in ("201", "202")):
        answers.append(await customers.order({"shackle": 1}, key=key))
    return answers


async def at_once(act: Callable[[], Awaitable[list[Answer]]], count: int, few: int) -> list[list[Answer]]:
    """Do it so many times, a few at once."""
    room = asyncio.Semaphore(few)

    async def one() -> list[Answer]:
        async with room:
            return await act()

    return list(await asyncio.gather(*(one() for _ in range(count))))


async def broken(act: Callable, *how: object, **more: object):
    """Break something; the fault heals when its block ends."""
    return await asyncio.to_thread(act, *how, **more)


async def is_settled(stack: RunningStack) -> bool:
    async with database(stack, "orders-db") as db:
        return not await db.fetchval("SELECT count(*) FROM orders.orders WHERE status = 'pending'")


def acknowledged(answers: Iterable[Answer]) -> dict[str, int]:
    return {answer.body["id"]: answer.body["total_cents"] for answer in answers if answer.kind in ("201", "202")}


# 3.3

PAYERS, AT_LEAST = 6, 25


@dataclass
class Payers:
    """Customers who pay without pause, and look at receipts, theirs and earlier ones."""

    door: httpx.AsyncClient
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
                if await self.pay(order, cents):
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

    async def pay(self, order: str, cents: int, tries: int = 3) -> bool:
        """Pay for an order, each time under the same key."""
        for _ in range(tries):
            body = {"order_id": order, "amount_cents": cents}
            answer = await self.door.post("/payments", json=body, headers={"Idempotency-Key": order})
            if answer.status_code == 201:
                self.paid[order] = cents
                return True
        self.answers.append(f"POST /payments {answer.status_code} {answer.text[:100]}")
        return False

    async def look(self, order: str) -> None:
        """Look at a receipt."""
        answer = await self.door.get(f"/payments/{order}")
        shown = answer.json().get("charged_cents") if answer.status_code == 200 else answer.status_code
        if order in self.paid and shown != self.paid[order]:
            self.wrong.append(f"charged {self.paid[order]} cents, the receipt says {shown}")

    async def some_more(self) -> bool:
        """Wait until a number of charges more was made, or something went wrong; say whether it came to that."""
        goal = len(self.paid) + AT_LEAST

        async def is_enough() -> bool:
            return len(self.paid) >= goal or bool(self.answers or self.wrong)

        return await until(is_enough)


@exercise("3.3", deadline=90)
async def test_charges_move_with_customers_inside(stack: RunningStack, judge: Judge):
    """Through all steps of the move every receipt is right, and the books that are read hold each charge once."""
    async with httpx.AsyncClient(base_url=stack.url("payments"), timeout=PATIENCE, trust_env=False) as door:
        payers = Payers(door)
        paying = [asyncio.create_task(payers.keep_paying()) for _ in range(PAYERS)]
        try:
            await judge_the_move(stack, judge, payers, door)
        finally:
            payers.over = True
            await asyncio.gather(*paying)


async def judge_the_move(stack: RunningStack, judge: Judge, payers: Payers, door: httpx.AsyncClient) -> None:
    """Judge each step while the payers pay."""
    await judge_payers(judge, payers)
    await go_on(judge, payers, door, "/steps/both", "began to write to both (expand)")
    await judge_copy(stack, judge, "db", dict(payers.paid), "at step both, the old books")
    await go_on(judge, payers, door, "/backfill", "ran the backfill")
    so_far = dict(payers.paid)
    for name in ("db", "payments-db"):
        await judge_copy(stack, judge, name, so_far, f"after the backfill, in {name}")
    await judge_an_outage(stack, judge, payers)
    await go_on(judge, payers, door, "/steps/new", "went over to the new books (contract)")
    await judge_copy(stack, judge, "payments-db", dict(payers.paid), "at step new, the new books")
    await judge_old_is_left_alone(stack, judge, payers)


async def go_on(judge: Judge, payers: Payers, door: httpx.AsyncClient, path: str, words: str) -> None:
    """Take a step of the move, let customers pay for a while, and judge what they saw."""
    judge.done(words)
    answer = await door.post(path)
    judge.expect(answer.is_success, expected=f"{path} ends well", got=f"{answer.status_code}", evidence=answer)
    await judge_payers(judge, payers)


async def judge_payers(judge: Judge, payers: Payers) -> None:
    """Judge what customers see while they pay a while longer."""
    went_on = await payers.some_more()
    judge.expect(
        not payers.wrong,
        expected="every receipt shows what was charged",
        got=payers.wrong[0] if payers.wrong else "every receipt did",
        evidence=payers.wrong[:3],
        look=judge.place("def charged"),
    )
    judge.expect(
        not payers.answers,
        expected="every payment is taken (201)",
        got=payers.answers[0] if payers.answers else "all were",
        evidence=payers.answers[:3],
        look=judge.place("def charge("),
    )
    judge.expect(went_on, expected="customers go on paying", got="they do" if went_on else f"none in {PATIENCE:g} s")


async def judge_an_outage(stack: RunningStack, judge: Judge, payers: Payers) -> None:
    """Judge that a charge which the new database could not take is not told to be paid."""
    judge.done("cut payments off from its new database for a moment, while everybody writes to both")
    order, wire = str(uuid4()), stack.edge("payments", "payments-db")
    async with payers.asked_to_wait():
        with await broken(wire.cut):
            body = {"order_id": order, "amount_cents": 7}
            answer = await payers.door.post("/payments", json=body, headers={"Idempotency-Key": order})
    judge.expect(
        answer.status_code >= 500,
        expected="a charge that one of the two did not take is not told to be paid",
        got=f"{answer.status_code} {answer.text[:100]}",
        look=judge.place("def charge("),
    )
    await payers.pay(order, 7, tries=25)
    await judge_payers(judge, payers)


async def judge_old_is_left_alone(stack: RunningStack, judge: Judge, payers: Payers) -> None:
    """Judge that after the contract nobody needs the old database."""
    judge.done("cut payments off from the old database")
    old = await charges(stack, "db")
    with await broken(stack.edge("payments", "db").cut):
        await judge_payers(judge, payers)
    more = len((await charges(stack, "db")).keys() - old.keys())
    judge.expect(
        more == 0,
        expected="at step new nothing is written to the old database",
        got=f"{more} charges more",
        look=judge.place("def charge("),
    )


async def judge_copy(stack: RunningStack, judge: Judge, name: str, paid: Mapping[str, int], words: str) -> None:
    """Judge one database's charges by the audit: each charge once, none lost. Who pays meanwhile is not yet counted."""
    found = {order: cents for order, cents in (await charges(stack, name)).items() if order in paid}
    books = Books({order: ("paid", cents) for order, cents in paid.items()}, found, {}, {})
    findings = compare(books, paid)
    judge.expect(
        not findings, expected=f"{words}: each charge once", got=said(findings), look=judge.place("def charge(")
    )


async def charges(stack: RunningStack, name: str) -> dict[str, list[int]]:
    """Read the charges of a database: the amounts by order."""
    async with database(stack, name) as db:
        rows = await db.fetch("SELECT order_id::text, array_agg(amount_cents) FROM payments.charges GROUP BY order_id")
    return dict(rows)


# 3.4

PENDING, LOSS = 20, 80


@exercise("3.4", deadline=120)
async def test_the_shop_sells_on_while_payments_are_down(stack: RunningStack, judge: Judge):
    """Orders are pending while payments are down, outlive a crash, and are settled once when payments are back."""
    async with Customers(stack.url("gateway")) as customers, AsyncExitStack() as stopped:
        first = [await customers.order({"shackle": 1}) for _ in range(2)]
        judge.expect(tally(first) == {"201": 2}, expected="in peace an order is paid (201)", got=told(first))
        for name in ("payments-1", "monolith-1"):
            fault = await broken(stack.instance(name).stop)
            stopped.push_async_callback(asyncio.to_thread, fault.heal)
        accepted = await judge_accepted(judge, customers)
        await judge_crash(stack, judge)
        judge.done(f"started payments again, with {LOSS} % of the answers lost on their way for a while")
        with await broken(stack.edge("orders", "gateway").lose, percent=LOSS):
            await stopped.aclose()
            await until(lambda: is_settled(stack))
        await judge_settled(stack, judge, acknowledged([*first, *accepted]))


async def judge_accepted(judge: Judge, customers: Customers) -> list[Answer]:
    """Judge what customers are told while payments are down."""
    judge.done(f"stopped payments, the new and the old; {PENDING} customers placed an order, and one looked around")
    accepted = await customers.race(PENDING, {"shackle": 2})
    judge.expect(
        tally(accepted) == {"202": PENDING} and {one.body["status"] for one in accepted} == {"pending"},
        expected="every order is accepted (202) and pending",
        got=told(accepted),
        evidence=unusual(accepted, "202"),
        look=judge.place("def pay"),
    )
    items = await customers.read("/items")
    judge.expect(items.kind == "200", expected="the catalogue still answers", got=told([items]))
    return accepted


async def judge_crash(stack: RunningStack, judge: Judge) -> None:
    """Judge that what is pending is on the books, not in somebody's memory."""
    judge.done("killed orders, and waited until it was back")
    restarts = stack.instance("orders-1").restarts
    await asyncio.to_thread(stack.instance("orders-1").kill)

    async def is_back() -> bool:
        orders = stack.instance("orders-1")
        return orders.ready and orders.restarts > restarts

    back = await until(is_back)
    judge.expect(back, expected="orders comes back", got="it is back" if back else f"not within {PATIENCE:g} s")


async def judge_settled(stack: RunningStack, judge: Judge, orders: Mapping[str, int]) -> None:
    """Judge that all is paid, once."""
    settled = await until(lambda: is_settled(stack))
    async with database(stack, "orders-db") as db:
        standing = dict(await db.fetch("SELECT status, count(*) FROM orders.orders GROUP BY status"))
    judge.expect(
        settled,
        expected=f"every pending order is settled within {PATIENCE:g} s",
        got=", ".join(f"{count} {status}" for status, count in standing.items()),
        look=judge.place("def settle"),
    )
    findings = await audit_all(stack, orders)
    judge.expect(
        not findings,
        expected="each order is charged once, and the audit is clean",
        got=said(findings),
        evidence=map(str, findings),
        look=judge.place("def settle"),
    )
