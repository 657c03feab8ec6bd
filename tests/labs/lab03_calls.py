"""The parts of the check of 3.2: answers that are lost, 503, refusals, silence; and one charge after each of them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from uuid import uuid4

from lab03_books import STILL, TIMEOUT, acknowledged, all_settled, audit_all, claim_clean, requests, told

from capsize.check import Judge
from capsize.check.kit import during
from capsize.runtime.control.edges import FRESH
from capsize.session.running import RunningStack
from workbench.customers import Answer, Customers, tally, unusual

BUYERS, FEW, LOST, NOTICED, TRIES = 80, 10, 33, 12, 25  # who never asks twice fails 26 of 80, who asks three times 3
LOOK_EVERY, BRIEF = 0.05, 1.0  # seconds between two looks, and that any machine may take for one
LOOKS, TIMES = 10, 3  # looks that tell what is usual, and how much slower the slowest of them may get


async def judge_lost_answers(stack: RunningStack, judge: Judge, customers: Customers) -> None:
    """Judge the books after answers were lost, and how many customers had to order again."""
    judge.done(f"{BUYERS} customers placed an order while {LOST} % of the answers from payments were lost")
    async with during(partial(stack.edge("orders", "gateway").lose, percent=LOST)):
        first = await at_once(lambda: persist(customers), BUYERS, FEW)
    again = sum(len(tries) > 1 or not tries[-1].placed for tries in first)
    await judge_books(stack, judge, [tries[-1] for tries in first])
    sentence = f"most customers do not notice: at most {NOTICED} of {BUYERS} have to order again or to wait"
    odd = unusual((tries[0] for tries in first), "201")
    judge.claim(again <= NOTICED, sentence, f"{again} did", evidence=odd, look="def ask")


async def judge_no_answer(stack: RunningStack, judge: Judge, customers: Customers) -> None:
    """Judge that an order is not taken for paid when payments could not be reached."""
    judge.done("placed an order while payments answered 503 to everything")
    usual = await slowest_look(customers)
    async with during(partial(stack.edge("orders", "gateway").fail, 503)):
        answer = await others_are_served(judge, customers, customers.order({"shackle": 1}, key="unlucky"), usual)
    sentence = "an order that nobody charged for is not told to be paid (201)"
    judge.claim(not answer.placed, sentence, told([answer]), evidence=str(answer.body), look="def ask")
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
    sentence, words = "409 for sold out, 404 for not sold here", ", ".join(kinds)
    judge.claim(kinds == ["409", "404"], sentence, words, evidence=unusual(answers), look="def ask")
    sentence = "a refusal is an answer: inventory is asked once for each order"
    judge.claim(asked == 2, sentence, f"{asked} requests for 2 orders", look="def ask")


async def judge_silence(stack: RunningStack, judge: Judge, customers: Customers) -> None:
    """Judge that hanging payments hold nobody up, and that what they do late is not done twice."""
    judge.done("placed an order while payments hung, and again when they went on")
    usual = await slowest_look(customers)
    async with during(*(stack.instance(name).pause for name in ("payments-1", "monolith-1"))):
        order = customers.order({"shackle": 1}, key="patient")
        slow = asyncio.create_task(others_are_served(judge, customers, order, usual))
        done, _ = await asyncio.wait([slow], timeout=TIMEOUT)
        judge.claim(done, f"an answer within {TIMEOUT:g} s, whatever it says", "none", look="AsyncClient")
    await judge_books(stack, judge, [(await persist(customers, key="patient"))[-1]])


async def look_around(customers: Customers) -> float:
    """Have somebody look at an order that there is not; return the seconds that it took."""
    return (await customers.read(f"/orders/{uuid4()}")).seconds


async def slowest_look(customers: Customers) -> float:
    """Have somebody look around a few times; return the seconds that the slowest look took."""
    return max([await look_around(customers) for _ in range(LOOKS)])


async def others_are_served(judge: Judge, customers: Customers, order: Awaitable[Answer], usual: float) -> Answer:
    """Return what becomes of an order; judge that meanwhile others are answered nearly as soon as is ``usual``."""
    ordering, held = asyncio.ensure_future(order), 0.0
    while not ordering.done():
        held = max(held, await look_around(customers))
        await asyncio.sleep(LOOK_EVERY)
    answer = await ordering
    judge.claim(
        held < max(TIMES * usual, BRIEF),
        "while an order waits for payments, orders answers others",
        f"somebody who looked at an order waited {held:.1f} s, before it {usual:.1f} s",
        evidence="one process serves them all: who waits without await, waits for everybody",
        look="def ask",
    )
    return answer


async def judge_books(stack: RunningStack, judge: Judge, answers: list[Answer]) -> None:
    """Judge that everything was acknowledged and settled, and that the books agree."""
    is_placed, odd = tally(answers).keys() <= {"201", "202"}, unusual(answers, "201", "202")
    judge.claim(is_placed, f"each order is placed in the end, in {TRIES} tries at most", told(answers), evidence=odd)
    words = f"some are, none settled for {STILL:g} s"
    judge.claim(await all_settled(stack), "no order is left pending", words)
    findings = await audit_all(stack, acknowledged(judge, answers))
    sentence = "each order is charged once, and every acknowledged order has its goods"
    claim_clean(judge, findings, sentence, "def ask")


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
