"""The checks of lab 01: the stock under a race, the checkout under a report, the seams between the modules."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from itertools import accumulate

import asyncpg

from capsize.check import Judge, exercise
from capsize.check.kit import database, too_busy, until
from capsize.session.running import RunningStack
from shop.core.catalogue import PLENTY
from shop.core.database import CONNECTIONS
from workbench.audit import audit
from workbench.customers import Answer, Customers, acknowledged, tally, unusual
from workbench.labs.monolith_latency import FLOOR_MS, measure
from workbench.module_boundaries import reaches

CUSTOMERS, LANTERNS, A_FEW, LAST = 200, 50, 20, 5
CROWDED_WITHIN = 2.0  # seconds that customers have to stand in line
ALL_ANSWER_WITHIN = 10.0  # seconds in which each copy has had a customer


@dataclass(frozen=True)
class Race:
    """So many customers for one piece each of what is in stock, at so many copies of the shop."""

    customers: Customers
    count: int
    sku: str
    stock: int
    of: str


# 1.1


@exercise("1.1")
async def test_two_hundred_customers_get_fifty_lanterns(stack: RunningStack, judge: Judge):
    """Fifty of two hundred customers get one of fifty lanterns, from one copy of the shop and from two."""
    async with Customers(stack.url("shop"), at_once=CUSTOMERS) as customers:
        await judge_plenty(stack, judge, customers)
        await judge_race(stack, judge, Race(customers, CUSTOMERS, "brass-lantern", LANTERNS, "one copy of the shop"))
        await asyncio.to_thread(stack.service("shop").scale, 2)
        await until_answered_by(customers, 2)
        await customers.order({"storm-lantern": LANTERNS - LAST})
        await judge_race(stack, judge, Race(customers, A_FEW, "storm-lantern", LAST, "two copies of the shop"))


async def judge_plenty(stack: RunningStack, judge: Judge, customers: Customers) -> None:
    """Judge that nobody is sent away while there is enough."""
    judge.done(f"{A_FEW} customers ordered one sextant each, at once; there were plenty")
    answers = await run(stack, Race(customers, A_FEW, "sextant", PLENTY, "one copy of the shop"))
    is_enough, odd = tally(answers) == {"201": A_FEW}, unusual(answers, "201")
    judge.claim(is_enough, f"all {A_FEW} get what there is plenty of", told(answers), evidence=odd, look="def reserve")


async def judge_race(stack: RunningStack, judge: Judge, race: Race) -> None:
    """Judge who gets one when there are fewer than customers, what is left, and the books."""
    answers = await run(stack, race)
    async with database(stack) as db:
        left = await db.fetchval("SELECT on_hand FROM inventory.items WHERE sku = $1", race.sku)
        findings = await audit(db, acknowledged=acknowledged(answers))
    judge.done(f"{race.count} customers ordered one {race.sku} each, at once, from {race.of}; there were {race.stock}")
    count = tally(answers)
    evidence = [f"on the shelf afterwards: {left}", *unusual(answers, "201", "409"), *map(str, findings)]
    placed, stock, of = count.get("201", 0), race.stock, race.of
    claims = (
        (count.keys() <= {"201", "409"}, "every customer is answered: placed (201) or sold out (409)", told(answers)),
        (placed <= stock, f"no lantern is promised twice: {stock} orders from {of}", f"{placed} orders"),
        (placed == stock, f"every lantern finds a buyer: {stock} orders from {of}", f"{placed} orders"),
        (left == 0, f"0 left by {of}", f"{left} left"),
        (not findings, f"a clean audit of {of}", said(findings)),
    )
    for holds, sentence, bad in claims:
        judge.claim(holds, sentence, bad, evidence=evidence, look="def reserve")


async def run(stack: RunningStack, race: Race) -> list[Answer]:
    """Let customers order one piece each while we have a hand on the shelf, so that they stand there at once."""
    async with database(stack) as hand, database(stack) as eye:
        async with hand.transaction():
            await hand.execute("SELECT FROM inventory.items WHERE sku = $1 FOR UPDATE", race.sku)
            orders = asyncio.create_task(race.customers.race(race.count, {race.sku: 1}))
            await until_crowded(eye, orders, 1 + min(race.count, CONNECTIONS))
        return await orders


async def until_crowded(eye: asyncpg.Connection, orders: asyncio.Task[list[Answer]], count: int) -> None:
    """Wait until so many transactions are under way, ours too, or all orders are answered; for a moment at most."""
    open_ones = "SELECT count(xact_start) FROM pg_stat_activity WHERE datname IS NOT NULL AND pid <> pg_backend_pid()"
    deadline = time.monotonic() + CROWDED_WITHIN
    while not orders.done() and time.monotonic() < deadline and await eye.fetchval(open_ones) < count:
        await asyncio.sleep(0.01)


async def until_answered_by(customers: Customers, copies: int) -> None:
    """Wait until every copy of the shop takes part."""
    seen: set[str] = set()

    async def is_all() -> bool:
        seen.add((await customers.read("/healthz")).by)
        return len(seen) >= copies

    await until(is_all, f"{copies} copies of the shop answer", within=ALL_ANSWER_WITHIN)


def told(answers: Iterable[Answer]) -> str:
    """Write a tally in words."""
    names = {"201": "placed (201)", "409": "sold out (409)"}
    return ", ".join(f"{count} {names.get(kind, f'answered {kind}')}" for kind, count in tally(answers).items())


def said(findings: list[object]) -> str:
    return "; ".join(map(str, findings)) or "a clean audit"


# 1.2

REPORT = "/reports/sales"
LONG = 45.0  # seconds that the report's readers have, where others use the machine
REPORTED = {"200": "answered (200)", "ReadTimeout": f"without an answer after {LONG:g} s"}
LIMIT = 3.0


@exercise("1.2", deadline=120)
async def test_a_report_holds_up_no_checkout(stack: RunningStack, judge: Judge):
    """A report tells the books' figures, and checkout's p99 beside it stays within three times its own baseline."""
    async with Customers(stack.url("shop")) as customers:
        await judge_figures(stack, judge, customers)
        judge.done("ordered 40 times a second, in peace and beside one sales report after the other")
        checkout = await measure(customers, partial(report, customers), limit=LIMIT)
    judge_answered(judge, checkout.others)
    if checkout.holds is None:
        raise too_busy(*checkout.lines())
    sentence = f"checkout p99 beside a report within {LIMIT:g} x its baseline (of {FLOOR_MS:g} ms at least)"
    words, look = f"{checkout.ratio:.1f} x", "await db.fetch"
    judge.claim(checkout.holds, sentence, words, evidence=checkout.lines, look=look)
    is_placed, odd = tally(checkout.orders).keys() == {"201"}, unusual(checkout.orders, "201")
    judge.claim(is_placed, "every order is placed (201)", told(checkout.orders), evidence=odd)


async def report(customers: Customers) -> Answer:
    """Read the report, and wait for it longer than a customer would."""
    return await customers.ask("GET", REPORT, timeout=LONG)


def judge_answered(judge: Judge, reports: list[Answer]) -> None:
    """Judge that every report was answered."""
    kinds = tally(reports)
    words = ", ".join(f"{count} {REPORTED.get(kind, f'answered {kind}')}" for kind, count in kinds.items())
    odd = unusual(reports, "200")
    judge.claim(kinds.keys() == {"200"}, "every report is answered (200)", words, evidence=odd)


async def judge_figures(stack: RunningStack, judge: Judge, customers: Customers) -> None:
    """Judge a report, and one more after a sale."""
    judge.done("asked for a report before and after a sale, and compared both with the books")
    for pieces in (2, 3):
        await customers.order({"oar-pair": pieces})
        answer = await report(customers)
        judge_answered(judge, [answer])
        async with database(stack) as db:
            right = await figures(db)
        wrong = [row for row in answer.body if row != right.get(row["sku"])]
        judge.claim(
            not wrong and len(answer.body) == len(right),
            "the report's figures are those of the books",
            f"{len(wrong)} of {len(right)} items differ" if wrong else f"{len(answer.body)} of {len(right)} items",
            evidence=[f"reported {row}, in the books {right.get(row['sku'])}" for row in wrong[:3]],
            look="return [",
        )


async def figures(db: asyncpg.Connection) -> dict[str, dict[str, object]]:
    """Work the report out from the books."""
    sold, revenue = Counter[str](), Counter[str]()
    for sku, pieces, price in await db.fetch("SELECT sku, quantity, price_cents FROM orders.lines"):
        sold[sku] += pieces
        revenue[sku] += pieces * price
    return {
        sku: {"sku": sku, "sold": sold[sku], "revenue_cents": revenue[sku], "reorder_at": reorder_at(weeks)}
        for sku, weeks in await db.fetch("SELECT sku, sold_by_week FROM orders.past_weeks")
    }


def reorder_at(weeks: list[int]) -> int:
    """Find the percentile from how often each sum occurs: not the way of the shop, and to the same number."""
    ways = Counter({0: 1})
    for _ in range(3):
        longer = Counter[int]()
        for total, count in ways.items():
            for week, often in Counter(weeks).items():
                longer[total + week] += count * often
        ways = longer
    below = accumulate(ways[total] for total in sorted(ways))
    rank = len(weeks) ** 3 * 95 // 100
    return next(total for total, count in zip(sorted(ways), below, strict=True) if count > rank)


# 1.3


@exercise("1.3")
async def test_orders_stays_on_its_side_of_the_seams(stack: RunningStack, judge: Judge):
    """Orders uses payments and inventory through public functions only, and the shop does what it did before."""
    judge.done("read orders.py and inventory.py for what they import, call and name in SQL")
    found = [reach for name in ("orders", "inventory") for reach in reaches(judge.code / f"{name}.py")]
    judge.claim(
        not found,
        "only public functions of the other modules, and none of their tables",
        lambda: found[0].how,
        evidence=map(str, found),
        at=found[0].place if found else None,
    )
    async with Customers(stack.url("shop")) as customers, database(stack) as db:
        await judge_one_order(judge, customers, db)
        await judge_failed_order(judge, customers, db)


async def judge_one_order(judge: Judge, customers: Customers, db: asyncpg.Connection) -> None:
    """Judge an order, its twins under the same key, and what they left in the books."""
    cart = {"oar-pair": 2, "shackle": 1}
    prices = dict(await db.fetch("SELECT sku, price_cents FROM inventory.items"))
    total = sum(prices[sku] * quantity for sku, quantity in cart.items())
    judge.done("placed an order ten times at once under one key, and read it back")
    answers = await asyncio.gather(*(customers.order(cart, key="oars") for _ in range(10)))
    placed = acknowledged(answers)
    is_one = tally(answers) == {"201": 10} and list(placed.values()) == [total]
    words, odd = f"{told(answers)}{different(placed)}", unusual(answers, "201")
    judge.claim(is_one, f"ten times the same order of {total} cents", words, evidence=odd)
    back = await customers.read(f"/orders/{next(iter(placed))}")
    right = {"id": next(iter(placed)), "status": "paid", "total_cents": total, "charged_cents": total, "lines": cart}
    judge.claim(
        back.body == right,
        f"read back as it was placed and charged: {right}",
        f"{back.kind} {back.body}",
        evidence=apart(back.body, right),
        look="async def find",
    )
    charges = [row["amount_cents"] for row in await db.fetch("SELECT amount_cents FROM payments.charges")]
    judge.claim(charges == [total], f"one charge of {total} cents", f"charges of {charges} cents")
    findings = await audit(db, acknowledged=placed)
    judge.claim(not findings, "a clean audit", said(findings), evidence=findings)


def apart(body: object, right: dict[str, object]) -> list[str]:
    """Name the fields in which an order that was read back is another one."""
    there = body if isinstance(body, dict) else {}
    fields = sorted({*there, *right} if there else ())
    return [
        f"{name}: {there.get(name)!r}, not {right.get(name)!r}" for name in fields if there.get(name) != right.get(name)
    ]


def different(placed: dict[str, int]) -> str:
    """Say how many orders became of one key, where there were any."""
    totals = " and ".join(f"{total} cents" for total in sorted(placed.values()))
    return (
        f"; {len(placed)} different orders of {totals}"
        if len(placed) > 1
        else f"; an order of {totals}"
        if placed
        else ""
    )


async def judge_failed_order(judge: Judge, customers: Customers, db: asyncpg.Connection) -> None:
    """Judge that an order that cannot be had leaves nothing behind, and is refused in the right words."""
    judge.done("asked for more than there is, for an item that is not sold, and for another cart under a used key")
    before = await books(db)
    answers = {
        "409": await customers.order({"shackle": 1, "storm-lantern": LANTERNS + 1}),
        "404": await customers.order({"shackle": 1, "kraken": 1}),
        "422": await customers.order({"shackle": 1}, key="oars"),
    }
    kinds = [answer.kind for answer in answers.values()]
    sentence = "409 for sold out, 404 for not sold here, 422 for a used key"
    lines = [f"{answer.kind} {answer.body}" for answer in answers.values()]
    judge.claim(kinds == list(answers), sentence, ", ".join(kinds), evidence=lines)
    after = await books(db)
    left = {name: after[name] - before[name] for name in before if after[name] != before[name]}
    sentence = "an order that was refused leaves nothing behind: one transaction holds all of it"
    words = ", ".join(f"{change:+d} {name}" for name, change in left.items())
    judge.claim(not left, sentence, words, look="async def place")


async def books(db: asyncpg.Connection) -> dict[str, int]:
    """Count what orders leave."""
    tables = {"orders": "orders.orders", "charges": "payments.charges"}
    counts = {name: await db.fetchval(f"SELECT count(*) FROM {table}") for name, table in tables.items()}
    return counts | {"pieces on hand": await db.fetchval("SELECT sum(on_hand)::int FROM inventory.items")}
