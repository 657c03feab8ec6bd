"""Exercise 9.5: customers who take too much, a full line, and three times what payments can do."""

from __future__ import annotations

import asyncio
import itertools
import time
from functools import partial
from statistics import median
from uuid import uuid4

from capsize.check import Judge
from capsize.check.kit import account, until
from capsize.session.running import RunningStack
from workbench.customers import Answer, Customers, tally
from workbench.labs.resilience_control import Bankside

SHARE, LINE_UP, GOODPUT = 1, 2, 3  # the acceptance lines
RATE, BURST, LINE, PLACES = 2, 20, 8, 4  # as the exercise says: a second, at once, in the line, and at work
GREEDY, MODEST, LATER = 40, 8, 16  # payments that customers ask for
REST, LONGER, ASKS_EVERY = (2.5, 3.5), (5.5, 6.5), (0.1, 0.3)  # seconds
SLOW = 200  # milliseconds that the bank takes
SHUT_OUT = 6  # customers who come to a full line
SECONDS, MEASURED, TIMES, WAITS, LEAST = 8.0, 3.0, 3, 2.0, 0.7  # of overload and of calm, the load, patience, goodput
ARRIVED_WITHIN = 15.0  # seconds
MADE, REFUSED, FULL = {"201"}, "429", "503"


