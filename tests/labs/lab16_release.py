"""Exercise 16.3: versions that are healthy, sick, or sick later on, under customers who ask all the time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from capsize.check import Judge
from capsize.check.kit import during, until
from capsize.session.handles import EdgeHandle
from capsize.waiting import came_true
from shop.figures import counts_of
from workbench.labs.mesh_control import Meshside
from workbench.labs.mesh_telemetry import page, page_now

CUSTOMERS = 12
OVER_WITHIN = 40.0  # seconds in which a release is decided, on a busy machine too
BUDGET = 0.25
SICK = 0.75
SICK_LATER = 0.6  # of all answers since the beginning, those of three healthy steps with them, less than BUDGET
FEW = 4  # failures, where a quarter of 25 answers may fail; of the first answers that are known it is more
NEARLY = 0.8  # of enough answers: some come after a release has counted, and before its share is taken down
LOOKED = 0.3  # seconds in which a release has looked at the figures
IDLE = 2.0  # seconds without a customer
BLIND = 6.0  # seconds without figures in which a release gives up
V2 = "catalogue-v2"


class Releases:
    """Releases of version 2 by plans that are drawn."""

    def __init__(self, judge: Judge, mesh: Meshside) -> None:
        self.judge, self.mesh = judge, mesh
        self.plan: dict[str, Any] = {}
        judge.point(evidence=lambda: [str(self.plan), *mesh.stack.logs("release").splitlines()[-5:]])

    def draw(self, budget: float, *more: int) -> None:
        """Draw a plan: the shares, and how many answers are enough."""
        draw = self.judge.draw
        steps = [draw.count(20, 30), draw.count(45, 60), *more, 100]
        self.plan = {"steps": steps, "enough": draw.count(25, 35), "budget": budget}

    async def begin(self, budget: float = BUDGET, *more: int) -> None:
        self.draw(budget, *more)
        (await self.mesh.desks["release"].post("/release", json=self.plan)).raise_for_status()

    async def now(self) -> dict[str, Any]:
        """Read how the release stands."""
        return dict(await self.mesh.said("release", "/release"))

    async def over(self, line: int) -> dict[str, Any]:
        """Wait until the release is decided."""

        async def is_over() -> dict[str, Any] | None:
            now = await self.now()
            return now if now["is_in"] is not None else None

        found: dict[str, Any] = await until(is_over, "the release is decided", within=OVER_WITHIN, line=line)
        return found

    async def set(self, fails: float = 0.0, *, first: int = 0, old: float = 0.0) -> None:
        """Have version 2 fail: a share of its answers, or its ``first`` ones; and the ``old`` one as well."""
        await self.mesh.tell(V2, fails=fails, first=first)
        await self.mesh.tell("catalogue", fails=old)

    async def judge_sick(self) -> None:
        """Release a version that is sick."""
        self.judge.point(line=2)
        self.judge.done("released a version of which three answers in four fail")
        await self.set(SICK)
        before = (await self.mesh.said(V2, "/desk")).get("failed", 0)
        await self.begin()
        ended = await self.over(2)
        await self.judge_back(ended, "a version that fails too often")
        failed = (await self.mesh.said(V2, "/desk")).get("failed", 0) - before
        most = 2 * self.plan["enough"]
        words = f"{failed} failed, where {self.plan['enough']} answers are enough to know"
        last = max(_shares(ended))
        sentence = "it gets no share beyond the first step"
        self.judge.claim(last == self.plan["steps"][0], sentence, f"{last} %")
        self.judge.claim(failed <= most, "customers meet few of its failures", words)

    async def judge_back(self, ended: dict[str, Any], what: str, line: int | None = None) -> None:
        shares = _shares(ended)
        words = f"the shares were {shares} %, and it is said to be {'in' if ended['is_in'] else 'out'}"
        self.judge.claim(shares[-1:] == [0] and not ended["is_in"], f"{what} is back at 0 %", words, line=line)

    async def judge_healthy(self) -> None:
        """Release a version that fails a few times in the beginning, while the one before it is worse."""
        self.judge.point(line=1)
        self.judge.done(f"released a version that failed {FEW} times and then no more; the old one failed more often")
        await self.set(first=FEW, old=0.6)
        await self.begin()
        ended = await self.over(1)
        shares = _shares(ended)
        sentence = "a healthy version gets one share after the other, and all in the end"
        self.judge.claim(shares == self.plan["steps"] and ended["is_in"], sentence, f"{shares} %")
        self.judge_known([*_known(ended), await self.answered()])

    def judge_known(self, known: list[int]) -> None:
        """Judge how many answers were known when a share grew, by how many were known when the one before it began."""
        for before, after in pairwise(known):
            words = f"{after - before} answers, where {self.plan['enough']} are enough"
            sentence = "no share grows before enough answers of the new version are known"
            self.judge.claim(after - before >= NEARLY * self.plan["enough"], sentence, words, line=1)

    async def answered(self) -> int:
        """Read in the figures of the sidecar how many calls version 2 has answered."""
        return counts_of(await page_now(self.mesh), V2).answered

    async def judge_late(self) -> None:
        """Have a version that was healthy fall sick when all are sent to it, by so little that its past hides it."""
        self.judge.point(line=2)
        self.judge.done(f"released a version of which {SICK_LATER:.0%} fail, from when it had all customers")
        await self.set(first=FEW)
        await self.begin(BUDGET, self.judge.draw.count(70, 85))
        found = await self.asking_until(lambda now: self.plan["steps"][-1] in _shares(now), line=1)
        sentence = "a healthy version gets one share after the other, and all in the end"
        self.judge.claim(found["is_in"] is None, sentence, f"the shares were {_shares(found)} %", line=1)
        await self.set(SICK_LATER)
        ended = await self.asking_until(lambda now: False, line=2)
        await self.judge_back(ended, "a version that falls sick later")

    async def asking_until(self, holds: Callable[[dict[str, Any]], bool], line: int) -> dict[str, Any]:
        """Have some customers ask at a time until a release stands as is wanted, or is decided.

        Nobody asks while the release looks at what is known, so that nothing is answered at a share before we know it.
        """

        async def stands() -> dict[str, Any] | None:
            await asyncio.gather(*(self.mesh.price() for _ in range(CUSTOMERS)))
            await asyncio.sleep(LOOKED)
            now = await self.now()
            return now if now["is_in"] is not None or holds(now) else None

        found: dict[str, Any] = await until(stands, "the release goes on", within=OVER_WITHIN, line=line)
        return found

    async def judge_idle(self) -> None:
        """Release while nobody asks: nothing is known, so nothing goes on."""
        self.judge.point(line=3)
        self.judge.done(f"began a release, and had no customer come for {IDLE} s")
        await self.set()
        await page(self.mesh)  # by then each failure is counted that customers met before they went
        await self.begin(budget=0)  # none of no answers is no more than that
        await asyncio.sleep(IDLE)
        now = await self.now()
        shares = _shares(now)
        sentence = "without a customer, no share grows"
        self.judge.claim(shares == self.plan["steps"][:1] and now["is_in"] is None, sentence, f"{shares} %")

    async def judge_blind(self) -> None:
        """Keep the figures from a release that is under way, and from the next one when it begins."""
        self.judge.point(line=3)
        self.judge.done("kept the figures of the sidecar from a release that was under way")
        async with during(self.figures.cut):

            async def is_back() -> bool:
                now = await self.now()
                return now["is_in"] is False and now["shifts"][-1]["percent"] == 0

            sentence = "a release that cannot see its figures is back at 0 %"
            words = "it goes on, or stays where it is"
            await self.judge.eventually(is_back, sentence, words, within=BLIND, unless=self.is_decided)
        self.judge.done("kept them from the beginning of another one, and gave them back before its first share")
        async with during(self.mesh.stack.edge("release", "control").delay):
            await self.begin_blind()
            ended = await came_true(self.is_decided, BLIND / 2)  # one that looks once more is right too
        shares = _shares(await self.now())
        sentence = "a release that ends because it could not see its figures is back at 0 %"
        self.judge.claim(not ended or shares[-1:] in ([], [0]), sentence, f"the shares were {shares} %")

    @property
    def figures(self) -> EdgeHandle:
        """The wire on which a release reads its figures."""
        return self.mesh.stack.edge("release", "orders-proxy")

    async def is_decided(self) -> bool:
        return (await self.now())["is_in"] is not None

    async def begin_blind(self) -> None:
        """Begin a release that has no figures until it has asked for them."""
        before = self.figures.stats().requests or 0
        async with during(self.figures.fail):
            await self.begin()
            asked = "a release asks for its figures"
            await until(lambda: (self.figures.stats().requests or 0) > before, asked, within=BLIND, line=3)


def _known(now: dict[str, Any]) -> list[int]:
    """List how many answers of version 2 were known at each shift."""
    return [shift["answered"] for shift in now["shifts"]]


def _shares(now: dict[str, Any]) -> list[int]:
    """Return the shares that a release has given to version 2."""
    return [shift["percent"] for shift in now["shifts"]]
