"""Exercise 9.2: the bank fails for a moment, and then for all; its ledger has the moment of each try."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from functools import partial
from itertools import pairwise
from statistics import mean, stdev

from lab09_stack import judge_books

from capsize.check import Judge
from capsize.check.kit import account, during, too_busy
from capsize.check.kit.machine_load import Neighbours
from capsize.session.running import RunningStack
from workbench.customers import Answer, Customers
from workbench.labs.resilience_control import Bankside

MOMENT, ONCE, SPREAD, BUDGET = 1, 2, 3, 4  # the acceptance lines
TRIES, FIRST_PAUSE, PER_RETRY = 4, 0.4, 10  # as the exercise says: seconds of the pause, and calls for one retry more
SAVED = 120  # retries that are paid for in the beginning: more than a crowd needs
FEW, CROWD, MANY, SOME, PEACE, CALM = 16, 30, (60, 80), (6, 9), 120, 40  # orders
REST = 3.0  # seconds
LEAST_SPREAD = 0.1  # of the longest pause: drawn pauses have 0.29, or 0.14 where half of each is fixed
GROWTH = 0.5  # of the longest first pause, by which the third is longer on average; 1.5 if each is twice as long
SPARE = 2  # retries that rounding may add
UNPAID = {"503"}


class Tries:
    """Customers of the shop, and the bank that counts how often it is asked for one order."""

    def __init__(self, stack: RunningStack, judge: Judge, bank: Bankside, customers: Customers) -> None:
        self.stack, self.judge, self.bank, self.customers = stack, judge, bank, customers
        self.ordered = 0
        judge.point(look="async def ask")

    async def orders(self, count: int, at_once: int = CROWD) -> list[Answer]:
        """Place so many orders, some at once."""
        room = asyncio.Semaphore(at_once)

        async def one(number: int) -> Answer:
            async with room:
                lines = {"shackle": 1 + number % 5}
                return await self.customers.order(lines, key=f"{self.judge.seed} {number}")

        first = self.ordered
        self.ordered += count
        return list(await asyncio.gather(*(one(first + number) for number in range(count))))

    async def judge_moments(self) -> None:
        """Judge calls that fail once, or whose answer is lost once."""
        fail = self.judge.draw.instants(2, 1, 4) + self.judge.draw.instants(1, 8, 9)
        lose = [self.judge.draw.count(12, 14)]
        self.judge.done(f"placed {FEW} orders, while the bank failed {len(fail)} times and lost an answer")
        await self.bank.tell("bank", fail=fail, lose=lose, status=self.judge.draw.choice([500, 502, 503, 504]))
        answers = await self.orders(FEW, at_once=1)
        sentence = "an order that failed for a moment is tried again, and placed (201)"
        account(self.judge, answers, expected={"201"}, sentence=sentence, line=MOMENT)
        async with during(partial(self.stack.edge("payments", "harbour").lose, percent=100)):
            lost = await self.orders(1)
        account(self.judge, lost, expected=UNPAID, sentence="an order without an answer is told so (503)", line=MOMENT)
        await judge_books(self.judge, self.bank, self.customers.answers, MOMENT)

    async def judge_refusals(self) -> None:
        """Judge orders that the bank refuses: that is an answer."""
        self.judge.done(f"placed {FEW} orders that the bank refused")
        await self.bank.take(["of somebody else"])
        answers = await self.orders(FEW)
        account(self.judge, answers, expected={"401"}, sentence="the bank's refusal comes back (401)", line=MOMENT)
        await self.bank.take([])
        counts = [len(await self.bank.heard(answer.key)) for answer in answers]
        words = f"it was asked {sum(counts)} times for {len(counts)} orders"
        self.judge.claim(set(counts) == {1}, "what the bank refuses it is asked for once", words, line=MOMENT)

    async def judge_gifts(self) -> None:
        """Judge what must not be repeated, with the answer lost by the bank and on either wire."""
        self.judge.done("gave gifts, which carry no key, while answers were lost")
        taken = [await self._taken(way) for way in ("bank", "payments>harbour", "shop>payments")]
        words = f"{sum(taken)} gifts were taken where {len(taken)} were given"
        self.judge.claim(max(taken) <= 1, "what carries no key is asked for once", words, line=ONCE)

    async def _taken(self, way: str) -> int:
        """Give a gift while answers are lost on some way; return how often it was taken."""
        cents = self.judge.draw.amount(10_000, 99_000)
        give = partial(self.customers.ask, "POST", "/gifts", json={"cents": cents})
        await self.bank.tell("fund", lose=[1, 2, 3, 4, 5] if way == "bank" else [])
        lost = [] if way == "bank" else [self.stack.edge(*way.split(">")).lose]
        async with during(*lost):
            answer = await give()
        account(self.judge, [answer], expected=UNPAID, sentence="a gift without an answer is told so (503)", line=ONCE)
        return await self.bank.gifts(cents)

    async def judge_peace(self) -> None:
        """Place orders while the bank is up: what they pay for beyond RETRIES_SAVED is lost."""
        self.judge.done(f"placed {PEACE} orders while the bank was up")
        await self.bank.tell("bank")
        account(self.judge, await self.orders(PEACE), expected={"201"}, line=BUDGET)

    async def judge_outage(self) -> None:
        """Judge the moments of the tries of a crowd, and how many tries a long outage costs."""
        self.judge.done(f"had the bank fail while {CROWD} customers ordered at once")
        before, earlier = await self.bank.retries(), self.ordered
        await self.bank.tell("bank", fail=list(range(1, 2000)))
        neighbours = Neighbours()
        crowd = await self.orders(CROWD)
        account(self.judge, crowd, expected=UNPAID, sentence="an order that nobody paid is told so (503)", line=SPREAD)
        reason = await asyncio.to_thread(neighbours.reason)
        self._judge_pauses([await self.bank.moments(answer.key) for answer in crowd], reason)
        many = self.judge.draw.count(*MANY)
        self.judge.done(f"had {many} more order while the bank was down")
        account(self.judge, await self.orders(many), expected=UNPAID, sentence="they are told so (503)", line=BUDGET)
        await self._judge_budget(before, SAVED, self.ordered - earlier, "while the bank is down")
        before, some = await self.bank.retries(), self.judge.draw.count(*SOME)
        await asyncio.sleep(REST)  # calls pay for retries, and time does not
        self.judge.done(f"had {some} more order {REST:g} s later")
        account(self.judge, await self.orders(some), expected=UNPAID, sentence="they are told so (503)", line=BUDGET)
        await self._judge_budget(before, 0, some, "when the budget is spent, whatever time goes by")

    async def _judge_budget(self, before: int, saved: int, orders: int, when: str) -> None:
        allowed = saved + orders // PER_RETRY + SPARE
        retries = await self.bank.retries() - before
        sentence = f"of {orders} orders there are at most {allowed} retries {when}"
        self.judge.claim(retries <= allowed, sentence, f"there were {retries} retries", line=BUDGET)

    def _judge_pauses(self, moments: list[list[float]], reason: str) -> None:
        """Judge the pauses between the tries; raise CapsizeError where they are the machine's, for some ``reason``."""
        counts = sorted({len(one) for one in moments})
        self.judge.claim(counts == [TRIES], f"each call is tried {TRIES} times", f"{counts} times", line=SPREAD)
        pauses = [[later - earlier for earlier, later in pairwise(one)] for one in moments]
        first, third = ([one[place] for one in pauses] for place in (0, 2))
        words = f"on average {mean(first):.2f} s, and {mean(third):.2f} s before the last"
        is_longer = mean(third) - mean(first) >= GROWTH * FIRST_PAUSE
        if reason and not is_longer:
            raise too_busy(f"pauses before a try: {words}", reason)
        self.judge.claim(is_longer, "the pauses get longer from try to try", words, look="sleep", line=SPREAD)
        for which, pauses, times in (("last", third, 4), ("second", first, 1)):
            spread, least = stdev(pauses), LEAST_SPREAD * FIRST_PAUSE * times
            words = f"the pauses before the {which} one differ by {spread:.2f} s (standard deviation)"
            sentence = f"the crowd does not come back as one wave: its pauses differ by more than {least:.2f} s"
            self.judge.claim(spread >= least, sentence, words, look="sleep", line=SPREAD)

    async def judge_return(self) -> None:
        """Judge that retries are paid for again after some time without failures."""
        self.judge.done(f"placed {CALM} orders while the bank was up, and some more while it failed now and then")
        await self.bank.tell("bank")
        account(self.judge, await self.orders(CALM), expected={"201"}, line=BUDGET)
        await self.bank.tell("bank", fail=[2, 5])
        sentence = "calls are tried again when the bank has been up for a while"
        account(self.judge, await self.orders(6, at_once=1), expected={"201"}, sentence=sentence, line=BUDGET)
        await judge_books(self.judge, self.bank, self._all(), MOMENT)

    def _all(self) -> Iterable[Answer]:
        return (answer for answer in self.customers.answers if answer.asked == "POST /orders")
