"""The parts of the check of 3.1: who gets which share of each kind of request, while customers buy."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import sqrt
from uuid import uuid4

from lab03_books import acknowledged, audit_all, claim_clean, requests, told

from capsize.check import Judge
from capsize.check.kit import account
from capsize.runtime.control.edges import FRESH
from capsize.session.running import RunningStack
from workbench.customers import Answer, Customers
from workbench.raw_http import knock

SHARE = "payments.share"
SHARES, KINDS, SERVED = 1, 2, 3  # the acceptance lines
POINTS, ORDERS = 5.0, 8
DEVIATIONS = 4.3  # standard deviations within which a share that is right is measured
LEAST, FEW = 60, 220  # requests of a kind, where all or none go to payments, and where some do
MANY = 1_700  # of these 5 points are more than four standard deviations, at any share
LOOK = "prefix: /payments"


@dataclass(frozen=True)
class Step:
    """A share of the requests, from 0 to 100 percent; None where nobody has turned the key yet."""

    share: int | None

    @property
    def percent(self) -> int:
        return self.share or 0

    @property
    def is_exact(self) -> bool:
        return self.percent in (0, 100)

    @property
    def when(self) -> str:
        return f"before anybody turns {SHARE}" if self.share is None else f"with {SHARE} at {self.share}"

    def tolerance(self, sample: int) -> float:
        """Return how many points a sample of a right share may be off."""
        deviation = 100 * sqrt(self.percent / 100 * (1 - self.percent / 100) / sample)
        return 0.0 if self.is_exact else max(POINTS, DEVIATIONS * deviation)


@dataclass
class CutOver:
    """The gateway of a stack, the customers in front of it, and the orders that were acknowledged."""

    stack: RunningStack
    judge: Judge
    customers: Customers
    orders: dict[str, int] = field(default_factory=dict)


def steps(judge: Judge) -> Iterator[Step]:
    """Go from nobody to everybody, and back, by shares of which some are drawn."""
    yield Step(None)
    yield Step(10)
    yield Step(judge.draw.count(20, 45))
    yield Step(50)
    yield Step(judge.draw.count(55, 85))
    yield Step(100)
    yield Step(0)


async def judge_step(cut: CutOver, step: Step) -> None:
    """Turn the key, and judge who is asked for what, and that nothing fails."""
    if step.share is not None:
        await asyncio.to_thread(cut.stack.service("gateway").administer, "/runtime_modify", {SHARE: step.share})
    sample = LEAST if step.is_exact else MANY if step.percent == 50 else FEW
    cut.judge.done(f"{step.when}: asked {sample} times who takes payments, while {ORDERS} customers bought")
    before = await asked_so_far(cut.stack)
    buying = asyncio.create_task(buy(cut))
    url, few = cut.stack.url("gateway"), min(sample, FEW)
    till = await knock(url, "/payments", sample)
    receipts = await knock(url, f"/payments/{uuid4()}", few)
    charges = await knock(url, "/payments", few, method="POST")  # without a body: it is refused by the one that gets it
    bought = await buying
    judge_served(cut.judge, step, bought, {"a till": till, "a receipt": receipts, "a charge": charges})
    judge_share(cut.judge, step, till)
    judge_kind(cut.judge, step, receipts, "receipts")
    judge_kind(cut.judge, step, charges, "charges")
    await judge_left_alone(cut, step, before)
    cut.orders |= acknowledged(cut.judge, [answer for answer in bought if answer.asked == "POST /orders"])
    claim_clean(
        cut.judge, await audit_all(cut.stack, cut.orders), "the audit is clean, whatever the share", line=SERVED
    )


async def buy(cut: CutOver) -> list[Answer]:
    """Have customers order, look at the catalogue, and read an order back."""
    skus, pieces = cut.judge.draw.sample(["shackle", "thimble", "oakum", "hawser"], 2), cut.judge.draw.count(2, 5)
    placed = await cut.customers.race(ORDERS, {skus[0]: 1, skus[1]: pieces})
    order = next((answer.body["id"] for answer in placed if answer.placed), uuid4())
    return [*placed, await cut.customers.read("/items"), await cut.customers.read(f"/orders/{order}")]


def judge_served(judge: Judge, step: Step, bought: list[Answer], knocks: dict[str, Counter[tuple[str, str]]]) -> None:
    """Judge that every request was answered as it should be."""
    right = {"a till": "200", "a receipt": "200", "a charge": "422"}  # a charge of nothing is refused
    odd = [f"{kind}: {status}" for kind, one in knocks.items() for status, _ in one if status != right[kind]]
    words = f"/payments: {', '.join(sorted(set(odd)))}; {told(bought)}"
    sentence = "no request for payments fails, whatever the share"
    judge.claim(not odd, sentence, f"{step.when}: {words}", look=LOOK, line=SERVED)
    sentence = "orders are placed, and what else customers ask for is answered, whatever the share"
    account(judge, bought, expected={"200", "201"}, sentence=sentence, look=LOOK, line=SERVED)


def judge_share(judge: Judge, step: Step, answers: Counter[tuple[str, str]]) -> None:
    """Judge the share of all requests that the new service gets."""
    off = step.tolerance(answers.total())
    more_or_less = f", give or take {off:.0f} points" if off else ""
    sentence = f"{step.when}, payments gets {step.percent} percent{more_or_less}"
    got, evidence = share_of(answers)
    judge.claim(
        abs(got - step.percent) <= off, sentence, f"{got:.1f} percent", evidence=evidence, look=LOOK, line=SHARES
    )


def judge_kind(judge: Judge, step: Step, answers: Counter[tuple[str, str]], what: str) -> None:
    """Judge that a kind of request is shared out like all others."""
    got, evidence = share_of(answers)
    holds, sentence = (
        abs(got - step.percent) <= step.tolerance(answers.total()),
        f"payments gets that share of {what} too",
    )
    judge.claim(holds, sentence, f"{step.when}: {got:.1f} percent", evidence=evidence, look=LOOK, line=KINDS)


def share_of(answers: Counter[tuple[str, str]]) -> tuple[float, list[str]]:
    """Return how many percent of the answers the new service gave, and who gave how many."""
    got = 100 * sum(n for (_, copy), n in answers.items() if copy == "payments-1") / answers.total()
    return got, [f"{count} of {answers.total()} answers by {copy}" for (_, copy), count in answers.items()]


async def judge_left_alone(cut: CutOver, step: Step, before: dict[str, int]) -> None:
    """Judge by the wires that the one that is to get nothing was asked for nothing, also not by the orders service."""
    idle = {0: "payments", 100: "monolith"}.get(step.percent)
    if idle:
        more = (await asked_so_far(cut.stack))[idle] - before[idle]
        sentence = f"at {step.percent} percent {idle} gets no request at all, be it a charge"
        cut.judge.claim(more == 0, sentence, f"{more} requests", look=f"cluster: {idle}", line=KINDS)


async def asked_so_far(stack: RunningStack) -> dict[str, int]:
    """Count what the gateway has asked of the old and of the new."""
    await asyncio.sleep(FRESH)  # a reading of the wires serves for so long
    return {name: requests(stack, f"gateway>{name}") for name in ("payments", "monolith")}
