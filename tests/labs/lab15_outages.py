"""A bank that is away in one way and another: how many calls go out, how soon the app is told, and what comes after."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial

from lab15_calls import ORDERS, STATUSES, Calls

from capsize.check.kit import account, during
from workbench.customers import Answer

AT_ONCE = 4  # customers
FEW, A_SECOND = 30, 10  # calls that go out while the bank is away: at first, and then in each second, to try
PATIENT, SLOWER = 5.0, 3  # seconds in which the app is told, and how much longer than of a bank that is there
ANSWERED = {"503", "504", "500", "502"}


class Outages:
    """The ways in which a bank is away, one after the other."""

    def __init__(self, calls: Calls) -> None:
        self.calls, self.judge, self.draw = calls, calls.judge, calls.draw

    async def judge_all(self) -> None:
        """Judge each way; where nobody can connect, there is no wire on which calls could be counted."""
        self.judge.point(line=4)
        edge, status = self.calls.edge, self.draw.choice(STATUSES)
        ways: list[tuple[str, Callable[[], AbstractAsyncContextManager[None]], int]] = [
            ("answered 503 by its gateway", partial(during, edge.fail), 160),
            (f"answered {status} itself", partial(self.failing, status), 160),
            ("did not answer", partial(during, partial(edge.delay, 60_000)), 90),
            ("refused connections", partial(during, edge.cut), 90),
        ]
        answered, silent = ways[:2], ways[2:]  # the former first: there every call can be counted
        for words, way, storm in (*self.draw.sample(answered, 2), *self.draw.sample(silent, 2)):
            await self.judge_away(words, way, storm - self.draw.count(0, 30))

    @asynccontextmanager
    async def failing(self, status: int) -> AsyncIterator[None]:
        """Have the bank itself fail at every call."""
        everything = list(range(1, 2000))
        for office in ("bank", "rates"):
            await self.calls.pod.tell(office, fail=everything, status=status)
        yield
        for office in ("bank", "rates"):
            await self.calls.pod.tell(office)

    async def judge_away(self, words: str, way: Callable[[], AbstractAsyncContextManager[None]], storm: int) -> None:
        """Take the bank away, count what is sent there nevertheless, and bring it back."""
        self.judge.done(f"asked {storm} times while the bank {words}, and brought it back")
        answers: list[Answer] = []
        before, began = self.calls.requests(), time.monotonic()
        async with way():
            await self.keep_asking(storm, answers)
            seconds = time.monotonic() - began
            called = await self.calls.calls_since(before)
        sentence = "while the bank is away few calls go out"
        got = f"{called} calls went out for {len(answers)} questions in {seconds:.1f} s"
        said = [f"meanwhile the bank {words}"]
        self.judge.claim(called <= FEW + A_SECOND * seconds, sentence, got, evidence=said)
        account(self.judge, answers, expected=ANSWERED, sentence="while the bank is away the app is told so (5xx)")
        is_soon = len(answers) == storm
        sentence = "while the bank is away the app is told so at once"
        got = f"{len(answers)} of {storm} questions were answered within {seconds:.0f} s"
        self.judge.claim(is_soon, sentence, got, look="breaker.is_open", evidence=said)
        await self.calls.until_placed("once the bank is back, orders are placed again")
        orders = [await self.calls.order() for _ in range(ORDERS // 3)]
        account(self.judge, orders, expected={"201"}, sentence="and all that follow, too")
        read = [await self.calls.read() for _ in range(ORDERS // 3)]
        account(self.judge, read, expected={"200"}, sentence="and every question")

    async def keep_asking(self, storm: int, answers: list[Answer]) -> None:
        """Have some customers ask, until there are that many answers, no time is left, or too many calls go out."""
        before, ends = self.calls.requests(), time.monotonic() + PATIENT + SLOWER * storm * self.calls.takes
        left = iter(range(storm))

        async def ask() -> None:
            for _ in left:
                if time.monotonic() > ends or self.calls.requests() - before > storm:
                    return
                answers.append(await self.calls.read())

        await asyncio.gather(*(ask() for _ in range(AT_ONCE)))
