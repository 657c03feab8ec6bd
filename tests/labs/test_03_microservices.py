"""The checks of lab 03: the cut-over by weights, calls that lose answers, the move of the charges, payments down."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from contextlib import AsyncExitStack
from functools import partial

import httpx
from lab03_books import (
    STILL,
    acknowledged,
    all_settled,
    audit_all,
    claim_clean,
    is_settled,
    judge_peace,
    requests,
    told,
)
from lab03_calls import judge_lost_answers, judge_no_answer, judge_refusal, judge_silence
from lab03_move import PAYERS, Payers, judge_the_move

from capsize.check import Judge, exercise
from capsize.check.kit import database, during
from capsize.runtime.control.edges import FRESH
from capsize.session.running import RunningStack
from capsize.waiting import came_true
from workbench.customers import Answer, Customers, anonymous, tally, unusual
from workbench.raw_http import knock

SHARE = "payments.share"
UNTURNED = f"before anybody turns {SHARE}"
SAMPLES = {0: 200, 10: 700, 50: 1700, 100: 200}  # of these 5 points are more than four standard deviations
POINTS, ORDERS = 5.0, 8
PENDING, LOSS, LOSSY = 20, 80, 5.0
BACK_WITHIN = 30.0  # seconds in which a killed service is back, on a busy machine too


@exercise("3.1", deadline=120)
async def test_weights_say_who_is_paid(stack: RunningStack, judge: Judge):
    """At 0, 10, 50 and 100 percent the new service gets that share, nothing fails, and the books agree."""
    orders: dict[str, int] = {}
    async with Customers(stack.url("gateway"), at_once=ORDERS) as customers:
        for share, sample in SAMPLES.items():
            when = f"with {SHARE} at {share}" if share else UNTURNED
            if share:
                await turn(stack, share)
            judge.done(f"{when}: asked {sample} times who takes payments, while {ORDERS} customers bought")
            before = requests(stack, "gateway>monolith")
            buying = asyncio.create_task(customers.race(ORDERS, {"shackle": 1}))
            answers = await knock(stack.url("gateway"), "/payments", sample)
            placed = await buying
            judge_step(judge, when, share, placed, answers)
            orders |= acknowledged(judge, placed)
            findings = await audit_all(stack, orders)
            claim_clean(judge, findings, f"{when}, the audit is clean")
        await asyncio.sleep(FRESH)  # a reading of the wires serves for so long
        left = requests(stack, "gateway>monolith") - before
        sentence = f"with {SHARE} at 100, the monolith gets no request any more, be it a charge"
        judge.claim(left == 0, sentence, f"{left} requests", look="cluster: monolith")


def judge_step(judge: Judge, when: str, share: int, placed: list[Answer], answers: Counter) -> None:
    """Judge that nothing failed, and who answered."""
    look = "prefix: /payments"
    statuses = {status for status, _ in answers}
    is_served = statuses == {"200"} and tally(placed).keys() == {"201"}
    words = f"/payments: {', '.join(sorted(statuses))}; orders: {told(placed)}"
    judge.claim(is_served, f"{when}, no request fails", words, evidence=unusual(placed, "201"), look=look)
    got = 100 * answers["200", "payments-1"] / answers.total()
    exact = share in (0, 100)
    judge.claim(
        got == share if exact else abs(got - share) <= POINTS,
        f"{when}, payments gets {share} percent" + ("" if exact else f", give or take {POINTS:g} points"),
        f"{got:.1f} percent",
        evidence=[f"{count} of {answers.total()} answers by {copy}" for (_, copy), count in answers.items()],
        look=look,
    )


async def turn(stack: RunningStack, share: int) -> None:
    """Turn the gateway's key, as whoever runs it would."""
    address = stack.service("gateway").administration
    async with httpx.AsyncClient(base_url=address, trust_env=False) as admin:
        (await admin.post("/runtime_modify", params={SHARE: share})).raise_for_status()


