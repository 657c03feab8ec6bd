"""The parts of the check of 3.2: refusals, calls without an answer in each form, lost answers, payments that hang."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from functools import partial
from uuid import uuid4

from lab03_books import STILL, TIMEOUT, acknowledged, all_settled, audit_all, cart, claim_clean, requests, told

from capsize.check import Judge
from capsize.check.kit import account, database, during, forms
from capsize.check.kit.forms import HANGS
from capsize.runtime.control.edges import FRESH
from capsize.session.running import RunningStack
from capsize.waiting import came_true
from workbench.customers import Answer, Customers, tally, unusual

ONCE, TRIED, WAITS, REFUSALS = 1, 2, 3, 4  # the acceptance lines
BUYERS, FEW, LOST, NOTICED, TRIES = 80, 10, 33, 12, 25  # who never asks twice fails 26 of 80, who asks three times 3
LEAST_TRIES, MOST_TRIES = 3, 4
HELD = 60_000  # milliseconds that a request is held: longer than anybody waits for an answer
CROWD = 20  # customers who order while payments hang
LOOK_EVERY, BRIEF = 0.05, 2.0  # seconds between two looks, and that a busy machine may take for one
LOOKS, TIMES = 10, 3  # looks that tell what is usual, and how much slower the slowest of them may get
LANTERNS = 50
PUT_OFF = {"202", "503"}  # what a customer may be told who was not charged for now
ASK = "def ask"


@dataclass(frozen=True)
class Market:
    """The cut shop, its customers, and its judge."""

    stack: RunningStack
    judge: Judge
    customers: Customers

    async def order(self, key: str | None = None, lines: dict[str, int] | None = None) -> Answer:
        return await self.customers.order(lines or {"shackle": 1}, key=key)

    async def asked(self, edge: str, act: Callable[[], Awaitable[Answer]]) -> tuple[Answer, int]:
        """Do something; return its answer, and how many requests went over a wire meanwhile."""
        await asyncio.sleep(FRESH)  # a reading of the wires serves for so long
        before = requests(self.stack, edge)
        answer = await act()
        await asyncio.sleep(FRESH)
        return answer, requests(self.stack, edge) - before


async def judge_answers_are_final(market: Market) -> None:
    """Judge that what was answered, a yes or a refusal, is passed on and asked for once."""
    judge, lanterns = market.judge, market.judge.draw.victim(["brass-lantern", "storm-lantern"])
    judge.done("ordered what there is, more lanterns than there are, and something that is not sold")
    for right, lines in (
        ("201", cart(judge, 3)),
        ("409", {"shackle": 1, lanterns: LANTERNS + judge.draw.count(1, 9)}),
        ("404", {"shackle": 1, judge.draw.names(1)[0]: 1}),
    ):
        answer, asked = await market.asked("orders>inventory", partial(market.order, lines=lines))
        sentence, odd = "201 for an order, 409 for sold out, 404 for not sold here", unusual([answer], right)
        judge.claim(answer.kind == right, sentence, told([answer]), evidence=odd, look=ASK, line=REFUSALS)
        sentence, bad = "an answer is an answer: inventory is asked once for each order", f"{asked} requests for one"
        judge.claim(asked == 1, sentence, bad, evidence=f"it answered {right}", look=ASK, line=REFUSALS)


async def judge_refused_charge(market: Market) -> None:
    """Judge that a customer whom payments refuse is told so, and not that it is paid."""
    judge, key, lines = market.judge, str(uuid4()), cart(market.judge)
    status = judge.draw.victim([402, 403, 404, 409, 410])
    judge.done(f"placed an order while payments refused with {status}")
    async with during(partial(market.stack.edge("orders", "gateway").fail, status)):
        answer = await market.order(key, lines)
    sentence = f"a customer whom payments refuse ({status}) is not told that the order is paid"
    holds = answer.kind in (str(status), *PUT_OFF)
    judge.claim(holds, sentence, told([answer]), evidence=str(answer.body), look=ASK, line=REFUSALS)
    await judge_in_the_end(market, {key: lines})


async def judge_tries(market: Market) -> None:
    """Judge how often a call is made that gets no answer: a status of a server that cannot, and silence."""
    judge, edge = market.judge, market.stack.edge("orders", "inventory")
    status = judge.draw.victim([500, 502, 503, 504])
    judge.done(f"placed an order while inventory answered {status} to everything")
    async with during(partial(edge.fail, status)):
        answer, asked = await market.asked("orders>inventory", market.order)
    judge_tried(judge, answer, asked, f"answers {status}")


def judge_tried(judge: Judge, answer: Answer, asked: int, what: str) -> None:
    sentence = f"a call is made {LEAST_TRIES} times, or {MOST_TRIES}, where inventory {what}"
    is_right = LEAST_TRIES <= asked <= MOST_TRIES
    judge.claim(is_right, sentence, f"{asked} requests for one order", look=ASK, line=TRIED)
    sentence = f"a customer is told that there is no answer (503) where inventory {what}"
    account(judge, [answer], expected={"503"}, sentence=sentence, look=ASK, line=WAITS)


async def judge_each_form(market: Market) -> None:
    """Judge an order while payments give no answer, in each quick form, and the same order again afterwards."""
    judge, orders, usual = market.judge, {}, await slowest_look(market.customers)
    for form in forms(market.stack.edge("orders", "gateway")):
        if form.name == HANGS:
            continue  # which takes its time, and is judged with a crowd
        judge.done(f"placed an order while payments: {form.name}; and again afterwards")
        key, lines = str(uuid4()), cart(judge)
        async with form:
            order = asyncio.create_task(market.order(key, lines))
            [answer] = await others_are_served(judge, market.customers, [order], usual)
        sentence = f"an order is not told to be paid (201) where payments did not say so ({form.name})"
        judge.claim(not answer.placed, sentence, told([answer]), evidence=str(answer.body), look=ASK, line=ONCE)
        sentence = "a customer is told that the order is accepted (202) or that there is no answer (503)"
        account(judge, [answer], expected=PUT_OFF, sentence=f"{sentence}: {form.name}", look=ASK, line=WAITS)
        orders[key] = lines
    await judge_in_the_end(market, orders)


async def judge_broken_off(market: Market) -> None:
    """Judge an order whose connection ends while payments are asked, before they have heard of it; and it again."""
    judge, edge, key, lines = market.judge, market.stack.edge("orders", "gateway"), str(uuid4()), cart(market.judge)
    judge.done("placed an order, and ended the connection to payments before they had its request; and it again")
    async with during(partial(edge.delay, HELD)):
        order = asyncio.create_task(market.order(key, lines))
        held = await came_true(lambda: market.stack.stats()["orders>gateway"].in_flight, TIMEOUT / 4)
        judge.claim(held, "payments are asked", "they are not", look=ASK, line=ONCE)
        async with during(edge.cut):
            answer = await order
    sentence = "an order is not told to be paid (201) where the connection ended before payments were asked"
    judge.claim(not answer.placed, sentence, told([answer]), evidence=str(answer.body), look=ASK, line=ONCE)
    sentence = "a customer is told that the order is accepted (202) or that there is no answer (503)"
    account(judge, [answer], expected=PUT_OFF, sentence=f"{sentence}: a connection ends", look=ASK, line=WAITS)
    await judge_in_the_end(market, {key: lines})


async def judge_lost_answers(market: Market) -> None:
    """Judge the books after answers were lost, and how many customers had to order again."""
    judge = market.judge
    judge.done(f"{BUYERS} customers placed an order while {LOST} % of the answers from payments were lost")
    few = [cart(judge, judge.draw.count(1, 3)) for _ in range(FEW)]  # many customers want the same, and pay the same
    carts = {str(uuid4()): judge.draw.victim(few) for _ in range(BUYERS)}
    async with during(partial(market.stack.edge("orders", "gateway").lose, percent=LOST)):
        first = await at_once([partial(persist, market, key, lines) for key, lines in carts.items()], FEW)
    again = sum(len(tries) > 1 or not tries[-1].placed for tries in first)
    every = [answer for tries in first for answer in tries]
    await judge_books(market, [tries[-1] for tries in first])
    sentence = "each customer is told 201, 202 or 503 at each try"
    account(judge, every, expected={"201", *PUT_OFF}, sentence=sentence, look=ASK, line=WAITS)
    sentence = f"most customers do not notice: at most {NOTICED} of {BUYERS} have to order again or to wait"
    odd = unusual((tries[0] for tries in first), "201")
    judge.claim(again <= NOTICED, sentence, f"{again} did", evidence=odd, look=ASK, line=TRIED)


async def judge_silence(market: Market) -> None:
    """Judge that payments which hang hold up nobody but those who order, each for a while, and charge nobody twice."""
    judge, stack = market.judge, market.stack
    judge.done(f"{CROWD} customers placed an order at once while payments hung, and again when they went on")
    usual, carts = await slowest_look(market.customers), {str(uuid4()): cart(judge) for _ in range(CROWD)}
    before = await count_orders(stack)
    async with during(*(stack.instance(name).pause for name in ("payments-1", "monolith-1"))):
        crowd = [asyncio.create_task(market.order(key, lines)) for key, lines in carts.items()]
        served = asyncio.create_task(others_are_served(judge, market.customers, crowd, usual))
        entered = await came_true(partial(are_entered, stack, before + CROWD), TIMEOUT / 4)
        judge.done("one more placed an order while inventory hung as well")
        async with during(partial(stack.edge("orders", "inventory").delay, HELD)):
            silent = asyncio.create_task(market.asked("orders>inventory", market.order))
            done, _ = await asyncio.wait([served, silent], timeout=TIMEOUT)
            answered = {order for order in crowd if order.done()}
    judge_in_time(judge, served in done, len(answered))
    judge_put_off(judge, await served)
    sentence, words = f"inventory answers, so the goods of all {CROWD} orders are reserved at once", "some are not"
    judge.claim(entered, sentence, words, look="AsyncClient", line=WAITS)
    sentence = f"an answer within {TIMEOUT:g} s also where inventory hangs"
    judge.claim(silent in done, sentence, "none", look="timeout", line=WAITS)
    judge_tried(judge, *await silent, "does not answer")
    await judge_in_the_end(market, carts)


def judge_in_time(judge: Judge, is_over: bool, answered: int) -> None:
    """Judge that each customer of the crowd is answered in time; some but not all: they wait for each other."""
    judge.claim(
        is_over,
        f"each has an answer within {TIMEOUT:g} s, whatever it says",
        f"{answered} of {CROWD} had one" if answered else "none",
        evidence="customers wait for each other: is there a lock, or one connection for all?" if answered else (),
        look=ASK if answered else "timeout",
        line=WAITS,
    )


def judge_put_off(judge: Judge, answers: list[Answer]) -> None:
    """Judge what customers are told who could not be charged yet."""
    sentence = "an order that nobody has charged for yet is not told to be paid (201)"
    is_open, odd = "201" not in tally(answers), unusual(answers)
    judge.claim(is_open, sentence, told(answers), evidence=odd, look=ASK, line=ONCE)
    sentence = "each customer is told that the order is accepted (202) or that there is no answer (503)"
    account(judge, answers, expected=PUT_OFF, sentence=sentence, look=ASK, line=WAITS)


async def are_entered(stack: RunningStack, count: int) -> bool:
    return await count_orders(stack) >= count


async def count_orders(stack: RunningStack) -> int:
    async with database(stack, "orders-db") as db:
        return await db.fetchval("SELECT count(*) FROM orders.orders")


async def look_around(customers: Customers) -> float:
    """Have somebody look at an order that there is not; return the seconds that it took."""
    return (await customers.read(f"/orders/{uuid4()}")).seconds


async def slowest_look(customers: Customers) -> float:
    """Have somebody look around a few times; return the seconds that the slowest look took."""
    return max([await look_around(customers) for _ in range(LOOKS)])


async def others_are_served(
    judge: Judge, customers: Customers, ordering: list[asyncio.Task[Answer]], usual: float
) -> list[Answer]:
    """Return what becomes of orders; judge that meanwhile others are answered nearly as soon as is ``usual``."""
    held = 0.0
    while not all(order.done() for order in ordering):
        held = max(held, await look_around(customers))
        await asyncio.sleep(LOOK_EVERY)
    answers = await asyncio.gather(*ordering)
    judge.claim(
        held < max(TIMES * usual, BRIEF),
        "while orders wait for payments, others are answered",
        f"somebody who looked at an order waited {held:.1f} s, before it {usual:.1f} s",
        evidence="one process serves them all: who waits without await, waits for everybody",
        look=ASK,
        line=WAITS,
    )
    return answers


async def judge_in_the_end(market: Market, carts: dict[str, dict[str, int]]) -> None:
    """Judge that orders that were put off are placed under the same keys, and the books."""
    tries = [await persist(market, key, lines) for key, lines in carts.items()]
    await judge_books(market, [one[-1] for one in tries])


async def judge_books(market: Market, answers: list[Answer]) -> None:
    """Judge that everything was acknowledged and settled, and that the books agree."""
    judge, odd = market.judge, unusual(answers, "201", "202")
    sentence = f"each order is placed in the end, in {TRIES} tries at most"
    judge.claim(tally(answers).keys() <= {"201", "202"}, sentence, told(answers), evidence=odd, line=ONCE)
    words = f"some are, none settled for {STILL:g} s"
    judge.claim(await all_settled(market.stack), "no order is left pending", words, line=ONCE)
    findings = await audit_all(market.stack, acknowledged(judge, answers))
    sentence = "each order is charged once, and every acknowledged order has its goods"
    claim_clean(judge, findings, sentence, ASK, ONCE)


async def persist(market: Market, key: str, lines: dict[str, int]) -> list[Answer]:
    """Order, and order again under the same key where no order was acknowledged."""
    answers: list[Answer] = []
    while len(answers) < TRIES and not (answers and answers[-1].kind in ("201", "202")):
        answers.append(await market.order(key, lines))
    return answers


async def at_once(acts: Iterable[Callable[[], Awaitable[list[Answer]]]], few: int) -> list[list[Answer]]:
    """Do all of it, a few at once."""
    room = asyncio.Semaphore(few)

    async def one(act: Callable[[], Awaitable[list[Answer]]]) -> list[Answer]:
        async with room:
            return await act()

    return list(await asyncio.gather(*(one(act) for act in acts)))
