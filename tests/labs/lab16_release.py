"""Exercise 16.3: versions that are healthy, sick, or sick later on, under customers who ask all the time."""

from __future__ import annotations

import asyncio
import time
from itertools import pairwise
from typing import Any

from capsize.check import Judge
from capsize.check.kit import during, until
from workbench.labs.mesh_control import Meshside

CUSTOMERS = 12
OVER_WITHIN = 40.0  # seconds in which a release is decided, on a busy machine too
BUDGET = 0.25
SICK = 0.75
IDLE = 2.0  # seconds without a customer
BLIND = 6.0  # seconds without figures in which a release gives up
V2 = "catalogue-v2"


class Releases:
    """Releases of version 2 by plans that are drawn."""

    def __init__(self, judge: Judge, mesh: Meshside) -> None:
        self.judge, self.mesh = judge, mesh
        self.plan: dict[str, Any] = {}
        self.counted: list[tuple[float, int]] = []  # when, and what version 2 had been asked by then
        judge.point(evidence=lambda: [str(self.plan), *mesh.stack.logs("release").splitlines()[-5:]])

    def draw(self) -> None:
        """Draw a plan: the shares, and how many answers are enough."""
        draw = self.judge.draw
        steps = [draw.count(15, 25), draw.count(40, 60), 100]
        self.plan = {"steps": steps, "enough": draw.count(25, 40), "budget": BUDGET}

    async def begin(self) -> None:
        self.draw()
        (await self.mesh.desks["release"].post("/release", json=self.plan)).raise_for_status()

    async def now(self) -> dict[str, Any]:
        """Read how the release stands, and what version 2 has been asked by now."""
        asked = await self.mesh.said(V2, "/desk")
        self.counted.append((time.monotonic(), asked.get("asked", 0)))
        return dict(await self.mesh.said("release", "/release"))

    async def over(self, line: int) -> dict[str, Any]:
        """Wait until the release is decided."""

        async def is_over() -> dict[str, Any] | None:
            now = await self.now()
            return now if now["is_in"] is not None else None

        found: dict[str, Any] = await until(is_over, "the release is decided", within=OVER_WITHIN, line=line)
        return found

    async def set(self, fails: float, first: float = 0.0) -> None:
        """Have version 2 fail, and version 1 as well."""
        await self.mesh.tell(V2, fails=fails)
        await self.mesh.tell("catalogue", fails=first)

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
        self.judge.claim(failed <= most, "customers meet few of its failures", words)
        last = max(shift["percent"] for shift in ended["shifts"])
        sentence = "it gets no share beyond the first step"
        self.judge.claim(last == self.plan["steps"][0], sentence, f"{last} %")

    async def judge_back(self, ended: dict[str, Any], what: str, line: int | None = None) -> None:
        shares = [shift["percent"] for shift in ended["shifts"]]
        words = f"the shares were {shares} %, and it is said to be {'in' if ended['is_in'] else 'out'}"
        self.judge.claim(shares[-1:] == [0] and not ended["is_in"], f"{what} is back at 0 %", words, line=line)

    async def judge_healthy(self) -> None:
        """Release a version that fails now and then, while the one before it is worse."""
        self.judge.point(line=1)
        self.judge.done("released a healthy version, while the old one failed far more often")
        await self.set(BUDGET / 4, first=0.6)
        self.counted.clear()
        await self.begin()
        ended = await self.over(1)
        shares = [shift["percent"] for shift in ended["shifts"]]
        sentence = "a healthy version gets one share after the other, and all in the end"
        self.judge.claim(shares == self.plan["steps"] and ended["is_in"], sentence, f"{shares} %")
        times = [shift["at"] for shift in ended["shifts"]] + [self.counted[-1][0]]
        for begin, end in pairwise(times):
            known = self.asked_by(end) - self.asked_by(begin)
            words = f"{known} answers, where {self.plan['enough']} are enough"
            sentence = "no share grows before enough answers of the new version are known"
            self.judge.claim(known >= 0.8 * self.plan["enough"], sentence, words)

    def asked_by(self, when: float) -> int:
        """Return what version 2 had been asked by the first look after a moment."""
        return next((count for at, count in self.counted if at >= when), self.counted[-1][1])

    async def judge_late(self) -> None:
        """Have a version that was healthy fall sick at a later step."""
        self.judge.point(line=2)
        self.judge.done("released a version that fell sick when it had its second share")
        await self.set(0)
        await self.begin()
        second = self.plan["steps"][1]

        async def is_there() -> bool:
            now = await self.now()
            return now["is_in"] is not None or (now["shifts"][-1:] and now["shifts"][-1]["percent"] >= second)

        await until(is_there, "a healthy version gets its second share", within=OVER_WITHIN, line=1)
        await self.set(1.0)
        await self.judge_back(await self.over(2), "a version that falls sick later")

    async def judge_idle(self) -> None:
        """Release while nobody asks: nothing is known, so nothing goes on."""
        self.judge.point(line=3)
        self.judge.done(f"began a release, and had no customer come for {IDLE} s")
        await self.set(0)
        await self.begin()
        await asyncio.sleep(IDLE)
        now = await self.now()
        shares = [shift["percent"] for shift in now["shifts"]]
        sentence = "without a customer, no share grows"
        self.judge.claim(shares == self.plan["steps"][:1] and now["is_in"] is None, sentence, f"{shares} %")

    async def judge_blind(self) -> None:
        """Keep the figures from a release that is under way."""
        self.judge.point(line=3)
        self.judge.done("kept the figures of the sidecar from a release that was under way")
        async with during(self.mesh.stack.edge("release", "orders-proxy").cut):

            async def is_back() -> bool:
                now = await self.now()
                return now["is_in"] is False and now["shifts"][-1]["percent"] == 0

            async def is_decided() -> bool:
                return (await self.now())["is_in"] is not None

            sentence = "a release that cannot see its figures is back at 0 %"
            words = "it goes on, or stays where it is"
            await self.judge.eventually(is_back, sentence, words, within=BLIND, unless=is_decided)