class Crowds:
    """Customers who come straight to payments, each under a name."""

    def __init__(self, stack: RunningStack, judge: Judge, bank: Bankside, customers: Customers) -> None:
        self.stack, self.judge, self.bank, self.customers = stack, judge, bank, customers
        drawn = judge.draw.names(100)
        self.names = (f"{name} {number}" for number in itertools.count() for name in drawn)  # as many as come
        self.greedy = next(self.names)
        self.emptied, self.asked, self.had = 0.0, 0.0, 0  # when the greedy one had taken all, asked, and got since
        judge.point(look="def refuse")

    async def pay(self, customer: str = "", due: float | None = None) -> Answer:
        """Ask for a payment, as one customer or as one who was never there before."""
        payment = {"order_id": str(uuid4()), "cents": self.judge.draw.amount(100, 9000)}
        headers = {"Idempotency-Key": payment["order_id"], "X-Customer": customer or next(self.names)}
        return await self.customers.ask("POST", "/payments", json=payment, headers=headers, due=due)

    async def several(self, customer: str, count: int) -> tuple[list[Answer], tuple[float, float]]:
        """Ask for so many payments, as many at once as there are places.

        Return also how many seconds there were at least and at most between the first and the last one.
        """
        rounds, answers = [], []
        for first in range(0, count, PLACES):
            began = time.monotonic()
            answers += await asyncio.gather(*(self.pay(customer) for _ in range(first, min(count, first + PLACES))))
            rounds.append((began, time.monotonic()))
        return answers, (max(0.0, rounds[-1][0] - rounds[0][1]), rounds[-1][1] - rounds[0][0])

    async def judge_buckets(self) -> None:
        """Judge a customer who takes too much, one who comes back after a rest, and one who is beside them."""
        rested, modest, greedy = next(self.names), next(self.names), self.greedy
        self.judge.done(f"one customer asked for {GREEDY} payments in a row, another for {MODEST}")
        await self._judge_burst(greedy, "who was never here")
        self.emptied = time.monotonic()
        beside, _ = await self.several(modest, MODEST)
        account(self.judge, beside, expected=MADE, sentence="another customer has their payments (201)", line=SHARE)
        account(self.judge, [await self.pay(rested)], expected=MADE, sentence="a payment is made (201)", line=SHARE)
        rest = self.judge.draw.uniform(*REST)
        self.judge.done(f"both rested for {rest:.1f} s and asked again; one whose twenty were gone asked all the time")
        restless, most = await self._ask_all_the_time(rest)  # a bucket fills with time, and with nothing else
        answers, _ = await self.several(greedy, LATER)
        self._judge_count(answers, int(RATE * rest), self._grown(), "who rested too little")
        least = min(len(restless), int(RATE * rest)) - 1  # no more than were asked for, on a busy machine
        self._judge_count(restless, least, most, "who asks all the time")
        self.had, self.asked = sum(answer.kind in MADE for answer in answers), time.monotonic()
        await self._judge_burst(rested, "who has rested")

    def _grown(self) -> float:
        """Return how many payments the greedy one may have had since the first twenty."""
        return RATE * (time.monotonic() - self.emptied) + 1

    async def _ask_all_the_time(self, seconds: float) -> tuple[list[Answer], float]:
        """Have a customer whose bucket is empty ask again and again; return the answers, and how many may be yes."""
        restless, answers = next(self.names), []
        await self.several(restless, GREEDY)
        spent = time.monotonic()
        while (now := time.monotonic()) < spent + seconds:
            answers.append(await self.pay(restless))
            await asyncio.sleep(max(0.0, now + self.judge.draw.uniform(*ASKS_EVERY) - time.monotonic()))
        return answers, RATE * (time.monotonic() - spent) + 1

    async def judge_longer_rest(self) -> None:
        """Judge the customer who took too much once more, after a rest in which a bucket gets half full."""
        rest = self.judge.draw.uniform(*LONGER)
        await asyncio.sleep(self.asked + rest - time.monotonic())
        rest = time.monotonic() - self.asked
        answers, _ = await self.several(self.greedy, GREEDY)
        self.judge.done(f"the greedy one rested for {rest:.1f} s more, and asked again")
        self._judge_count(answers, min(BURST, int(RATE * rest)), self._grown() - self.had, "who rested longer")

    async def _judge_burst(self, customer: str, who: str) -> None:
        answers, took = await self.several(customer, GREEDY)
        least, most = (int(BURST + RATE * seconds) for seconds in took)
        self._judge_count(answers, least, most, who)

    def _judge_count(self, answers: list[Answer], least: float, most: float, who: str) -> None:
        made = sum(answer.kind in MADE for answer in answers)
        account(self.judge, answers, expected={*MADE, REFUSED}, sentence="more than that is told 429", line=SHARE)
        sentence = f"a customer {who} gets what was agreed: {least:.0f} to {most:.0f} payments of {len(answers)}"
        self.judge.claim(least <= made <= most, sentence, f"{made} were made", line=SHARE)

    async def judge_line(self) -> None:
        """Judge who waits, and who does not, while the bank keeps the calls of all places."""
        self.judge.done(f"had the bank keep {PLACES} calls; {LINE} more customers came, and then {SHUT_OUT}")
        await self.bank.tell("bank", hold=dict.fromkeys(range(1, PLACES + 1), "after"))
        working = [asyncio.create_task(self.pay()) for _ in range(PLACES)]
        await until(self._all_held, "all places are taken", within=ARRIVED_WITHIN, line=LINE_UP)
        inside = [*working, *(asyncio.create_task(self.pay()) for _ in range(LINE))]
        await until(partial(self._are_there, inside), "they are in the line", within=ARRIVED_WITHIN, line=LINE_UP)
        coming = [asyncio.create_task(self.pay()) for _ in range(SHUT_OUT)]
        done, _ = await asyncio.wait(coming, timeout=WAITS)
        await self.bank.release()
        served, shut = await asyncio.gather(*inside), await asyncio.gather(*coming)
        sentence = f"all who found a place, or room for {LINE} in the line, have their payment (201)"
        account(self.judge, served, expected=MADE, sentence=sentence, line=LINE_UP)
        sentence, words = (
            "a customer who comes to a full line is told 503 at once",
            f"{len(done)} of {SHUT_OUT} were told",
        )
        self.judge.claim(len(done) == SHUT_OUT, sentence, words, line=LINE_UP)
        account(self.judge, shut, expected={FULL}, sentence=sentence, line=LINE_UP)

    async def _all_held(self) -> bool:
        return len(await self.bank.holds()) == PLACES

    def _are_there(self, inside: list[asyncio.Task[Answer]]) -> bool:
        on_the_wire = self.stack.edge("outside", "payments").stats().in_flight or 0
        return on_the_wire + sum(one.done() for one in inside) >= len(inside)

    async def judge_overload(self) -> None:
        """Judge what is done of what can be done, with a few customers and with three times too many."""
        await self.bank.tell("bank", ms=SLOW)
        calm = await self._keep_busy()
        can = len(calm) / MEASURED
        await self.judge_longer_rest()
        self.judge.done(f"found that payments can do {can:.0f} a second, and sent {TIMES} times as many customers")
        crowd = await self._pour(TIMES * can)
        account(self.judge, crowd, expected={*MADE, FULL}, sentence="each is told 201, or 503", line=GOODPUT)
        in_time = sum(answer.kind in MADE and answer.seconds <= WAITS for answer in crowd)
        words = f"{100 * in_time / (can * SECONDS):.0f} %; answers {tally(crowd)}"
        sentence = f"at least {100 * LEAST:.0f} % of what payments can do is done within {WAITS:g} s"
        self.judge.claim(in_time >= LEAST * can * SECONDS, sentence, words, line=GOODPUT)
        times = {kind: median(one.seconds for one in crowd if one.kind == kind) for kind in tally(crowd)}
        words = (
            f"half of them waited for {times.get(FULL, 0):.2f} s, and those who were served for {times['201']:.2f} s"
        )
        sentence = "customers who are turned away are told so sooner than others are served"
        self.judge.claim(times.get(FULL, 9) < times["201"], sentence, words, line=GOODPUT)

    async def _keep_busy(self) -> list[Answer]:
        """Have as many customers as there are places pay again and again for a while."""
        over = time.monotonic() + MEASURED

        async def one() -> list[Answer]:
            answers = []
            while time.monotonic() < over:
                answers.append(await self.pay())
            return answers

        calm = [answer for answers in await asyncio.gather(*(one() for _ in range(PLACES))) for answer in answers]
        account(self.judge, calm, expected=MADE, sentence="with few customers each is served (201)", line=GOODPUT)
        return calm

    async def _pour(self, rate: float) -> list[Answer]:
        """Have a new customer come ``rate`` times a second, whether others are served or not."""
        start, coming = time.perf_counter(), []
        while (due := len(coming) / rate) < SECONDS:
            await asyncio.sleep(start + due - time.perf_counter())
            coming.append(asyncio.create_task(self.pay(due=start + due)))
        return list(await asyncio.gather(*coming))
