"""Steps of orders, published as they happen, and the board on which they are shown, by one worker and by four."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import httpx

from capsize.check import Judge
from shop.progress import steps
from shop.quayside import PATIENCE, Quayside, out_of_order

WORKERS, MS, SPREAD, RISE = 4, 60, 0.6, 1.3
ALONE, TOGETHER, BROKEN = 8, 32, 24  # orders in each of the three rounds


class Steps:
    """Rounds of steps: published while no worker runs, then shown by so many."""

    def __init__(self, judge: Judge, quay: Quayside, door: httpx.AsyncClient, seed: int) -> None:
        self.judge, self.quay, self.door, self.lot = judge, quay, door, random.Random(seed)
        self.published = 0

    async def publish(self, orders: int) -> None:
        """Have the shop publish the steps of some orders, and nobody take them yet."""
        await asyncio.to_thread(self.quay.stack.service("tracking").scale, 0)
        drawn = steps(orders, self.lot)
        answer = await self.door.post("/steps", json=drawn)
        self.judge.expect(
            answer.status_code == 202, expected="the steps are published (202)", got=answer.status_code, evidence=answer
        )
        self.published += len(drawn)

    async def round(self, orders: int, workers: int) -> float:
        """Have workers show the steps of some orders; return how many they showed a second."""
        before = len(await self.quay.shown())
        await self.publish(orders)
        await asyncio.to_thread(self.quay.stack.service("tracking").scale, workers)
        await self.all_shown()
        times = [row["at"] for row in (await self.quay.shown())[before:]]
        return (len(times) - 1) / (times[-1] - times[0])

    async def all_shown(self) -> None:
        """Await the end of a round, and judge that everything is there, each order in its order."""
        await self.quay.until_shown(self.published)
        rows = await self.quay.shown()
        self.judge_order(rows)
        self.judge.expect(
            len(rows) == self.published,
            expected="every step is shown",
            got=f"{len(rows)} of {self.published}" if len(rows) != self.published else "every one",
            look=self.judge.place("def consumers"),
        )

    def judge_order(self, rows: list[Any]) -> None:
        """Judge that each order had its steps shown as they were published."""
        wrong = out_of_order(rows)
        self.judge.expect(
            not wrong,
            expected="no order has its steps shown out of order",
            got=f"{len(wrong)} orders have" if wrong else "none has",
            evidence=[f"order {order}: steps {numbers}" for order, numbers in wrong.items()][:3],
            look=self.judge.place("def subject"),
        )

    async def judge_pace(self) -> None:
        """Judge four workers against one."""
        self.judge.done(f"had one worker show the steps of {ALONE} orders, then {WORKERS} those of {TOGETHER}")
        await self.quay.tell("board", ms=MS, spread=SPREAD)
        one = await self.round(ALONE, 1)
        four = await self.round(TOGETHER, WORKERS)
        self.judge.expect(
            four > RISE * one,
            expected=f"{WORKERS} workers show more steps a second than one: {RISE:g} times as many at least",
            got=f"{four / one:.1f} times as many",
            evidence=[f"one worker: {one:.1f} a second", f"{WORKERS} workers: {four:.1f} a second"],
            look=self.judge.place("def consumers"),
        )

    async def judge_faults(self) -> None:
        """Judge the order while steps fail once, and a worker is killed over one."""
        self.judge.done(f"once more with {BROKEN} orders: some steps failed once, and a worker was killed")
        await self.publish(BROKEN)
        calls = self.lot.sample(range(5, BROKEN * 3), 8)
        await self.quay.tell("board", ms=MS, spread=SPREAD, fail=calls[1:], hold={calls[0]: "before"})
        await asyncio.to_thread(self.quay.stack.service("tracking").scale, WORKERS)
        async with asyncio.timeout(PATIENCE):
            await self.quay.held()
        killed = self.lot.sample(self.quay.stack.service("tracking").instances, WORKERS // 2)
        faults = await asyncio.gather(*(asyncio.to_thread(one.kill) for one in killed))
        await self.quay.release()
        await asyncio.gather(*(asyncio.to_thread(fault.heal) for fault in faults))
        await self.all_shown()
