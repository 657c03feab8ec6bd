"""Steps of orders, published as they happen, and the board on which four workers show them."""

from __future__ import annotations

import asyncio
import random

import httpx
from lab10_stack import counted

from capsize.check import Judge
from capsize.check.kit import until
from workbench.harbour_control import DONE_WITHIN
from workbench.labs.messaging_control import Quayside, out_of_order
from workbench.labs.order_steps import steps

WORKERS, ENOUGH, ORDERS = 4, 3, 24
MS, SPREAD = 40, 0.6  # milliseconds that a step takes, so that several are in hand at a time
FAILED = 7  # steps that fail once
AT_ONCE = """
    WITH shown AS (
        SELECT done_at, (SELECT max(came_at) FROM harbour.calls WHERE (office, order_id, note)
            = (deeds.office, deeds.order_id, deeds.note) AND came_at <= done_at) AS came_at
        FROM harbour.deeds WHERE office = 'board'
    )
    SELECT max((SELECT count(*) FROM shown WHERE came_at <= moment.came_at AND done_at > moment.came_at))
    FROM shown AS moment
"""


class Steps:
    """Steps of some orders: published while no worker runs, then shown by four, whatever happens to them."""

    def __init__(self, judge: Judge, quay: Quayside, door: httpx.AsyncClient, seed: int) -> None:
        self.judge, self.quay, self.door, self.seed = judge, quay, door, seed
        self.lot = random.Random(seed)
        self.drawn = steps(ORDERS, self.lot)
        self.is_through = False  # the board shows as many steps as were published

    async def publish(self) -> None:
        """Have the shop publish the steps, and nobody take them yet."""
        await asyncio.to_thread(self.quay.stack.service("tracking").scale, 0)
        answer = await self.door.post("/steps", json=self.drawn)
        status = answer.status_code
        self.judge.claim(status == 202, "the steps are published (202)", status, evidence=answer)

    async def show(self) -> None:
        """Have four workers show the steps; some steps fail once, and two workers are killed, one of them over one."""
        self.judge.done(
            f"had {WORKERS} workers show the steps of {ORDERS} orders; {FAILED} steps failed once, and"
            f" {WORKERS // 2} workers were killed (seed {self.seed})"
        )
        killed, *failed = self.lot.sample(range(ORDERS, ORDERS * 3), FAILED + 1)
        await self.quay.tell("board", ms=MS, spread=SPREAD, fail=failed, hold={killed: "before"})
        tracking = self.quay.stack.service("tracking")
        await asyncio.to_thread(tracking.scale, WORKERS)
        await until(self.quay.holds, "a worker has a step in hand", within=DONE_WITHIN)
        doomed = self.lot.sample(tracking.instances, WORKERS // 2)
        faults = await asyncio.gather(*(asyncio.to_thread(one.kill) for one in doomed))
        await self.quay.release()
        await asyncio.gather(*(asyncio.to_thread(fault.heal) for fault in faults))
        self.is_through = await self.quay.until_shown(len(self.drawn))

    async def judge_order(self) -> None:
        """Judge that each order had its steps shown as they were published, and every one of them."""
        rows = await self.quay.shown()
        wrong = out_of_order(rows)
        self.judge.claim(
            not wrong,
            "no order has its steps shown out of order",
            counted(len(wrong), "order has", "orders have"),
            evidence=[f"order {order}: steps {numbers}" for order, numbers in wrong.items()][:3],
            look="def subject",
        )
        is_right = self.is_through and len(rows) == len(self.drawn)
        self.judge.claim(is_right, "every step is shown", f"{len(rows)} of {len(self.drawn)}", look="def consumers")

    async def judge_hands(self) -> None:
        """Judge how many steps were in hand at a time, by the board's own book: one is what one worker does."""
        most = await self.quay.ledger.fetchval(AT_ONCE)
        sentence = f"{WORKERS} workers show steps at the same time: {ENOUGH} or more are in hand at some moment"
        self.judge.claim(most >= ENOUGH, sentence, f"never more than {most}", look="def consumers")
