"""What the checks of lab 03 share: the books of a cut shop, what customers were told, and faults that heal."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

import asyncpg

from capsize.check import Judge
from capsize.session.running import RunningStack
from workbench.audit import Finding, audit
from workbench.customers import Answer, Customers, tally
from workbench.polling import until

TIMEOUT = 10.0  # seconds that a customer has
STILL = 12.0  # seconds in which a busy machine settles one order at least; it is tried four times a second
TOLD = {"id", "status", "total_cents", "lines"}  # of an order


@asynccontextmanager
async def database(stack: RunningStack, name: str) -> AsyncIterator[asyncpg.Connection]:
    """Open one of the shop's databases from outside."""
    db = await asyncpg.connect(stack.dsn(name), ssl=False)
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


async def pending(stack: RunningStack) -> int:
    async with database(stack, "orders-db") as db:
        return await db.fetchval("SELECT count(*) FROM orders.orders WHERE status = 'pending'")


async def is_settled(stack: RunningStack) -> bool:
    return not await pending(stack)


async def all_settled(stack: RunningStack) -> bool:
    """Wait until no order is pending, or for ``STILL`` seconds none became less; say which."""
    left = await pending(stack)

    async def has_moved() -> bool:
        return await pending(stack) < left

    while left and await until(has_moved, STILL):
        left = await pending(stack)
    return not left


async def broken(act: Callable, *how: object, **more: object):
    """Break something; the fault heals when its block ends."""
    return await asyncio.to_thread(act, *how, **more)


def requests(stack: RunningStack, edge: str) -> int:
    return stack.stats()[edge].requests or 0


def told(answers: Iterable[Answer]) -> str:
    return ", ".join(f"{count} answered {kind}" for kind, count in tally(answers).items()) or "no answer"


def unusual(answers: Iterable[Answer], *usual: str) -> list[str]:
    """Return one line for each kind of answer that nobody hoped for."""
    lines = {answer.kind: f"{answer.kind} {answer.body}"[:200] for answer in answers if answer.kind not in usual}
    return list(lines.values())


def said(findings: Iterable[Finding]) -> str:
    words = (f"not so in {one.count} {'case' if one.count == 1 else 'cases'}: {one.rule}" for one in findings)
    return "; ".join(words) or "a clean audit"


def cases(findings: Iterable[Finding]) -> list[str]:
    return [case for one in findings for case in one.evidence]


async def judge_peace(stack: RunningStack, judge: Judge, customers: Customers, look: str) -> None:
    """Judge that an order is placed and charged while nothing is wrong: else no fault would show anything."""
    judge.done("placed an order while nothing was wrong")
    answer = await customers.order({"shackle": 1})
    judge.expect(
        answer.placed,
        expected="in peace an order is paid (201)",
        got=told([answer]),
        evidence=unusual([answer], "201"),
        look=judge.place(look),
    )
    findings = await audit_all(stack, acknowledged(judge, [answer]))
    judge.expect(
        not findings,
        expected="in peace each order is charged once",
        got=said(findings),
        evidence=cases(findings),
        look=judge.place(look),
    )


def acknowledged(judge: Judge, answers: Iterable[Answer]) -> dict[str, int]:
    """Return the totals of the orders that were acknowledged (201, 202); judge that they were told as orders."""
    bodies = [answer.body for answer in answers if answer.kind in ("201", "202")]
    odd = [body for body in bodies if not (isinstance(body, dict) and body.keys() >= TOLD)]
    judge.expect(
        not odd,
        expected=f"who orders is told the order: {', '.join(sorted(TOLD))}",
        got=f"{len(odd)} of {len(bodies)} were told something else" if odd else "everybody was",
        evidence=[str(body)[:200] for body in odd[:3]],
        look=judge.place("def pay", "settling.py"),
    )
    return {body["id"]: body["total_cents"] for body in bodies}
