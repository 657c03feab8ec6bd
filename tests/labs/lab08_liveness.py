"""Exercise 8.1: the database is cut off, which no restart mends; then a loop gets stuck, which one does."""

from __future__ import annotations

from dataclasses import dataclass

from lab08_stack import PATIENCE, cut_off, hanging, listed, must, names_of, probe_of, story

from capsize.check import Judge
from capsize.session.handles import InstanceHandle
from capsize.session.running import RunningStack
from capsize.waiting import came_true

LIMIT = 60  # seconds of the manifest's clock; three probes take 12 to 16
DECEIVED = 3  # answers that still are a yes, the first of which may be from before


@dataclass(frozen=True)
class Liveness:
    """The shop's copies, and what liveness makes of them.

    A copy that is there earlier than its database exits, and is started again: ``before`` counts those restarts.
    """

    stack: RunningStack
    judge: Judge
    before: dict[str, int]

    @property
    def copies(self) -> list[InstanceHandle]:
        return self.stack.service("shop").instances

    def given_up(self) -> list[str]:
        return names_of(self.stack, "liveness failed", "shop")

    def _answers_of(self, copy: InstanceHandle) -> int:
        standing = probe_of(copy, "liveness")
        return standing.answers if standing else 0

    def _patience(self, copy: InstanceHandle) -> int:
        """Say how many answers, of which the first may be from before, show that liveness had enough of them."""
        standing = probe_of(copy, "liveness")
        return 2 + standing.probe.failure_threshold if standing else 0

    async def judge_cut(self) -> None:
        """Judge that nobody is started again because the database is away, and that liveness did ask."""
        enough = {copy.name: self._answers_of(copy) + self._patience(copy) for copy in self.copies}
        self.judge.done("cut the database off for longer than liveness waits")
        async with cut_off(self.stack, "shop"):
            await must(
                lambda: self.given_up() or all(self._answers_of(copy) >= enough[copy.name] for copy in self.copies),
                "liveness did not ask each copy often enough",
                self.stack,
                "shop",
            )
            given_up = self.given_up()
        self._expect(
            not given_up,
            "no copy is restarted because its database is away",
            f"liveness gave up {listed(given_up)}",
        )
        self._expect_restarts([0, 0, 0], "nothing restarts a copy while the database is away")

    async def judge_stuck(self) -> None:
        """Judge that the copy whose loop is stuck is given up in time, comes back, and is the only one."""
        victim, began = self.copies[0], self.stack.timeline.seconds
        answers, limit = self._answers_of(victim), LIMIT * self.stack.model.time_scale
        self.judge.done("had a customer ask for a bundle that gets the event loop of one copy stuck")
        async with hanging(victim):
            await came_true(lambda: self.given_up() or self._is_deceived(victim, answers), limit)
            given_up = self.given_up()
        seconds = self.stack.timeline.seconds - began
        self._expect(
            given_up == [victim.name],
            "the copy that hangs is given up after three liveness probes",
            f"{listed(given_up)} was given up" if given_up else self._why_not(victim, seconds),
        )
        await came_true(lambda: victim.ready and victim.restarts > self.before[victim.name], PATIENCE)
        self._expect(victim.ready, "it serves again afterwards", f"{victim.name} is {victim.shown}, {victim.why}")
        self._expect_restarts([1, 0, 0], "it is started again, and no other copy is")

    def _is_deceived(self, victim: InstanceHandle, answers: int) -> bool:
        """Say whether liveness got a yes from a copy that hangs, or does not ask it at all."""
        standing = probe_of(victim, "liveness")
        return standing is None or bool(standing.passed and standing.answers >= answers + DECEIVED)

    def _why_not(self, victim: InstanceHandle, seconds: float) -> str:
        standing = probe_of(victim, "liveness")
        if standing is None:
            return "nobody asks: the shop has no liveness probe"
        return f"liveness asked on for {seconds:.1f} s and heard: {standing.why}"

    def _expect_restarts(self, counts: list[int], claim: str) -> None:
        restarts = {copy.name: copy.restarts - self.before.get(copy.name, 0) for copy in self.copies}
        told = ", ".join(f"{name} was restarted {count} times" for name, count in restarts.items())
        self._expect(list(restarts.values()) == counts, claim, told)

    def _expect(self, condition: object, claim: str, got: str) -> None:
        look, evidence = self.judge.place("def is_alive"), story(self.stack, "shop")
        self.judge.expect(condition, expected=claim, got=got, evidence=evidence, look=look)
