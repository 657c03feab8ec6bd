"""Lines of the app's log, an agent that is killed when it hurts, and what is expected at the collector afterwards."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Iterator

from capsize.check import Judge
from capsize.check.kit import until
from capsize.waiting import came_true
from shop.logfiles import MOST, files
from workbench.customers import Customers
from workbench.labs.sidecar_control import STILL, Podside

SIZE = 4096  # bytes of a file of the log: forty lines
HOLDS, DEATHS = 3, 2  # times at which the agent is killed with a batch in hand, and times at which the app is
AT_ONCE, PAUSE, LIMIT = 3, 0.03, 500  # customers, seconds between two orders of one of them, and orders in all
UNSEEN, GIFTS = 70, 12  # orders that are placed while there is no agent, and gifts that read alike
HAPPENS_WITHIN = 20.0  # seconds in which the next thing happens, on a busy machine too


class Lines:
    """Customers who go on ordering, and the moments at which app and agent are killed, drawn by a seed."""

    def __init__(self, judge: Judge, pod: Podside, customers: Customers, seed: int) -> None:
        self.judge, self.pod, self.customers, self.seed = judge, pod, customers, seed
        self.desk = pod.collecting
        lot = random.Random(seed)
        points = lot.sample(["before", "after", "after"], HOLDS)
        self.hold = dict(zip(sorted(lot.sample(range(2, 20, 3), HOLDS)), points, strict=True))
        self.deaths = sorted(lot.sample(range(20, 120, 10), DEATHS))  # of the app, after so many orders
        self.acknowledged: set[str] = set()
        self.asked, self.gifts, self.again, self.is_over = 0, 0, 0, False

    async def keep_ordering(self) -> None:
        """Order again and again, and remember what was acknowledged; an app that is dead acknowledges nothing."""
        while not self.is_over and self.asked < LIMIT:
            await self.order()
            await asyncio.sleep(PAUSE)

    async def order(self) -> None:
        self.asked += 1
        answer = await self.customers.order({"shackle": 1})
        if answer.placed:
            self.acknowledged.add(answer.body["id"])

    async def kill_both(self) -> None:
        """Kill the agent whenever the collector holds a batch of it, and the app at its drawn moments."""
        await self.desk.tell("collector", hold=self.hold)
        customers = [asyncio.create_task(self.keep_ordering()) for _ in range(AT_ONCE)]
        killer = asyncio.create_task(self.kill_app())
        killed = await self.desk.strike("agent", HOLDS, unless=lambda: self.asked >= LIMIT)
        await killer
        self.is_over = True
        await asyncio.gather(*customers)
        await self.desk.tell("collector")  # no hold is left for later, where a slow machine sent it few batches
        await self.desk.release()
        self.judge.done(
            f"killed the app {DEATHS} times while customers ordered, and the agent with a batch in hand,"
            f" before or after the collector kept it ({killed} of {HOLDS} times; seed {self.seed})"
        )

    async def kill_app(self) -> None:
        for death in self.deaths:
            await until(
                lambda death=death: len(self.acknowledged) >= death or self.asked >= LIMIT,
                "orders are placed while the agent is killed",
                within=HAPPENS_WITHIN,
            )
            await self.pod.kill("shop")

    async def order_unseen(self) -> None:
        """Go on ordering while there is no agent, for longer than a file of the log; then it comes back."""
        self.judge.done(f"stopped the agent by SIGKILL, placed {UNSEEN} orders and gave {GIFTS} gifts, and started it")
        await self.until_arrived()
        fault = await asyncio.to_thread(self.pod.stack.instance("agent-1").kill)
        before = await self.repeated()
        await asyncio.gather(*(self.order() for _ in range(UNSEEN)))
        answers = await asyncio.gather(
            *(self.customers.ask("POST", "/gifts", json={"cents": 100}) for _ in range(GIFTS))
        )
        self.gifts = sum(answer.placed for answer in answers)
        await asyncio.to_thread(fault.heal)
        await self.until_arrived()
        self.again = await self.repeated() - before

    async def repeated(self) -> int:
        """Count the lines that came although the collector had them."""
        return sum(row["times"] - 1 for row in await self.pod.lines())

    async def until_arrived(self) -> None:
        """Wait until nothing that was acknowledged is missing, for as long as more and more comes."""

        async def has_all() -> bool:
            there = await self.pod.collected()
            return self.acknowledged <= there.keys() and there["gift"] >= self.gifts

        agent, before = self.pod.stack.instance("agent-1"), -1
        ends = time.monotonic() + 2 * HAPPENS_WITHIN
        while time.monotonic() < ends and not await came_true(has_all, STILL):
            count = (await self.pod.collected()).total()
            if count == before and agent.ready:
                return
            before = count

    def _where(self, missing: set[str]) -> Iterator[str]:
        """Say of each file of the log, the oldest first, how many of its orders are missing."""
        for file in files(self.pod.stack.folder / "volume-log"):
            orders = {json.loads(line.text).get("id") for line in file.read(most=LIMIT)} & self.acknowledged
            if orders & missing:
                yield f"{file.name}, as it is called now: {len(orders & missing)} of {len(orders)} orders are missing"

    async def judge_lines(self) -> None:
        """Judge what the collector has against what customers were told."""
        there = await self.pod.collected()
        missing = self.acknowledged - there.keys()
        self.judge.claim(
            not missing,
            "a line arrives for each order that was acknowledged",
            f"{len(missing)} of {len(self.acknowledged)} are missing",
            evidence=list(self._where(missing))[-8:],
        )
        twice = [order for order, count in there.items() if count > 1 and order != "gift"]
        lines = [f"{order}: {there[order]} times" for order in twice[:3]]
        words, look = f"{len(twice)} lines are", "collector.ship"
        self.judge.claim(not twice, "no line arrives twice", words, evidence=lines, look=look)
        sentence = "lines that read alike are not taken for one: there is one for each gift"
        words = f"{there['gift']} lines for {self.gifts} gifts"
        self.judge.claim(there["gift"] == self.gifts, sentence, words, look=look)
        sentence = f"an agent that comes back ships a batch again at most, {MOST} lines"
        self.judge.claim(self.again <= MOST, sentence, f"it shipped {self.again} lines again", look="notes")
