"""Exercise 8.1: the database is cut off, and no restart helps; then a loop gets stuck, and one does."""

from __future__ import annotations

from lab08_stack import PLATFORM_ACTS_WITHIN, hanging, listed, names_of, probe_of

from capsize.check import Judge
from capsize.check.kit import during, until
from capsize.session.handles import InstanceHandle
from capsize.session.running import RunningStack

LIMIT = 60  # seconds of the manifest's clock; three probes take 12 to 16
DECEIVED = 3  # answers that still are a yes, the first of which may be from before


class Liveness:
    """The shop's copies, and what liveness makes of them.

    A copy that is there earlier than its database exits, and is started again: ``before`` counts those restarts.
    """

    def __init__(self, stack: RunningStack, judge: Judge) -> None:
        self.stack, self.judge = stack, judge
        judge.point(look="def is_alive", evidence=lambda: judge.story(stack, "shop"))
        self.before = {copy.name: copy.restarts for copy in self.copies}

    @property
    def copies(self) -> list[InstanceHandle]:
        return self.stack.service("shop").instances

    def given_up(self) -> list[str]:
        return names_of(self.stack, "liveness failed", "shop")

    def answers_of(self, copy: InstanceHandle) -> int:
        standing = probe_of(copy, "liveness")
        return standing.answers if standing else 0

    def enough_for(self, copy: InstanceHandle) -> int:
        """Say after how many answers in all liveness has had enough of a copy; the next may be from before."""
        standing = probe_of(copy, "liveness")
        return self.answers_of(copy) + (2 + standing.probe.failure_threshold if standing else 0)

    async def judge_cut(self) -> None:
        """Judge that nobody is started again because the database is away, and that liveness did ask."""
        enough = {copy.name: self.enough_for(copy) for copy in self.copies}

        def has_asked() -> bool:
            return bool(self.given_up()) or all(self.answers_of(copy) >= enough[copy.name] for copy in self.copies)

        self.judge.done("cut the database off for longer than liveness waits")
        async with during(self.stack.edge("shop", "db").cut):
            await until(has_asked, "liveness asks each copy often enough", within=PLATFORM_ACTS_WITHIN)
            given_up = self.given_up()
        words = f"liveness gave up {listed(given_up)}"
        self.judge.claim(not given_up, "no copy is restarted because its database is away", words)
        self.claim_restarts([0, 0, 0], "nothing restarts a copy while the database is away")

    async def judge_stuck(self) -> None:
        """Judge that the copy whose loop is stuck is given up in time, comes back, and is the only one."""
        victim, began = self.copies[0], self.stack.timeline.seconds
        answers = self.answers_of(victim)
        self.judge.done("had a customer ask for a bundle that gets the event loop of one copy stuck")
        async with hanging(victim):
            await self.judge.eventually(
                lambda: self.given_up() == [victim.name],
                "the copy that hangs is given up after three liveness probes",
                lambda: self.why_not(victim, self.stack.timeline.seconds - began),
                within=LIMIT * self.stack.model.time_scale,
                unless=lambda: self.given_up() or self.is_deceived(victim, answers),
            )
        await self.judge.eventually(
            lambda: victim.ready and victim.restarts > self.before[victim.name],
            "it serves again afterwards",
            lambda: f"{victim.name} is {victim.shown}, {victim.why}",
            within=PLATFORM_ACTS_WITHIN,
        )
        self.claim_restarts([1, 0, 0], "it is started again, and no other copy is")

    def is_deceived(self, victim: InstanceHandle, answers: int) -> bool:
        """Say whether liveness got a yes from a copy that hangs, or does not ask it at all."""
        standing = probe_of(victim, "liveness")
        return standing is None or bool(standing.passed and standing.answers >= answers + DECEIVED)

    def why_not(self, victim: InstanceHandle, seconds: float) -> str:
        """Say what came of the copy that hangs instead."""
        standing, given_up = probe_of(victim, "liveness"), self.given_up()
        if given_up:
            return f"{listed(given_up)} was given up"
        if standing is None:
            return "nobody asks: the shop has no liveness probe"
        return f"liveness asked on for {seconds:.1f} s and heard: {standing.why}"

    def claim_restarts(self, counts: list[int], sentence: str) -> None:
        restarts = {copy.name: copy.restarts - self.before.get(copy.name, 0) for copy in self.copies}
        words = ", ".join(f"{name} was restarted {count} times" for name, count in restarts.items())
        self.judge.claim(list(restarts.values()) == counts, sentence, words)
