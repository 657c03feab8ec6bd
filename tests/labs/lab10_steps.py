"""Steps of orders, published as they happen, and the board on which four workers show them."""

from __future__ import annotations

import asyncio

import httpx
from lab10_stack import counted, programming_error

from capsize.check import Judge
from capsize.waiting import came_true
from workbench.labs.messaging_control import Quayside, out_of_order
from workbench.labs.order_steps import steps

WORKERS, ENOUGH, SHOPS = 4, 3, 2
MS, SPREAD = 40, 0.6  # milliseconds that a step takes, so that several are in hand at a time
FAILED = 7  # steps that fail once
ACK_WAIT = 1.5  # seconds until a step of a dead worker comes again
BEGUN_WITHIN = 8.0  # seconds in which four workers begin, on a busy machine too
ROUNDS = 14  # in which the board keeps steps in hand, until those of enough orders are
STILL = ACK_WAIT + 3  # seconds without another call after which none is expected


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

    def __init__(self, judge: Judge, quay: Quayside, door: httpx.AsyncClient) -> None:
        self.judge, self.quay, self.door, self.draw = judge, quay, door, judge.draw
        self.orders = 2 * self.draw.count(11, 13)
        self.drawn = steps(self.orders, self.draw)
        self.most = 0  # orders of which a step was in hand at a time
        judge.point(look="def subject", line=1)

    async def publish(self) -> None:
        """Have the shop publish the steps, those of one order by both of its copies, and nobody take them yet."""
        self.judge.done(f"had {SHOPS} copies of the shop publish the steps of {self.orders} orders in turns")
        few = self.draw.count(3, 4)
        for begin in range(0, len(self.drawn), few):
            answer = await self.door.post("/steps", json=self.drawn[begin : begin + few])
            status = answer.status_code
            self.judge.claim(status == 202, "the steps are published (202)", status, evidence=answer, look="")

    async def begin(self) -> None:
        """Start four workers, and have the board keep each at its first step."""
        self.judge.done(f"started {WORKERS} workers, and had the board keep the first steps in hand")
        await self.quay.tell("board", hold=dict.fromkeys(range(1, ROUNDS * WORKERS + 1), "after"))
        await asyncio.to_thread(self.quay.stack.service("tracking").scale, WORKERS)
        await self.judge_begun()
        for _ in range(ROUNDS):  # the worker that is up first may have taken a step of every partition
            if await came_true(self.are_enough, ACK_WAIT / 2):
                return
            await self.quay.release()

    async def are_enough(self) -> bool:
        """Count the orders of which a step is in hand, and say whether they are enough.

        One that is in hand twice, since a slow worker lost it, is one for the server.
        """
        held = len({one["order_id"] for one in await self.quay.holds()})
        given = sum(one.num_ack_pending for one in await self.quay.js.consumers_info("PROGRESS"))
        self.most = max(self.most, min(held, given))
        return self.most >= ENOUGH

    async def show(self) -> None:
        """Have the workers show the steps; some steps fail once, and two workers are killed, one of them over one."""
        doomed, failed = self.draw.count(self.orders, self.orders * 2), range(self.orders, self.orders * 3)
        fail = self.draw.sample([call for call in failed if call != doomed], FAILED)
        await self.quay.tell("board", ms=MS, spread=SPREAD, fail=fail, hold={doomed: "before"})
        self.judge.done(f"had the workers go on; {FAILED} steps failed once")
        await self.quay.release()
        tracking = self.quay.stack.service("tracking")
        if await self.goes_on_until(self.quay.holds):
            self.judge.done(f"killed {WORKERS // 2} workers while one of the four had a step in hand")
            faults = [await asyncio.to_thread(one.kill) for one in self.draw.sample(tracking.instances, WORKERS // 2)]
            await self.quay.release()
            for fault in faults:
                await asyncio.to_thread(fault.heal)
        await self.goes_on_until(self.is_through)

    async def judge_begun(self) -> None:
        """Judge that the bookmarks are over the subjects."""

        async def has_begun() -> bool:
            return bool(await self.quay.calls("board"))

        begun = await came_true(has_begun, BEGUN_WITHIN)
        why = {} if begun else programming_error(self.judge, self.quay.stack)
        words = f"none within {BEGUN_WITHIN:g} s"
        evidence = [] if begun else await self.where_they_are()
        told = {"evidence": evidence, "look": "def consumers", **why}
        self.judge.claim(begun, "the workers show steps", words, **told)

    async def where_they_are(self) -> list[str]:
        """Name the subjects that were published to, and those that bookmarks filter by."""
        subjects = sorted({message.subject for message in await self.quay.messages("PROGRESS")})
        filters = sorted(one.config.filter_subject or "" for one in await self.quay.js.consumers_info("PROGRESS"))
        return [
            f"steps are on {', '.join(subjects)[:200]}",
            f"bookmarks are on {', '.join(filters)[:200] or 'nothing'}",
        ]

    async def goes_on_until(self, holds: object) -> bool:
        """Wait until something is so, for as long as the board is called; say whether it came to that."""
        before, is_over = -1, False
        while not is_over and (now := len(await self.quay.calls("board"))) > before:
            before, is_over = now, bool(await came_true(holds, STILL))  # type: ignore[arg-type]
        return is_over

    async def is_through(self) -> bool:
        return len(await self.quay.shown()) >= len(self.drawn)

    async def judge_order(self) -> None:
        """Judge that each order had its steps shown as they were published, and every one of them."""
        rows = await self.quay.shown()
        wrong = out_of_order(rows)
        self.judge.claim(
            not wrong,
            "no order has its steps shown out of order",
            counted(len(wrong), "order has", "orders have"),
            evidence=[f"order {order}: steps {numbers}" for order, numbers in wrong.items()][:3],
        )
        is_right = len(rows) == len(self.drawn)
        evidence = [] if is_right else await self.where_they_are()
        words = f"{len(rows)} of {len(self.drawn)}"
        sentence = "every step is shown, also one that failed once, or was in a dead worker's hand"
        self.judge.claim(is_right, sentence, words, look="def consumers", evidence=evidence, line=2)

    async def judge_hands(self) -> None:
        """Judge how many steps were in hand at a time, as was seen or by the board's own book: one worker does one."""
        self.most = max(self.most, await self.quay.ledger.fetchval(AT_ONCE))
        sentence = f"{WORKERS} workers show steps at the same time: {ENOUGH} or more are in hand at some moment"
        self.judge.claim(self.most >= ENOUGH, sentence, f"never more than {self.most}", look="def consumers", line=3)
