"""Exercise 8.2: a database that flaps, is away, returns for a moment and is back; and what each copy makes of it.

Each copy writes down what its database answered and what it told the platform then. A claim is judged by that, so that
it does not matter how quick this machine is: only what was asked of the copies has to have come up.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from lab08_stack import PLATFORM_ACTS_WITHIN, listed

from capsize.check import Judge
from capsize.check.kit import browser, during, until
from capsize.session.handles import InstanceHandle
from capsize.session.running import RunningStack

IN_A_ROW = 3
FLAPS, DOUBTS = 4, 3  # answers of the rarer kind, in rows that are too short to count
EVERYTHING = 100_000  # lines of a log
SAID = "shop.counter: ready:"
OUT_EARLY = "one answer that fails takes no copy out"
BACK_EARLY = "one answer that succeeds brings no copy back"
OUT_LATE = "every copy leaves the rotation while the database is away"
BACK_LATE = "every copy is back in the rotation when the database is back"


@dataclass(frozen=True)
class Answer:
    """What the database said, how often in a row by now, and what the copy told the platform then and before."""

    came: bool
    row: int
    ready: bool
    before: bool

    @property
    def breaks(self) -> str | None:
        """Name the claim that this breaks, if it does."""
        if self.row < IN_A_ROW and self.ready != self.before:
            return BACK_EARLY if self.ready else OUT_EARLY
        if self.row >= IN_A_ROW and self.ready != self.came:
            return BACK_LATE if self.came else OUT_LATE
        return None

    def __str__(self) -> str:
        word, did = "ready" if self.ready else "not ready", "answered" if self.came else "did not answer"
        return f"{word} when the database {did}, {self.row} in a row"


def answers(lines: Iterable[str]) -> Iterator[Answer]:
    """Read what a copy wrote down. It writes from the first absence on, and was ready until then."""
    came, row, ready = True, IN_A_ROW, True
    for line in lines:
        if SAID in line:
            is_here = "did not answer" not in line
            came, row, before = is_here, row + 1 if is_here == came else 1, ready
            ready = "ready: True" in line
            yield Answer(came, row, ready, before)


class Watch:
    """The copies' answers while the database comes and goes."""

    def __init__(self, stack: RunningStack, judge: Judge) -> None:
        self.stack, self.judge = stack, judge
        self.copies = stack.service("shop").instances
        self.cut = stack.edge("shop", "db").cut
        judge.point(evidence=lambda: judge.story(stack, "shop"))

    def heard(self, copy: InstanceHandle) -> list[Answer]:
        return list(answers(copy.logs(EVERYTHING).splitlines()))

    def broken(self) -> tuple[InstanceHandle, Answer] | None:
        """Name a copy that breaks a claim, and the first answer upon which it does."""
        answers = ((copy, answer) for copy in self.copies for answer in self.heard(copy))
        return next((one for one in answers if one[1].breaks), None)

    def names(self, *, ready: bool) -> list[str]:
        return [copy.name for copy in self.copies if copy.ready is ready]

    def last(self, copy: InstanceHandle) -> Answer:
        return (self.heard(copy) or [Answer(True, IN_A_ROW, True, True)])[-1]

    async def until(self, holds: Callable[[], object], what: str) -> None:
        """Wait until it was asked of the copies, or one of them breaks a claim; judge the claims so far."""
        await until(lambda: self.broken() or holds(), what, within=PLATFORM_ACTS_WITHIN)
        broken = self.broken()
        if broken:
            copy, answer = broken
            log = copy.logs(EVERYTHING)
            look = None if "readiness.py failed" in log else "def heard"
            lines = [line for line in log.splitlines() if SAID in line][-8:]
            self.judge.claim(False, str(answer.breaks), f"{copy.name} said {answer}", evidence=lines, look=look)

    async def judge_flapping(self) -> None:
        """Judge that absences too short to count take nobody out."""
        one = self.copies[0]
        self.judge.done("let the database fail single questions, again and again")

        def short() -> int:
            return sum(not answer.came and answer.row < IN_A_ROW for answer in self.heard(one))

        while short() < FLAPS:
            async with during(self.cut):
                await self.until(lambda: not self.last(one).came, "a question to the database fails")
            await self.until(lambda: self.last(one).came, "a question to the database is answered again")
        self.judge.claim(not self.broken(), OUT_EARLY)

    async def judge_absence(self) -> None:
        """Judge that every copy leaves, by its word and by the wires, while the database is cut off."""
        self.judge.done("cut the database off")
        await self.judge_rotation(False, OUT_LATE, "stayed")
        await asyncio.to_thread(self.stack.service("shop").rotation)
        reached = [by for by in await self._visits(20) if by]
        self.judge.claim(not reached, "no request reaches a copy", f"{len(reached)} of 20 did")

    async def _visits(self, count: int) -> list[str]:
        """Come as so many customers; return which copies answered."""
        async with browser(self.stack, "shop", timeout=10) as customer:
            return [(await customer.get("/items")).headers.get("x-copy", "") for _ in range(count)]

    async def judge_doubt(self) -> None:
        """Judge that returns too short to count bring nobody back."""
        one = self.copies[0]
        self.judge.done("gave the database back for single questions")
        before = len(self.heard(one))

        def short() -> int:
            return sum(a.came and a.row < IN_A_ROW and not a.ready for a in self.heard(one)[before:])

        while short() < DOUBTS:
            await self.until(lambda: self.last(one).came, "a question to the database is answered")
            async with during(self.cut):
                await self.until(lambda: self._is_out(one), "a question to the database fails again")
        self.judge.claim(not self.broken(), BACK_EARLY)

    async def judge_rotation(self, came: bool, sentence: str, words: str) -> None:
        """Judge that all copies are in the rotation, or none, once each is sure of what its database does."""
        await self.until(lambda: self._are_sure(came), "each copy asks its database three times")
        await self.judge.eventually(
            lambda: not self.names(ready=not came),
            sentence,
            lambda: f"{listed(self.names(ready=not came))} {words}",
            within=PLATFORM_ACTS_WITHIN,
        )

    def _is_out(self, copy: InstanceHandle) -> bool:
        return not (self.last(copy).came or self.last(copy).ready)

    def _are_sure(self, came: bool) -> bool:
        return all(a.came is came and a.row >= IN_A_ROW for a in map(self.last, self.copies))

    async def judge_return(self) -> None:
        """Judge that every copy is back, by its word and by the wires."""
        self.judge.done("gave the database back for good")
        await self.judge_rotation(True, BACK_LATE, "stayed out")
        called = listed(copy.name for copy in await asyncio.to_thread(self.stack.service("shop").rotation))
        everybody = listed(copy.name for copy in self.copies)
        self.judge.claim(called == everybody, "customers are sent to all of them", called)
