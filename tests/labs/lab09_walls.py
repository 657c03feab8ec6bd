"""Exercise 9.4: one service holds every call that it gets, and customers need that one or the other."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import Any

from lab09_stack import judge_books

from capsize.check import Judge
from capsize.check.kit import account, during, forms, until
from capsize.check.kit.forms import HANGS
from capsize.session.running import RunningStack
from workbench.customers import Answer, Customers
from workbench.labs.resilience_control import Bankside

SERVED, TOLD, FREE = 1, 2, 3  # the acceptance lines
ROOM = 10  # calls of one service, as the exercise says
MORE, LOOKS = (12, 15), (10, 16)  # customers who find no room, and who need the other service
AT_ONCE = 8  # of those
LONG = (3.5, 5.0)  # seconds after which calls that are not answered are still under way
ANSWERED_WITHIN = 5.0  # seconds, on a busy machine too; what is held is held for longer
ARRIVED_WITHIN = 15.0
GIVEN_UP = {"503"}

Ask = Callable[[], Coroutine[Any, Any, Answer]]


class Walls:
    """Customers of the shop who order or look around, while one of the two services holds its calls."""

    def __init__(self, stack: RunningStack, judge: Judge, bank: Bankside, customers: Customers) -> None:
        self.stack, self.judge, self.bank, self.customers = stack, judge, bank, customers
        judge.point(look="async def call")

    async def order(self) -> Answer:
        return await self.customers.order({"shackle": self.judge.draw.count(1, 5)})

    async def look(self) -> Answer:
        return await self.customers.read("/items")

    async def judge_payments_hold(self) -> None:
        """Judge customers while the bank keeps each call that payments makes."""
        waiting = await self._fill("had the bank keep the calls of customers who ordered")
        more = self._come(self.order)
        await self._judge_others(self.look, "customers who look at the catalogue are served (200)", "200")
        await self._judge_full(more, f"more orders than {ROOM}", self._held)
        await self._release(waiting)

    async def _fill(self, words: str) -> list[asyncio.Task[Answer]]:
        """Have as many customers order as there is room for, and the bank keep their calls."""
        self.judge.done(words)
        await self.bank.tell("bank", hold=dict.fromkeys(range(1, 200), "after"))
        waiting = [asyncio.create_task(self.order()) for _ in range(ROOM)]
        await self.judge.eventually(
            partial(self._are_held, ROOM),
            f"there is room for {ROOM} calls of payments at once",
            "some of them are turned away",
            within=ARRIVED_WITHIN,
            unless=lambda: any(one.done() for one in waiting),
            line=FREE,
        )
        return waiting

    async def _release(self, waiting: list[asyncio.Task[Answer]]) -> None:
        await self.bank.tell("bank")
        await self.bank.release()
        sentence = f"the {ROOM} orders that waited are placed (201)"
        account(self.judge, await asyncio.gather(*waiting), expected={"201"}, sentence=sentence, line=TOLD)

    async def _held(self) -> int:
        return len(await self.bank.holds())

    async def _are_held(self, count: int) -> bool:
        return await self._held() >= count

    async def judge_catalogue_holds(self) -> None:
        """Judge customers while the catalogue gives no answer."""
        self.judge.done("had the catalogue give no answer, and customers look at it")
        edge = self.stack.edge("shop", "catalogue")
        async with during(partial(edge.delay, 60_000)):
            waiting = [asyncio.create_task(self.look()) for _ in range(ROOM)]
            await until(partial(self._are_out, ROOM), "they are under way", within=ARRIVED_WITHIN, line=FREE)
            more = self._come(self.look)
            await self._judge_others(self.order, "customers who order are served (201)", "201")
            await self._judge_full(more, f"more looks than {ROOM}", self._out)
        answers = await asyncio.gather(*waiting)
        account(self.judge, answers, expected={"200", *GIVEN_UP}, sentence="those who waited are answered", line=TOLD)

    async def _out(self) -> int:
        return self.stack.edge("shop", "catalogue").stats().in_flight or 0

    async def _are_out(self, count: int) -> bool:
        return await self._out() >= count

    async def _judge_full_for_long(self, waiting: list[asyncio.Task[Answer]]) -> None:
        """Judge that calls which have waited for long still take their room."""
        edge = self.stack.edge("shop", "payments")

        async def out() -> int:
            return edge.stats().in_flight or 0

        await asyncio.sleep(self.judge.draw.uniform(*LONG))
        more = self._come(self.order)
        await asyncio.wait(more, timeout=1)
        if not any(one.done() for one in waiting):  # not on a machine that stood still
            await self._judge_full(more, f"more orders than {ROOM}, a while later", out)

    def _come(self, ask: Ask) -> list[asyncio.Task[Answer]]:
        """Have more customers come than there is room for."""
        return [asyncio.create_task(ask()) for _ in range(self.judge.draw.count(*MORE))]

    async def _judge_full(
        self, coming: list[asyncio.Task[Answer]], what: str, under_way: Callable[[], Awaitable[int]]
    ) -> None:
        done, late = await asyncio.wait(coming, timeout=ANSWERED_WITHIN)
        held = await under_way()
        sentence = f"at most {ROOM} calls of a service are under way"
        self.judge.claim(held <= ROOM, sentence, f"{held} are", line=TOLD)
        sentence = f"a customer who finds no room is told so, while {ROOM} others wait: {what}"
        self.judge.claim(not late, sentence, f"{len(late)} of {len(coming)} wait, too", line=TOLD)
        answers = [one.result() for one in done]
        account(self.judge, answers, expected=GIVEN_UP, sentence="they are told 503", line=TOLD)

    async def _judge_others(self, ask: Ask, sentence: str, kind: str) -> None:
        room = asyncio.Semaphore(AT_ONCE)

        async def one() -> Answer:
            async with room:
                return await ask()

        coming = [asyncio.create_task(one()) for _ in range(self.judge.draw.count(*LOOKS))]
        done, late = await asyncio.wait(coming, timeout=ANSWERED_WITHIN)
        self.judge.claim(not late, sentence, f"{len(late)} of {len(coming)} wait", line=SERVED)
        account(self.judge, [task.result() for task in done], expected={kind}, sentence=sentence, line=SERVED)

    async def judge_free(self) -> None:
        """Judge how much room there is after calls have failed in each form."""
        for form in forms(self.stack.edge("shop", "payments")):
            self.judge.done(f"had {ROOM} orders fail, because payments: {form.name}")
            async with form:
                failing = [asyncio.create_task(self.order()) for _ in range(ROOM)]
                if form.name == HANGS:
                    await self._judge_full_for_long(failing)
                failed = await asyncio.gather(*failing)
            sentence = "an order without an answer is told so (503)"
            account(self.judge, failed, expected=GIVEN_UP, sentence=sentence, line=FREE)
        waiting = await self._fill("had the bank keep calls once more, and more customers order")
        await self._judge_full(self._come(self.order), f"more orders than {ROOM}", self._held)
        await self._release(waiting)
        await judge_books(self.judge, self.bank, self.customers.answers, FREE)
