"""Exercise 8.1: the database is cut off, then hangs, and no restart helps; then a loop gets stuck, and one does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import httpx
from lab08_stack import PLATFORM_ACTS_WITHIN, direct, hanging, listed, names_of, probe_of

from capsize.check import Judge
from capsize.check.kit import forms, until
from capsize.session.handles import InstanceHandle
from capsize.session.running import RunningStack

LIMIT = 60  # seconds of the manifest's clock; three probes take 12 to 16
AT_LEAST = 10  # seconds of it that they take at least: two periods of 4 s, and the time-out of the third
DECEIVED = 3  # answers that still are a yes, the first of which may be from before
ENOUGH = 4  # of liveness's answers since the fault began: more than three, the first of which may be from before
SHORT = 3  # of them for the second fault, which is like the first for most answers
ANSWER_WITHIN = 3.0  # seconds for a question of ours, which is longer than three probes wait here


class Liveness:
    """The shop's copies, and what liveness makes of them.

    A copy that is there earlier than its database exits, and is started again: ``before`` counts those restarts.
    """

    def __init__(self, stack: RunningStack, judge: Judge) -> None:
        self.stack, self.judge = stack, judge
        judge.point(look="def is_alive", evidence=lambda: judge.story(stack, "shop"), line=1)
        self.before = {copy.name: copy.restarts for copy in self.copies}
        self.waiting = judge.draw.count(40, 60)  # customers of each copy

    @property
    def copies(self) -> list[InstanceHandle]:
        return self.stack.service("shop").instances

    def given_up(self) -> list[str]:
        return names_of(self.stack, "liveness failed", "shop")

    def answers_of(self, copy: InstanceHandle) -> int:
        standing = probe_of(copy, "liveness")
        return standing.answers if standing else 0

    async def judge_health(self) -> None:
        """Judge that a copy calls itself alive when nothing is wrong."""
        no = next(filter(None, await asyncio.gather(*map(self._no_of, self.copies))), "")
        self.judge.claim(not no, "every copy calls itself alive while nothing is wrong", no)

    async def judge_absence(self) -> None:
        """Judge that nobody is started again because of the database, in two forms of its absence."""
        absences = forms(self.stack.edge("shop", "db"), self.stack.instance("db-1"))
        self.judge.draw.shuffle(absences)
        for absence, answers in zip(absences, (ENOUGH, SHORT), strict=True):
            self.judge.done(f"had a database that {absence.name}, with {self.waiting} customers waiting at each copy")
            async with absence, self._customers():
                await self._judge_while(absence.name, answers)
        self.claim_restarts({}, "nothing restarts a copy while the database is away")

    async def _judge_while(self, what: str, answers: int) -> None:
        """Judge each answer of each copy, our own questions' too, until liveness has asked often enough."""
        enough = {copy.name: self.answers_of(copy) + answers for copy in self.copies if probe_of(copy, "liveness")}
        sentence = f"every copy calls itself alive while its database {what}"

        async def has_asked() -> bool:
            no = next(filter(None, await asyncio.gather(*map(self._no_of, self.copies))), "")
            self.judge.claim(not no, sentence, no)
            asked = {copy.name: self.answers_of(copy) for copy in self.copies}
            return bool(self.given_up()) or all(asked[name] >= answers for name, answers in enough.items())

        await until(has_asked, "liveness asks each copy often enough", within=PLATFORM_ACTS_WITHIN, line=1)
        words = f"liveness gave up {listed(self.given_up())}"
        self.judge.claim(not self.given_up(), "no copy is restarted because its database is away", words)

    async def _no_of(self, copy: InstanceHandle) -> str:
        """Ask a copy what liveness asks it, and say what it answers unless that is a yes or the platform's to judge."""
        async with httpx.AsyncClient(trust_env=False, timeout=ANSWER_WITHIN) as client:
            with suppress(httpx.TransportError):  # a copy that is just ended; and one that hangs is given up
                answer = await client.get(direct(copy, "/healthz"))
                return "" if answer.status_code == 200 else f"{copy.name} answered {answer.status_code} {answer.text}"
        return ""

    @asynccontextmanager
    async def _customers(self) -> AsyncIterator[None]:
        """Have customers wait at each copy for what is in the database; nobody reads what they get."""
        async with httpx.AsyncClient(trust_env=False, timeout=None, limits=httpx.Limits()) as client:
            addresses = [direct(copy, "/items") for copy in self.copies] * self.waiting
            waiting = [asyncio.create_task(client.get(address)) for address in addresses]
            yield
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)

    async def judge_stuck(self) -> None:
        """Judge that the copy whose loop is stuck is given up in time, comes back, and is the only one."""
        victim, began = self.judge.draw.victim(self.copies), self.stack.timeline.seconds
        answers, restarts = self.answers_of(victim), victim.restarts
        self.judge.point(line=2)
        self.judge.done(f"had a customer ask for a bundle that gets the event loop of {victim.name} stuck")
        async with hanging(victim):
            await self.judge.eventually(
                lambda: self.given_up() == [victim.name],
                "the copy that hangs is given up after three liveness probes",
                lambda: self.why_not(victim, self.stack.timeline.seconds - began, restarts),
                within=LIMIT * self.stack.model.time_scale,
                unless=lambda: self.given_up() or victim.restarts > restarts or self.is_deceived(victim, answers),
            )
        took = (self.stack.timeline.told("liveness failed", victim.name)[0].at - began) / self.stack.model.time_scale
        sentence = "it is not given up before the third probe"
        self.judge.claim(took >= AT_LEAST, sentence, f"after {took:.1f} s of the manifest's clock")
        await self.judge.eventually(
            lambda: victim.ready and victim.restarts > restarts,
            "it serves again afterwards",
            lambda: f"{victim.name} is {victim.shown}, {victim.why}",
            within=PLATFORM_ACTS_WITHIN,
        )
        self.claim_restarts({victim.name: 1}, "it is started again, and no other copy is")

    def is_deceived(self, victim: InstanceHandle, answers: int) -> bool:
        """Say whether liveness got a yes from a copy that hangs, or does not ask it at all."""
        standing = probe_of(victim, "liveness")
        return standing is None or bool(standing.passed and standing.answers >= answers + DECEIVED)

    def why_not(self, victim: InstanceHandle, seconds: float, restarts: int) -> str:
        """Say what came of the copy that hangs instead."""
        standing, given_up = probe_of(victim, "liveness"), self.given_up()
        if given_up:
            return f"{listed(given_up)} was given up"
        if victim.restarts > restarts:
            return f"{victim.name} ended by itself, and liveness had not given it up"
        if standing is None:
            return "nobody asks: the shop has no liveness probe"
        return f"liveness asked on for {seconds:.1f} s and heard: {standing.why}"

    def claim_restarts(self, expected: dict[str, int], sentence: str) -> None:
        restarts = {copy.name: copy.restarts - self.before.get(copy.name, 0) for copy in self.copies}
        words = ", ".join(f"{name} was restarted {count} times" for name, count in restarts.items())
        as_expected = all(count == expected.get(name, 0) for name, count in restarts.items())
        self.judge.claim(as_expected, sentence, words)
