"""The parts of the check of 1.2: the report's figures beside the books, in peace, with two readers, and under load."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import asyncpg

from capsize.check import Judge
from shop.core.catalogue import ITEMS, PLENTY, Item, past_weeks
from workbench.customers import Answer, Customers, tally, unusual
from workbench.labs.monolith_latency import CART

REPORT = "/reports/sales"
LONG = 45.0  # seconds that the report's readers have, where others use the machine
REPORTED = {"200": "answered (200)", "ReadTimeout": f"without an answer after {LONG:g} s"}
PACE, ANSWERED, FIGURES = 1, 2, 3  # the acceptance lines
SHORT = (20, 30)  # weeks that an item has been on sale for: a report of them takes a twentieth of the time
PRICES = {item.sku: item.price_cents for item in ITEMS}
Rows = Mapping[str, dict[str, object]]


@dataclass(frozen=True)
class Office:
    """Where reports are read: the shop's books, its customers, and its judge."""

    judge: Judge
    db: asyncpg.Connection
    customers: Customers

    async def report(self) -> Answer:
        """Read the report, and wait for it longer than a customer would."""
        return await self.customers.ask("GET", REPORT, timeout=LONG)

    async def sell(self) -> Answer:
        """Sell some of a few items, in unequal numbers."""
        skus = self.judge.draw.sample([item.sku for item in ITEMS if item.stock == PLENTY], 3)
        pieces = self.judge.draw.sample(range(1, 9), 3)
        return await self.customers.order(dict(zip(skus, pieces, strict=True)))


async def judge_two_readers(office: Office) -> None:
    """Judge two reports of which the second is asked for after a sale, while the first is under way."""
    office.judge.done("asked for a report, sold something, and asked for another one meanwhile")
    before, first = await figures(office.db), asyncio.create_task(office.report())
    await office.sell()
    after = await figures(office.db)
    await rewrite_weeks(office, ITEMS, SHORT)  # the second takes no time of its own
    second = await office.report()
    judge_answered(office.judge, [await first, second])
    judge_rows(office.judge, second, await figures(office.db))
    is_either = rows_of(first.result()) in (before, after)
    sentence = "a report shows the shop before a sale that came meanwhile, or after it"
    office.judge.claim(is_either, sentence, "neither of the two", look="return [", line=FIGURES)


async def judge_changes(office: Office) -> None:
    """Judge reports between which sales, prices and past weeks change."""
    office.judge.done(
        "asked for reports after sales, new prices and other past weeks, and compared them with the books"
    )
    for change in (raise_prices, change_weeks, change_weeks):
        await change(office)
        await office.sell()
        answer = await office.report()
        judge_answered(office.judge, [answer])
        judge_rows(office.judge, answer, await figures(office.db))


async def change_weeks(office: Office) -> None:
    """Give some items another past."""
    await rewrite_weeks(office, office.judge.draw.sample(ITEMS, 5), SHORT)


async def rewrite_weeks(office: Office, items: Iterable[Item], length: tuple[int, int]) -> None:
    """Give items a past of so many weeks, each of its own length."""
    draw = office.judge.draw
    pasts = [(item.sku, [draw.count(3, 90) for _ in range(draw.count(*length))]) for item in items]
    await office.db.executemany("UPDATE orders.past_weeks SET sold_by_week = $2 WHERE sku = $1", pasts)


async def raise_prices(office: Office) -> None:
    more = office.judge.draw.amount(7, 99)
    await office.db.execute("UPDATE inventory.items SET price_cents = price_cents + $1", more)


async def restore(db: asyncpg.Connection) -> None:
    """Give every item the past and the price that it had at first; a report takes its time again."""
    for position, item in enumerate(ITEMS):
        weeks = past_weeks(position)
        await db.execute("UPDATE orders.past_weeks SET sold_by_week = $2 WHERE sku = $1", item.sku, weeks)
        await db.execute("UPDATE inventory.items SET price_cents = $2 WHERE sku = $1", item.sku, item.price_cents)


async def judge_reports_under_load(office: Office, reports: list[Answer], orders: list[Answer]) -> None:
    """Judge the reports that were read while customers bought: none is older than the moment it was asked for."""
    books = await figures(office.db)
    for answer in reports:
        rows, early = rows_of(answer), [order for order in orders if order.at <= answer.at - answer.seconds]
        late = [order for order in orders if order.at - order.seconds > answer.at]
        least, most = len(late), len(orders) - len(early)  # sales that the report lacks: it must, and it may
        wrong = [row for sku, row in rows.items() if not is_between(row, books.get(sku), CART.get(sku, 0), least, most)]
        office.judge.claim(
            not wrong and rows.keys() == books.keys(),
            "a report shows all that was sold before it was asked for, also while customers buy",
            f"{len(wrong)} of {len(books)} items differ" if wrong else f"{len(rows)} of {len(books)} items",
            evidence=[f"reported {row}, in the books in the end {books.get(str(row.get('sku')))}" for row in wrong[:3]],
            look="return [",
            line=FIGURES,
        )


def is_between(row: Mapping[str, Any], books: Mapping[str, Any] | None, each: int, least: int, most: int) -> bool:
    """Say whether a row lacks ``least`` to ``most`` orders of so many pieces ``each``, and is right otherwise."""
    if not books or not isinstance(row.get("sold"), int):
        return False
    lacks, price = books["sold"] - row["sold"], PRICES[books["sku"]]
    rest = {**books, "sold": row["sold"], "revenue_cents": books["revenue_cents"] - lacks * price}
    return row == rest and least * each <= lacks <= most * each


def judge_answered(judge: Judge, reports: list[Answer]) -> None:
    """Judge that every report was answered."""
    kinds = tally(reports)
    words = ", ".join(f"{count} {REPORTED.get(kind, f'answered {kind}')}" for kind, count in kinds.items())
    is_all, odd = kinds.keys() == {"200"}, unusual(reports, "200")
    judge.claim(is_all, "every report is answered (200)", words, evidence=odd, line=ANSWERED)


def judge_rows(judge: Judge, answer: Answer, right: Rows) -> None:
    """Judge a report's rows by the books."""
    rows = rows_of(answer)
    wrong = [row for sku, row in rows.items() if row != right.get(sku)]
    judge.claim(
        rows == right,
        "the report's figures are those of the books",
        f"{len(wrong)} of {len(right)} items differ" if wrong else f"{len(rows)} of {len(right)} items",
        evidence=[f"reported {row}, in the books {right.get(str(row.get('sku')))}" for row in wrong[:3]],
        look="return [",
        line=FIGURES,
    )


def rows_of(answer: Answer) -> Rows:
    """Return a report's rows by item; what is no row is left out."""
    rows = answer.body if isinstance(answer.body, list) else []
    return {str(row["sku"]): row for row in rows if isinstance(row, dict) and "sku" in row}


async def figures(db: asyncpg.Connection) -> Rows:
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
