"""The calls of an ambassador, the learner's or Envoy: how many connections, what is repeated, who is left alone."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from capsize.check import Judge
from capsize.check.kit import during, until
from capsize.waiting import came_true
from workbench.audit import audit_at
from workbench.customers import Answer, Customers, acknowledged, tally, unusual
from workbench.labs.sidecar_control import Podside

ASKED, FEW = 60, 6  # questions in a row, and the connections that they may need
ORDERS, FAILED = 24, (2, 5, 9, 14, 18, 21)  # calls of the bank that fail; the next one does not
GIFTS, GIFT_CENTS, REFUSED = 3, 4711, 8
STORM, AT_ONCE = 300, 4  # questions while the bank is away
BACK_WITHIN = 15.0  # seconds in which orders are placed again, on a busy machine too: a breaker may stay open for one
COUNTED_WITHIN = 15.0  # seconds in which a wire has counted what went over it


class Calls:
    """What goes out through one ambassador, ``who`` in the pod, by the ``way`` that the app calls it."""

    def __init__(self, judge: Judge, pod: Podside, customers: Customers, *, who: str, way: str) -> None:
        self.judge, self.pod, self.customers = judge, pod, customers
        self.acknowledged: dict[str, int] = {}
        self.edge, self.path = pod.stack.edge(who, "harbour"), f"/rates?by={way}"

    async def order(self) -> Answer:
        answer = await self.customers.order({"shackle": 1})
        self.acknowledged |= acknowledged([answer])
        return answer

    def give(self, cents: int) -> Awaitable[Answer]:
        return self.customers.ask("POST", "/gifts", json={"cents": cents})

    async def judge_connections(self) -> None:
        """Ask again and again, and count the connections that were opened."""
        self.judge.done(f"asked for the rates {ASKED} times, one after the other")
        before = self.edge.stats()
        answers = [await self.customers.read(self.path) for _ in range(ASKED)]
        self.expect_all("every question is answered (200)", answers, "200")
        await until(
            lambda: self.edge.stats().requests >= before.requests + ASKED,
            "every question goes through the ambassador",
            within=COUNTED_WITHIN,
        )
        opened = self.edge.stats().opened - before.opened
        words = f"{opened} connections were opened for {ASKED} questions"
        self.judge.claim(opened <= FEW, "they share a few connections, which stay open", words)

    def expect_all(self, words: str, answers: list[Answer], kind: str) -> None:
        is_all = tally(answers).keys() == {kind}
        self.judge.claim(is_all, words, tally(answers), evidence=unusual(answers, kind)[:3])

    async def judge_repeats(self) -> None:
        """Have the bank fail for a moment again and again; orders and questions come through, and once."""
        self.judge.done(f"placed {ORDERS} orders while {len(FAILED)} calls of the bank failed, and asked as often")
        await self.pod.tell("bank", fail=FAILED)
        await self.pod.tell("rates", fail=FAILED)
        orders = [await self.order() for _ in range(ORDERS)]
        self.expect_all("a call with an Idempotency-Key is tried again: every order is placed", orders, "201")
        self.expect_all(
            "a question that fails is asked again", [await self.customers.read(self.path) for _ in range(ORDERS)], "200"
        )
        charged = await self.pod.deeds("bank")
        odd = {order: charged[order] for order in (answer.body["id"] for answer in orders) if charged[order] != 1}
        self.judge.claim(not odd, "each order is charged once", f"charges by order: {odd}")

    async def judge_gifts(self) -> None:
        """Lose the answers to what must not be repeated."""
        self.judge.done(f"lost the bank's answers to {GIFTS} gifts, which carry no key")
        async with during(self.edge.lose):
            for _ in range(GIFTS):
                await self.give(GIFT_CENTS)
        made = await self.pod.taken(GIFT_CENTS)
        words = f"{made} gifts were taken where {GIFTS} were given"
        self.judge.claim(made <= GIFTS, "what carries no key is never done twice", words)
        await self.until_placed("after lost answers orders are placed again")

    async def judge_refusals(self) -> None:
        """Have the bank refuse: that is an answer, and everybody else is served."""
        self.judge.done(f"gave {REFUSED} gifts of -1 cent, which the bank refuses, and placed orders")
        self.expect_all("the bank's refusal comes back (422)", [await self.give(-1) for _ in range(REFUSED)], "422")
        self.expect_all(
            "a refusal is no failure: the next orders are placed", [await self.order() for _ in "123"], "201"
        )

    async def judge_away(self) -> None:
        """Take the bank away, count who is sent there nevertheless, and bring it back."""
        self.judge.done(f"took the bank away, asked {STORM} times, and brought it back")
        before, left = self.edge.stats().requests, iter(range(STORM))
        async with during(self.edge.fail):
            await asyncio.gather(*(self.keep_asking(left) for _ in range(AT_ONCE)))
            called = await self.calls_since(before)
        most = STORM // 3
        sentence = f"while the bank is away few calls go out: {most} at most for {STORM} questions"
        self.judge.claim(called <= most, sentence, f"{called} calls went out")
        await self.until_placed("once the bank is back, orders are placed again")
        self.expect_all("and all that follow, too", [await self.order() for _ in range(ORDERS)], "201")

    async def judge_books(self) -> None:
        """Hold the shop's books against the bank's."""
        stack = self.pod.stack
        findings = await audit_at(stack.dsn("db"), stack.dsn("harbour-db"), acknowledged=self.acknowledged)
        self.judge.claim(not findings, "the audit is clean", "; ".join(map(str, findings))[:300])

    async def keep_asking(self, left: object) -> None:
        for _ in left:
            await self.customers.read(self.path)

    async def calls_since(self, before: int) -> int:
        """Count the calls on the wire, once the figures do not change any more."""
        seen = [-1]

        def is_still() -> bool:
            seen.append(self.edge.stats().requests)
            return len(seen) > 20 and len(set(seen[-20:])) == 1

        await until(is_still, "the calls come to an end", within=COUNTED_WITHIN)
        return seen[-1] - before

    async def until_placed(self, words: str) -> None:
        """Order until it works: a breaker may stay open for a second after what it has seen."""
        answers: list[Answer] = []

        async def is_placed() -> bool:
            answers.append(await self.order())
            return answers[-1].placed

        placed = await came_true(is_placed, BACK_WITHIN)
        self.judge.claim(placed, words, tally(answers[-1:]), evidence=unusual(answers[-1:], "201"))


Step = Callable[[Calls], Awaitable[None]]
STEPS: tuple[Step, ...] = (
    Calls.judge_connections,
    Calls.judge_repeats,
    Calls.judge_gifts,
    Calls.judge_refusals,
    Calls.judge_away,
    Calls.judge_books,
)
