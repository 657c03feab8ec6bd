"""Exercise 5.2: calls go to copies that the check plays itself, some of which are dead, lost or without a lease."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from contextlib import AsyncExitStack

from capsize.check import Judge
from capsize.check.kit import account, during, until
from capsize.session.running import RunningStack
from workbench.customers import Answer, Customers, tally
from workbench.labs.discovery_copies import ANSWERS, FORMS, HANGS, REFUSES, Leases, PlayedCopy

LONG = 600.0  # seconds of a lease that does not end here
EACH = 60  # calls for each copy: enough for a fair share by lot, too
SOME = 10  # calls for each copy: enough for each to get one by lot
HEARD_WITHIN = 20.0  # seconds until the shop has heard of its copies, on a busy machine too
FORGIVEN_WITHIN = 5.0  # seconds after a failure in which a copy may be left alone
SLACK = 0.5  # seconds that a lease may take from the bucket to the shop
AT_ONCE = 4


class Callers:
    """Customers of the front, who find orders by the bought registry, and the copies, which the check plays."""

    def __init__(self, stack: RunningStack, judge: Judge, customers: Customers, leases: Leases) -> None:
        self.stack, self.judge, self.customers, self.leases = stack, judge, customers, leases
        self.copies = [PlayedCopy(name) for name in judge.draw.names(judge.draw.count(3, 5))]
        self.marks = 0

    async def open(self, opened: AsyncExitStack) -> None:
        """Open all copies, with leases that last."""
        for copy in self.copies:
            await opened.enter_async_context(copy)
        await self.leases.grant(self.copies, LONG)
        await self.until_heard()

    async def until_heard(self) -> None:
        """Wait until the shop calls somebody: it has heard of its copies."""

        async def is_answered() -> bool:
            return (await self.customers.read("/bought/till")).kind == "200"

        await until(is_answered, "a call reaches a copy of orders", within=HEARD_WITHIN, line=1)
        await asyncio.sleep(SLACK)

    def mark(self) -> str:
        self.marks += 1
        return f"mark-{self.marks}"

    async def read(self) -> Answer:
        return await self.customers.read(f"/bought/till?{self.mark()}")

    async def order(self, mark: str, *, key: str | None = None) -> Answer:
        headers = {"Idempotency-Key": key} if key else {}
        path = f"/bought/orders?{mark}"
        return await self.customers.ask("POST", path, json={"lines": {"shackle": 1}}, headers=headers)

    async def read_often(self, count: int) -> list[Answer]:
        """Make so many calls, a few at a time."""
        left, answers = iter(range(count)), []

        async def one() -> None:
            for _ in left:
                answers.append(await self.read())

        await asyncio.gather(*(one() for _ in range(AT_ONCE)))
        return answers

    def times(self, mark: str) -> Counter[str]:
        """Count at which copies calls with a mark arrived."""
        return Counter({copy.name: copy.calls(mark) for copy in self.copies if copy.calls(mark)})

    async def shares(self, count: int) -> tuple[list[Answer], dict[str, int]]:
        """Make calls, and count how many reached each copy."""
        before = {copy.name: len(copy.served) for copy in self.copies}
        answers = await self.read_often(count)
        return answers, {copy.name: len(copy.served) - before[copy.name] for copy in self.copies}

    # line 1

    async def judge_turns(self) -> None:
        """Judge that every copy has a fair share of the calls."""
        self.judge.point(line=1, look="async def carry")
        self.judge.done(f"made {EACH} calls for each of {len(self.copies)} copies")
        answers, shares = await self.shares(EACH * len(self.copies))
        account(self.judge, answers, expected={"200"})
        sentence = "every copy has a fair share of the calls: half of an equal share at least"
        self.judge.claim(min(shares.values()) >= EACH / 2, sentence, f"calls by copy: {shares}")

    async def judge_leases(self) -> None:
        """Judge that a copy is called while its lease lasts, and not when it has ended."""
        self.judge.point(line=1, look="until")
        silent = self.judge.draw.sample(self.copies, self.judge.draw.count(1, len(self.copies) - 2))
        seconds = self.judge.draw.uniform(1.6, 2.2)
        self.judge.done(f"let the leases of {len(silent)} copies end, which would still have answered")
        sent = time.monotonic()
        await self.leases.grant(silent, seconds)
        taken = time.monotonic()
        _, during_it = await self.shares(SOME * len(self.copies))
        if time.monotonic() < sent + seconds - SLACK:  # not on a machine that stood still
            unused = [copy.name for copy in silent if not during_it[copy.name]]
            sentence = "a copy is called as long as its lease lasts"
            self.judge.claim(not unused, sentence, f"not called: {', '.join(unused)}")
        await asyncio.sleep(taken + seconds + SLACK - time.monotonic())
        answers, shares = await self.shares(SOME * len(self.copies))
        account(self.judge, answers, expected={"200"})
        called = {copy.name: shares[copy.name] for copy in silent if shares[copy.name]}
        sentence = "a copy whose lease has ended is not called"
        self.judge.claim(not called, sentence, f"calls by copy without a lease: {called}")
        await self.leases.grant(silent, LONG)
        await asyncio.sleep(SLACK)

    # lines 2 and 3

    async def judge_elsewhere(self) -> None:
        """Judge, form by form, that customers do not notice a copy that fails."""
        forms = list(FORMS)
        self.judge.draw.shuffle(forms)
        self.judge.done("had customers read and order while one copy after the other failed, each in another form")
        for form in forms:
            victim = self.judge.draw.victim(self.copies)
            self.judge.done(f"had one copy fail: it {form}")
            await victim.behave(form)
            await self.judge_form(form)
            await victim.behave(ANSWERS)
            await self.judge_forgiven(victim)
        self.judge.done("had all copies but one fail")
        spared = self.judge.draw.victim(self.copies)
        for copy, form in zip([one for one in self.copies if one is not spared], (HANGS, *FORMS), strict=False):
            await copy.behave(form)
        self.judge.point(line=2, look="async def carry")
        answers = [await self.read() for _ in range(len(self.copies) + 1)]
        account(self.judge, answers, expected={"200"}, sentence="the last copy that answers is found (200)")
        for copy in self.copies:
            await copy.behave(ANSWERS)
            await self.judge_forgiven(copy)

    async def judge_forgiven(self, copy: PlayedCopy) -> None:
        """Judge that a copy which answers again is called again, for its lease lasts; no line says how soon."""
        self.judge.point(line=1, look="async def carry")

        async def is_called() -> bool:
            _, shares = await self.shares(2 * len(self.copies))
            return shares[copy.name] > 0

        sentence = "a copy that failed is called again when it answers again"
        await self.judge.eventually(is_called, sentence, "it gets no call", within=FORGIVEN_WITHIN)

    async def judge_form(self, form: str) -> None:
        """Judge what customers notice of one copy that fails in one form."""
        self.judge.point(line=2, look="async def carry")
        rounds = len(self.copies) + 1
        answers = await asyncio.gather(*(self.read() for _ in range(2 * rounds)))
        sentence = "when a copy fails, another one answers the customer (200)"
        account(self.judge, answers, expected={"200"}, sentence=sentence)
        marks = [self.mark() for _ in range(rounds)]
        orders = await asyncio.gather(*(self.order(mark, key=mark) for mark in marks))
        sentence = "when a copy fails, an order with a key is placed at another one (201)"
        account(self.judge, orders, expected={"201"}, sentence=sentence)
        again = {mark: count for mark in marks if (count := max(self.times(mark).values())) > 1}
        self.judge.claim(not again, "no copy is asked twice for one call", f"times by call: {again}")
        await self.judge_unrepeatable(form, rounds)

    async def judge_unrepeatable(self, form: str, rounds: int) -> None:
        """Judge that what may have been done is not done again, and what was not sent is made elsewhere."""
        self.judge.point(line=3, look="async def carry")
        marks = [self.mark() for _ in range(2 * rounds)]
        answers = await asyncio.gather(*(self.order(mark) for mark in marks))
        twice = [mark for mark in marks if sum(self.times(mark).values()) > 1]
        sentence = "when a copy fails, an order without a key reaches one copy at most"
        self.judge.claim(not twice, sentence, f"{len(twice)} of {len(marks)} orders reached two copies")
        if form == REFUSES:
            sentence = "a call that was not sent is made elsewhere, also without a key (201)"
            account(self.judge, answers, expected={"201"}, sentence=sentence)
        else:
            sentence = "an order that may have been placed is answered 503, the others 201"
            account(self.judge, answers, expected={"201", "503"}, sentence=sentence)
            placed = tally(answers).get("201", 0)
            self.judge.claim(placed >= rounds // 2, "orders at the other copies are placed", tally(answers))

    # line 4

    async def judge_away(self) -> None:
        """Judge that the registry's absence is not noticed: not while leases last, not after they have ended."""
        self.judge.point(line=4, look="until")
        self.judge.done("took the registry away until every lease had ended, with one copy dead")
        seconds = self.judge.draw.uniform(1.0, 1.5)
        await self.leases.grant(self.copies, seconds)
        over = time.monotonic() + seconds + SLACK
        dead, answers = self.judge.draw.victim(self.copies), []
        async with during(self.stack.edge("shop", "nats").cut):
            await dead.behave(REFUSES)
            while time.monotonic() < over:
                answers += await self.read_often(AT_ONCE)
            sentence = "while the registry is away, customers are served (200)"
            account(self.judge, answers, expected={"200"}, sentence=sentence)
            answers, shares = await self.shares(SOME * len(self.copies))
            sentence = "when all leases have ended, and the registry is still away, customers are served (200)"
            account(self.judge, answers, expected={"200"}, sentence=sentence)
            idle = [copy.name for copy in self.copies if copy is not dead and not shares[copy.name]]
            sentence = "the copies that are left go on sharing the calls"
            self.judge.claim(not idle, sentence, f"not called: {', '.join(idle)}")
        await dead.behave(ANSWERS)
        await self.judge_back()

    async def judge_back(self) -> None:
        """Judge that leases count again when the registry is back."""
        left = self.copies[0]

        async def is_heard() -> bool:
            await self.leases.grant([left], LONG)
            _, shares = await self.shares(2 * len(self.copies))
            return shares[left.name] == 2 * len(self.copies)

        sentence = "when the registry is back, only the copy that has a lease is called"
        await self.judge.eventually(is_heard, sentence, "others are called", within=HEARD_WITHIN)