@exercise("3.2", deadline=120)
async def test_nobody_is_charged_twice(stack: RunningStack, judge: Judge):
    """Lost answers, silent payments and refusals: one charge for each order, and an answer for each customer."""
    async with Customers(stack.url("gateway")) as customers:
        await judge_peace(stack, judge, customers, "def ask")
        await judge_no_answer(stack, judge, customers)
        await judge_lost_answers(stack, judge, customers)
        await judge_refusal(stack, judge, customers)
        await judge_silence(stack, judge, customers)


@exercise("3.3", deadline=150)
async def test_charges_move_with_customers_inside(stack: RunningStack, judge: Judge):
    """Through all steps of the move every receipt is right, and the books that are read hold each charge once."""
    async with anonymous(stack.url("payments"), at_once=PAYERS + 1) as door:
        payers = Payers(door)
        paying = [asyncio.create_task(payers.keep_paying()) for _ in range(PAYERS)]
        try:
            await judge_the_move(stack, judge, payers, door)
        finally:
            payers.over = True
            await asyncio.gather(*paying)


@exercise("3.4", deadline=120)
async def test_the_shop_sells_on_while_payments_are_down(stack: RunningStack, judge: Judge):
    """Orders are pending while payments are down, outlive a crash, and are settled once when payments are back."""
    async with Customers(stack.url("gateway")) as customers, AsyncExitStack() as stopped:
        await judge_peace(stack, judge, customers, "def pay")
        for name in ("payments-1", "monolith-1"):
            fault = await asyncio.to_thread(stack.instance(name).stop)
            stopped.push_async_callback(asyncio.to_thread, fault.heal)
        orders = await judge_accepted(judge, customers)
        await judge_crash(stack, judge)
        judge.done(f"started payments again, with {LOSS} % of the answers lost on their way for a while")
        async with during(partial(stack.edge("orders", "gateway").lose, percent=LOSS)):
            await stopped.aclose()
            is_over = await came_true(lambda: is_settled(stack), LOSSY)
        await judge_settled(stack, judge, orders, is_over)


async def judge_accepted(judge: Judge, customers: Customers) -> dict[str, int]:
    """Judge what customers are told while payments are down; return the orders and their totals."""
    judge.done(f"stopped payments, the new and the old; {PENDING} customers placed an order, and one looked around")
    accepted = await customers.race(PENDING, {"shackle": 2})
    orders = acknowledged(judge, accepted)
    is_accepted = tally(accepted) == {"202": PENDING} and {one.body["status"] for one in accepted} == {"pending"}
    sentence, odd = "every order is accepted (202) and pending", unusual(accepted, "202")
    judge.claim(is_accepted, sentence, told(accepted), evidence=odd, look="def pay")
    items = await customers.read("/items")
    judge.claim(items.kind == "200", "the catalogue still answers", told([items]))
    return orders


async def judge_crash(stack: RunningStack, judge: Judge) -> None:
    """Judge that what is pending is on the books, not in somebody's memory."""
    judge.done("killed orders, and waited until it was back")
    restarts = stack.instance("orders-1").restarts
    await asyncio.to_thread(stack.instance("orders-1").kill)

    def is_back() -> bool:
        orders = stack.instance("orders-1")
        return orders.ready and orders.restarts > restarts

    await judge.eventually(is_back, "orders comes back", f"not within {BACK_WITHIN:g} s", within=BACK_WITHIN)


async def judge_settled(stack: RunningStack, judge: Judge, orders: Mapping[str, int], is_over: bool) -> None:
    """Judge that all is paid, once; it may be before the answers come through again."""
    settled = is_over or await all_settled(stack)
    async with database(stack, "orders-db") as db:
        standing = dict(await db.fetch("SELECT status, count(*) FROM orders.orders GROUP BY status"))
    sentence = f"every pending order is settled: one at least within any {STILL:g} s"
    words = ", ".join(f"{count} {status}" for status, count in standing.items())
    judge.claim(settled, sentence, words, look="def settle")
    findings = await audit_all(stack, orders)
    claim_clean(judge, findings, "each order is charged once, and the audit is clean", "def settle")
