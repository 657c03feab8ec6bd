"""What the checks of lab 03 share: the books of a cut shop, and what customers were told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AsyncExitStack

from capsize.check import Judge
from capsize.check.kit import database
from capsize.session.running import RunningStack
from capsize.waiting import came_true
from shop.core.catalogue import ITEMS, PLENTY
from workbench.audit import Finding, audit
from workbench.customers import Answer, Customers, tally, unusual

TIMEOUT = 10.0  # seconds that a customer has
STILL = 12.0  # seconds in which a busy machine settles one order at least; it is tried four times a second
TOLD = {"id", "status", "total_cents", "lines"}  # of an order


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

    while left and await came_true(has_moved, STILL):
        left = await pending(stack)
    return not left


def requests(stack: RunningStack, edge: str) -> int:
    return stack.stats()[edge].requests or 0


def told(answers: Iterable[Answer]) -> str:
    return ", ".join(f"{count} answered {kind}" for kind, count in tally(answers).items()) or "no answer"


def said(findings: Iterable[Finding]) -> str:
    words = (f"not so in {one.count} {'case' if one.count == 1 else 'cases'}: {one.rule}" for one in findings)
    return "; ".join(words) or "a clean audit"


def cases(findings: Iterable[Finding]) -> list[str]:
    return [case for one in findings for case in one.evidence]


def cart(judge: Judge, kinds: int = 2) -> dict[str, int]:
    """Draw a cart of several items in unequal numbers."""
    skus = judge.draw.sample([item.sku for item in ITEMS if item.stock == PLENTY], kinds)
    return dict(zip(skus, judge.draw.sample(range(1, 9), kinds), strict=True))


async def judge_peace(stack: RunningStack, judge: Judge, customers: Customers, look: str, line: int) -> None:
    """Judge that an order is placed and charged while nothing is wrong: else no fault would show anything."""
    judge.done("placed an order while nothing was wrong")
    answer = await customers.order(cart(judge))
    odd = unusual([answer], "201")
    judge.claim(answer.placed, "in peace an order is paid (201)", told([answer]), evidence=odd, look=look, line=line)
    findings = await audit_all(stack, acknowledged(judge, [answer]))
    claim_clean(judge, findings, "in peace each order is charged once", look, line)


def claim_clean(
    judge: Judge, findings: Iterable[Finding], sentence: str, look: str | None = None, line: int | None = None
) -> None:
    """Claim that an audit found nothing."""
    judge.claim(not findings, sentence, said(findings), evidence=cases(findings), look=look, line=line)


def acknowledged(judge: Judge, answers: Iterable[Answer]) -> dict[str, int]:
    """Return the totals of the orders that were acknowledged (201, 202); judge that they were told as orders."""
    bodies = [answer.body for answer in answers if answer.kind in ("201", "202")]
    odd = [body for body in bodies if not (isinstance(body, dict) and body.keys() >= TOLD)]
    judge.claim(
        not odd,
        f"who orders is told the order: {', '.join(sorted(TOLD))}",
        f"{len(odd)} of {len(bodies)} were told something else",
        evidence=[str(body)[:200] for body in odd[:3]],
        at=judge.place("def pay", "settling.py"),
    )
    return {body["id"]: body["total_cents"] for body in bodies}
