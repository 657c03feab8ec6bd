"""Exercise 9.3: payments fail now and then, in each form, for long, and come back; the bank knows who got through."""

from __future__ import annotations

import asyncio
import time
from functools import partial

from lab09_stack import judge_books

from capsize.check import Judge
from capsize.check.kit import account, during, forms, until
from capsize.check.kit.forms import REFUSED
from capsize.runtime.control.edges import FRESH
from capsize.session.running import RunningStack
from capsize.waiting import came_true
from workbench.customers import Answer, Customers
from workbench.labs.resilience_control import Bankside

CLOSED, OPEN, HALF_OPEN, CLOSED_AGAIN = 1, 2, 3, 4  # the acceptance lines
FAILURES, OPEN_FOR = 5, 1.0  # in a row, and seconds
CROWD, REFUSALS, ROWS = 20, 7, 3  # customers at once, refusals in a row, and rows of failures
LONGEST = 1.5  # seconds between two calls that try, on a busy machine; a breaker that waits longer each time takes more
OUTAGE, PACE = 5.0, 0.1  # seconds that a long outage lasts at least, and seconds from order to order
BACK_WITHIN = 15.0  # seconds
TOLD, PLACED = {"503"}, {"201"}


class Circuit:
    """Customers of the shop, and the bank that counts who gets through to it."""

    def __init__(self, stack: RunningStack, judge: Judge, bank: Bankside, customers: Customers) -> None:
        self.stack, self.judge, self.bank, self.customers = stack, judge, bank, customers
        self.ordered = 0
        judge.point(look="async def call")

    async def order(self) -> Answer:
        self.ordered += 1
        return await self.customers.order({"shackle": 1 + self.ordered % 5}, key=f"{self.judge.seed} {self.ordered}")

    async def crowd(self, count: int = CROWD) -> list[Answer]:
        return list(await asyncio.gather(*(self.order() for _ in range(count))))

    async def one_by_one(self, count: int) -> list[Answer]:
        return [await self.order() for _ in range(count)]

    async def through(self, answers: list[Answer]) -> int:
        """Count the calls that the bank has had for these orders."""
        return sum([len(await self.bank.heard(answer.key)) for answer in answers])

    async def judge_closed(self) -> None:
        """Judge rows of failures that are too short, and refusals."""
        short = [self.judge.draw.count(2, FAILURES - 1) for _ in range(ROWS)]
        self.judge.done(f"had {', '.join(map(str, short))} orders fail in a row, and {REFUSALS} refused")
        for row in short:
            account(
                self.judge,
                await self._fail(row),
                expected=TOLD,
                sentence="an order that failed is told so (503)",
                line=CLOSED,
            )
            sentence = "the next order is placed (201): fewer than five failed in a row"
            account(self.judge, await self.one_by_one(1), expected=PLACED, sentence=sentence, line=CLOSED)
        refused = await self._refuse(REFUSALS)
        account(self.judge, refused, expected={"401"}, sentence="a refusal is passed on (401), each time", line=CLOSED)
        sentence = "after refusals an order is placed (201)"
        account(self.judge, await self.one_by_one(1), expected=PLACED, sentence=sentence, line=CLOSED)

    async def _fail(self, count: int) -> list[Answer]:
        """Have the next orders fail, one after the other."""
        status = self.judge.draw.choice([500, 502, 503])
        await self.bank.tell("bank", fail=list(range(1, count + 1)), status=status)
        return await self.one_by_one(count)

    async def _refuse(self, count: int) -> list[Answer]:
        """Have the bank refuse the next orders, one after the other."""
        await self.bank.take(["of somebody else"])
        answers = await self.one_by_one(count)
        await self.bank.take([])
        return answers

    async def judge_interrupted(self) -> None:
        """Judge failures with a refusal among them: that is an answer, so they are not in a row."""
        first = self.judge.draw.count(2, FAILURES - 1)
        then = self.judge.draw.count(FAILURES - first, FAILURES - 1)
        self.judge.done(f"had {first} orders fail, one refused, and {then} more fail")
        await self._fail(first)
        await self._refuse(1)
        await self._fail(then)
        sentence = "a refusal ends a row of failures: the next order is placed (201)"
        account(self.judge, await self.one_by_one(1), expected=PLACED, sentence=sentence, line=CLOSED)

    async def judge_mixed(self) -> None:
        """Judge a row of failures that are not alike."""
        edge, broken = self.stack.edge("shop", "payments"), self.judge.draw.count(1, FAILURES - 1)
        self.judge.done(f"{FAILURES} orders failed, {broken} of them by a broken connection; then {CROWD} more came")
        before = await self._requests()
        async with during(edge.cut):
            await self.one_by_one(broken)
        async with during(partial(edge.fail, 503)):
            await self.one_by_one(FAILURES - broken)
            await self._judge_open("fails in more than one form", before + FAILURES - broken)
        await self.judge_back("failed in more than one form")

    async def judge_forms(self) -> None:
        """Judge that it opens in each form of a failure, and closes afterwards."""
        edge = self.stack.edge("shop", "payments")
        for form in forms(edge):
            self.judge.done(f"{FAILURES} orders failed, because payments: {form.name}; then {CROWD} more came")
            before = await self._requests()
            async with form:
                failed = await self.crowd(FAILURES)
                sentence = f"an order is told that there is no answer (503): {form.name}"
                account(self.judge, failed, expected=TOLD, sentence=sentence, line=OPEN)
                await self._judge_open(form.name, before + FAILURES)
            await self.judge_back(form.name)

    async def _judge_open(self, name: str, before: int) -> None:
        began = time.monotonic()
        told = await self.crowd()
        lasted = time.monotonic() - began
        account(self.judge, told, expected=TOLD, sentence="customers are told 503 while it is open", line=OPEN)
        out = 0 if name == REFUSED else await self._requests() - before  # what is refused a connection is no request
        words = f"{out} calls of {CROWD} went out to payments, which: {name}"
        allowed = int(lasted / OPEN_FOR)  # calls that tried, if the crowd took so long
        self.judge.claim(out <= allowed, "after five failures in a row nobody is asked", words, line=OPEN)

    async def _requests(self) -> int:
        await asyncio.sleep(2 * FRESH)  # a reading of the wires serves for so long
        return int(self.stack.edge("shop", "payments").stats().requests or 0)

    async def judge_back(self, name: str) -> None:
        """Judge that one call finds out that payments are back, and that everybody is served then."""
        answers: list[Answer] = []

        async def is_placed() -> bool:
            answers.append(await self.order())
            return answers[-1].placed

        sentence = f"orders are placed again when payments are back, which before: {name}"
        await self.judge.eventually(is_placed, sentence, "none is", within=BACK_WITHIN, line=CLOSED_AGAIN)
        sentence = "everybody is served when one call has had an answer (201)"
        account(self.judge, await self.crowd(), expected=PLACED, sentence=sentence, line=CLOSED_AGAIN)

    async def judge_half_open(self) -> None:
        """Judge who gets through while the one call that tries is kept by the bank."""
        self.judge.done(f"had the bank fail, and then keep the first call that came, while {CROWD} more customers came")
        await self.bank.tell("bank", fail=list(range(1, 200)))
        await self.one_by_one(FAILURES)
        await self.bank.tell("bank", hold=dict.fromkeys(range(1, 200), "after"))
        trying: list[asyncio.Task[Answer]] = []

        async def is_held() -> bool:
            trying.append(asyncio.create_task(self.order()))
            await asyncio.sleep(PACE)
            return bool(await self.bank.holds())

        await until(is_held, "a call goes out when it has been open for a second", within=BACK_WITHIN, line=HALF_OPEN)
        began = time.monotonic()
        more = [asyncio.create_task(self.order()) for _ in range(CROWD)]
        told = await came_true(partial(self._is_decided, more, began), BACK_WITHIN)
        held, allowed = len(await self.bank.holds()), 2 + int((time.monotonic() - began) / OPEN_FOR)
        words = f"{held} calls are at the bank at once"
        self.judge.claim(held <= allowed, "one call tries, and no other for a second", words, line=HALF_OPEN)
        sentence = "the others are told 503 while one call tries"
        self.judge.claim(told, sentence, "most of them wait", line=HALF_OPEN)
        await self.bank.tell("bank")
        await self.bank.release()
        await asyncio.gather(*trying, *more)
        await self.judge_back("kept a call")

    async def _is_decided(self, more: list[asyncio.Task[Answer]], began: float) -> bool:
        """Return whether most have been told, or too many calls are held."""
        is_told = sum(one.done() for one in more) >= CROWD - 2
        return is_told or len(await self.bank.holds()) > 2 + (time.monotonic() - began) / OPEN_FOR

    async def judge_outage(self) -> None:
        """Judge what a long outage costs the one that is down."""
        self.judge.done(f"had the bank fail for {OUTAGE:g} s, with a customer every {PACE:g} s")
        await self.bank.tell("bank", fail=list(range(1, 2000)))
        began, answers = time.monotonic(), []
        while (lasted := time.monotonic() - began) < OUTAGE:
            answers.append(await self.order())
            await asyncio.sleep(PACE)
        account(self.judge, answers, expected=TOLD, sentence="each is told 503", line=HALF_OPEN)
        out, allowed = await self.through(answers), FAILURES + 1 + int(lasted / OPEN_FOR)
        words = f"{out} calls went out for {len(answers)} customers in {lasted:.1f} s"
        sentence = "in an outage five calls go out, and one more each second"
        least = FAILURES + int(lasted / LONGEST)
        self.judge.claim(least <= out <= allowed, sentence, words, line=HALF_OPEN)
        await self._judge_closed_by_a_refusal()
        await self.judge_back("failed for long")

    async def _judge_closed_by_a_refusal(self) -> None:
        """Judge that any answer of the one call closes it, with a row that begins anew."""
        self.judge.done("had the bank refuse the call that tried, and fail once more after that")
        await self.bank.tell("bank")

        async def is_refused() -> bool:
            return (await self._refuse(1))[0].kind == "401"

        sentence, words = "a refusal comes back when the bank answers again", "none does"
        await self.judge.eventually(is_refused, sentence, words, within=BACK_WITHIN, line=CLOSED_AGAIN)
        await self._fail(1)
        sentence = "a refusal is an answer and closes it; one failure after that does not open it again (201)"
        account(self.judge, await self.one_by_one(1), expected=PLACED, sentence=sentence, line=CLOSED_AGAIN)

    async def judge_books(self) -> None:
        """Judge the bank's ledger."""
        await judge_books(self.judge, self.bank, self.customers.answers, CLOSED_AGAIN)
