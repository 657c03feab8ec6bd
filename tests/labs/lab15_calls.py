"""The calls of an ambassador, the learner's or Envoy: how many connections, what is repeated, and what is passed on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable
from itertools import pairwise

from capsize.check import Judge
from capsize.check.kit import account, during, until
from capsize.waiting import came_true
from workbench.audit import audit_at
from workbench.customers import Answer, Customers, acknowledged, tally, unusual
from workbench.labs.sidecar_control import Podside

FEW = 6  # connections that many calls may need
ORDERS, APART = 16, 4  # orders of a lot, and calls from one failure to the next
STATUSES = (500, 502, 503, 504)
REFUSED = 7  # calls in a row that the bank refuses: more than a breaker counts
LATE = 1300  # milliseconds: later than a try is waited for
SURELY = 0.05  # seconds that three pauses take together at least: tries without a pause come in a tenth of it
BACK_WITHIN = 12.0  # seconds in which orders are placed again, on a busy machine too: a breaker may stay open for one
COUNTED_WITHIN = 15.0  # seconds in which a wire has counted what went over it
ITEMS = ("shackle", "oakum", "ensign")


class Calls:
    """What goes out through one ambassador, ``who`` in the pod, by the ``way`` that the app calls it."""

    def __init__(self, judge: Judge, pod: Podside, customers: Customers, *, who: str, way: str) -> None:
        self.judge, self.pod, self.customers, self.draw = judge, pod, customers, judge.draw
        self.acknowledged: dict[str, int] = {}
        self.takes = 0.0  # seconds of one question
        self.edge, self.path = pod.stack.edge(who, "harbour"), f"/rates?by={way}"

    async def order(self, key: str = "") -> Answer:
        cart = {self.draw.choice(ITEMS): self.draw.count(1, 3)}
        answer = await self.customers.order({"shackle": 1} if key else cart, key=key or None)
        self.acknowledged |= acknowledged([answer])
        return answer

    def give(self, cents: int) -> Awaitable[Answer]:
        return self.customers.ask("POST", "/gifts", json={"cents": cents})

    def read(self) -> Awaitable[Answer]:
        return self.customers.read(self.path)

    async def judge_connections(self) -> None:
        """Ask and order again and again, and count the connections that were opened."""
        self.judge.point(line=1)
        asked, ordered = self.draw.count(38, 46), self.draw.count(14, 20)
        self.judge.done(f"asked for the rates {asked} times, and placed {ordered} orders, one after the other")
        before, began = self.edge.stats(), time.monotonic()
        answers = [await self.read() for _ in range(asked)]
        self.takes = (time.monotonic() - began) / asked
        account(self.judge, answers, expected={"200"}, sentence="every question is answered (200)")
        orders = [await self.order() for _ in range(ordered)]
        account(self.judge, orders, expected={"201"}, sentence="every order is placed (201)")
        all_of_them = asked + ordered
        came = await came_true(lambda: self.requests() >= before.requests + all_of_them, COUNTED_WITHIN)
        words = f"{self.requests() - before.requests} of {all_of_them} calls did"
        self.judge.claim(came, "every call goes out through the ambassador", words)
        opened = self.edge.stats().opened - before.opened
        words = f"{opened} connections were opened for {all_of_them} calls"
        self.judge.claim(opened <= FEW, "they share a few connections, which stay open", words)

    def requests(self) -> int:
        return int(self.edge.stats().requests)

    def places(self) -> list[int]:
        """Draw calls of which none follows on another."""
        return [begin + self.draw.count(0, 1) for begin in range(1, ORDERS, APART)]

    async def judge_repeats(self) -> None:
        """Have the bank fail for a moment again and again; orders and questions come through, and once."""
        self.judge.point(line=2)
        orders: list[Answer] = []
        for status in self.draw.sample(STATUSES, 2):
            fail, lost = self.places(), self.draw.count(3, 4)
            self.judge.done(f"placed {ORDERS} orders and asked as often while the bank now and then answered {status}")
            await self.pod.tell("bank", fail=fail[:-1], lose=[fail[-1] + lost], status=status)
            await self.pod.tell("rates", fail=self.places(), status=status)
            lot = [await self.order() for _ in range(ORDERS)]
            sentence = "a call with an Idempotency-Key is tried again: every order is placed"
            account(self.judge, lot, expected={"201"}, sentence=sentence)
            read = [await self.read() for _ in range(ORDERS)]
            account(self.judge, read, expected={"200"}, sentence="a question that fails is asked again")
            orders += lot
        await self.judge_charges(orders)

    async def judge_no_answer(self) -> None:
        """Have the bank answer an order and a question not at all, once each."""
        self.judge.done("had the bank take one order and one question, and answer neither")
        await self.pod.tell("bank", hold={1: self.draw.choice(("before", "after"))})
        await self.pod.tell("rates", hold={1: "before"})
        order, read = await asyncio.gather(self.order(), self.read())
        sentence = "a call that has no answer within a second is tried again"
        account(self.judge, [order, read], expected={"200", "201"}, sentence=sentence)
        await self.pod.release()
        await self.judge_charges([order])

    async def judge_one_order_twice(self) -> None:
        """Have a customer send an order twice, the second time after a lost answer."""
        self.judge.done("had a customer send the same order twice")
        await self.pod.tell("bank", lose=[1])
        key = self.draw.names(1)[0]
        answers = [await self.order(key), await self.order(key)]
        account(self.judge, answers, expected={"201"}, sentence="an order that is sent again is answered (201)")
        await self.judge_charges(answers)

    async def judge_charges(self, orders: list[Answer]) -> None:
        charged = await self.pod.deeds("bank")
        odd = {order: charged[order] for order in (answer.body["id"] for answer in orders) if charged[order] != 1}
        self.judge.claim(not odd, "each order is charged once", f"charges by order: {odd}")

    async def judge_pauses(self) -> None:
        """Have three tries of a call fail, and look at the times between them."""
        self.judge.done("had the bank fail three times in a row, for two orders")
        took = []
        for status in self.draw.sample(STATUSES, 2):
            before = len(await self.pod.calls("bank"))
            await self.pod.tell("bank", fail=[1, 2, 3], status=status)
            answer = await self.order()
            account(self.judge, [answer], expected={"201"}, sentence="the fourth try of an order is made")
            times = [call["at"] for call in (await self.pod.calls("bank"))[before:]]
            took.append(sum(b - a for a, b in pairwise(times)))
        words = f"three of them took {min(took):.3f} s together"
        self.judge.claim(
            min(took) > SURELY + 1.5 * self.takes, "there is a pause before each further try", words, look="pause"
        )

    async def judge_gifts(self) -> None:
        """Lose the answers to what must not be repeated, in each way in which an answer can be lost."""
        self.judge.point(line=3)
        self.judge.done("gave gifts, which carry no key: their answers were lost on the wire, were a 5xx, or came late")
        status = self.draw.choice(STATUSES)
        async with during(self.edge.lose):
            lost = await self.given(2)
        await self.until_placed("after lost answers orders are placed again")
        await self.pod.tell("fund", lose=[1, 2, 3, 4, 5, 6], status=status)
        denied = await self.given(2)
        await self.until_placed("after answers that deny a deed orders are placed again")
        await self.pod.tell("fund", ms=LATE)
        late = await self.given(2)
        await self.pod.tell("fund")
        await self.until_placed("after late answers orders are placed again")
        self.judge_once({**lost, **denied, **late})
        await self.judge_like_gifts()

    async def given(self, count: int) -> dict[int, int]:
        """Give so many gifts; return how often the bank took each, by its cents."""
        cents = [self.draw.amount(10_000, 99_000) for _ in range(count)]
        answers = await asyncio.gather(*(self.give(one) for one in cents))
        kinds = {"201", *map(str, STATUSES)}
        account(self.judge, answers, expected=kinds, sentence="a gift whose answer is lost is answered all the same")
        await self.come_to_an_end()
        return {one: await self.pod.taken(one) for one in cents}

    def judge_once(self, taken: dict[int, int]) -> None:
        twice = [count for count in taken.values() if count > 1]
        words = f"{sum(taken.values())} gifts were taken where {len(taken)} were given"
        self.judge.claim(not twice, "what carries no key is never done twice", words)

    async def judge_like_gifts(self) -> None:
        """Give the same twice: each is one of its own."""
        cents = self.draw.amount(10_000, 99_000)
        answers = [await self.give(cents) for _ in range(2)]
        account(self.judge, answers, expected={"201"}, sentence="a gift is taken (201)")
        taken = await self.pod.taken(cents)
        self.judge.claim(taken == 2, "two gifts that are alike are two", f"{taken} was taken")

    async def judge_refusals(self) -> None:
        """Have the bank refuse: that is an answer, it is passed on as it is, and everybody else is served."""
        self.judge.point(line=4)
        self.judge.done(f"gave {REFUSED} gifts of -1 cent, and placed {REFUSED} orders without a key: the bank refused")
        before = await self.calls_since(0)
        refused = [await self.give(-1) for _ in range(REFUSED)]
        account(self.judge, refused, expected={"422"}, sentence="the bank's refusal comes back (422)")
        await self.pod.take(["of somebody else"])
        refused = [await self.order() for _ in range(REFUSED)]
        account(self.judge, refused, expected={"401"}, sentence="the bank's refusal comes back (401)")
        await self.pod.take([])
        sentence = "a refusal is no failure: the next orders are placed"
        account(self.judge, [await self.order() for _ in "123"], expected={"201"}, sentence=sentence)
        calls = await self.calls_since(before) - 3
        words = f"{calls} calls went out for {2 * REFUSED} that were refused"
        self.judge.claim(calls == 2 * REFUSED, "what is refused is not asked again", words)

    async def judge_books(self) -> None:
        """Hold the shop's books against the bank's."""
        stack = self.pod.stack
        findings = await audit_at(stack.dsn("db"), stack.dsn("harbour-db"), acknowledged=self.acknowledged)
        self.judge.claim(not findings, "the audit is clean", "; ".join(map(str, findings))[:300], line=2)

    async def come_to_an_end(self) -> None:
        await self.calls_since(0)

    async def calls_since(self, before: int) -> int:
        """Count the calls on the wire, once the figures do not change any more."""
        seen = [-1]

        def is_still() -> bool:
            seen.append(self.requests())
            return len(seen) > 20 and len(set(seen[-20:])) == 1

        await until(is_still, "the calls come to an end", within=COUNTED_WITHIN, line=self.judge.line)
        return seen[-1] - before

    async def until_placed(self, words: str) -> None:
        """Order until it works: a breaker may stay open for a second after what it has seen."""
        answers: list[Answer] = []

        async def is_placed() -> bool:
            answers.append(await self.order())
            return answers[-1].placed

        placed = await came_true(is_placed, BACK_WITHIN)
        self.judge.claim(placed, words, tally(answers[-1:]), evidence=unusual(answers[-1:], "201"))
