"""Lines of the app's log, an agent that is killed when it hurts, and what is expected at the collector afterwards."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Awaitable, Callable, Iterator

from capsize.check import Judge
from capsize.check.draw import Draw, seed_of
from capsize.check.kit import account, until
from capsize.session.faults import Fault
from capsize.waiting import came_true
from shop.logfiles import files
from workbench.customers import Customers
from workbench.harbour_control import DONE_WITHIN
from workbench.labs.sidecar_control import STILL, Podside

SIZE = Draw(seed_of(), "the settings of 15.1").count(1900, 2500)  # bytes of a file of the log: some twenty lines
HOLDS, DEATHS, FAILED = 3, 2, 1  # times at which the agent is killed with a batch in hand, the app, and calls that fail
AT_ONCE, PAUSE, LIMIT = 3, 0.06, 400  # customers, seconds between two orders of one of them, and orders in all
LOOKS = 15  # at the collector, without anything new, after which an agent has nothing in hand
DEAD_FOR = 120.0  # seconds for which an agent is kept from coming back, at most
HAPPENS_WITHIN = 20.0  # seconds in which the next thing happens, on a busy machine too


class Lines:
    """Customers who go on ordering, and the moments at which app and agent are killed, drawn by a seed."""

    def __init__(self, judge: Judge, pod: Podside, customers: Customers) -> None:
        self.judge, self.pod, self.customers, self.draw = judge, pod, customers, judge.draw
        self.desk = pod.collecting
        points = self.draw.sample(["before", "after", "after"], HOLDS)
        calls = self.draw.sample(range(2, 2 + 4 * (HOLDS + 2 * FAILED), 4), HOLDS + 2 * FAILED)  # apart from each other
        self.hold = dict(zip(calls, points, strict=False))
        others = calls[HOLDS:]
        self.fail, self.lose = others[:FAILED], others[FAILED:]
        self.deaths = sorted(self.draw.sample(range(20, 100, 10), DEATHS))  # of the app, after so many orders
        self.acknowledged: set[str] = set()
        self.unseen: set[str] = set()  # of these, what was ordered while there was no agent
        self.asked, self.gifts, self.again, self.in_hand, self.is_over = 0, 0, 0, 0, False
        judge.point(line=1)

    async def keep_ordering(self) -> None:
        """Order again and again, and remember what was acknowledged; an app that is dead acknowledges nothing."""
        while not self.is_over and self.asked < LIMIT:
            await self.order()
            await asyncio.sleep(PAUSE)

    async def order(self) -> None:
        self.asked += 1
        answer = await self.customers.order({self.draw.choice(("shackle", "oakum")): self.draw.count(1, 3)})
        if answer.placed:
            self.acknowledged.add(answer.body["id"])

    async def kill_both(self) -> None:
        """Kill the agent whenever the collector holds a batch of it, and the app at its drawn moments."""
        await self.desk.tell("collector", hold=self.hold, fail=self.fail, lose=self.lose)
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
            f" before or after the collector kept it ({killed} of {HOLDS} times); the collector refused one"
            " batch, and lost its answer to one"
        )

    async def kill_app(self) -> None:
        for death in self.deaths:
            await until(
                lambda death=death: len(self.acknowledged) >= death or self.asked >= LIMIT,
                "orders are placed while the agent is killed",
                within=HAPPENS_WITHIN,
                line=1,
            )
            await self.pod.kill("shop")

    async def order_unseen(self) -> None:
        """Go on ordering while there is no agent, for several files of the log; then it comes back."""
        count, gifts = self.draw.count(85, 105), self.draw.count(9, 14)
        self.judge.done(f"stopped the agent by SIGKILL, placed {count} orders and gave {gifts} gifts, and started it")
        await self.until_arrived()
        await until(self.is_calm(), "the agent is up and has nothing in hand", within=HAPPENS_WITHIN, line=1)
        keeping = asyncio.create_task(self.keep_dead())
        seen, known = len(self.customers.answers), set(self.acknowledged)
        await asyncio.gather(*(self.order() for _ in range(count)))
        gift = {"cents": self.draw.amount(100, 900)}
        answers = await asyncio.gather(*(self.customers.ask("POST", "/gifts", json=gift) for _ in range(gifts)))
        account(self.judge, self.customers.answers[seen:], expected={"201"}, sentence="the app needs no agent to sell")
        self.gifts, self.unseen = len(answers), self.acknowledged - known
        await self.kill_over_the_backlog(keeping)
        await self.until_arrived()
        self.again = await self.repeated() - self.again

    def is_calm(self) -> Callable[[], Awaitable[bool]]:
        """Return a question: is the agent up, and has nothing come from it for a number of looks?"""
        seen, agent = [-1], self.pod.stack.instance("agent-1")

        async def calm() -> bool:
            seen.append(sum(row["times"] for row in await self.pod.lines()) if agent.ready else -len(seen))
            return len(seen) > LOOKS and len(set(seen[-LOOKS:])) == 1

        return calm

    async def keep_dead(self) -> Fault:
        """Kill the agent, and again whenever its restart policy has it back, until this is cancelled."""
        agent = self.pod.stack.instance("agent-1")
        fault: Fault = await asyncio.to_thread(agent.kill)
        with contextlib.suppress(asyncio.CancelledError):
            while True:
                await until(lambda: agent.pid, "the agent is started again", within=DEAD_FOR, line=1)
                await asyncio.to_thread(agent.kill)
        return fault

    async def kill_over_the_backlog(self, keeping: asyncio.Task[Fault]) -> None:
        """Start the agent, and kill it once more over a later batch of what has piled up."""
        later = self.draw.count(3, 4)
        await self.desk.tell("collector", hold={later - 1: "after", later: "after"})
        keeping.cancel()
        await asyncio.to_thread((await keeping).heal)
        self.again = await self.repeated()
        before = await self.kept_at_a_hold()
        await self.desk.release()
        if before and (kept := await self.kept_at_a_hold()):
            await self.pod.kill("agent")
            self.in_hand = kept - before
            self.judge.done(f"killed the agent once more, over batch {later} of what was there: {self.in_hand} lines")
        else:
            self.judge.done("killed the agent not once more: it shipped what was there in few batches")
        await self.desk.tell("collector")
        await self.desk.release()

    async def kept_at_a_hold(self) -> int:
        """Wait until the collector holds a call; return how many lines it has then, 0 if there is no such call."""

        async def is_decided() -> bool:
            return bool(await self.desk.holds()) or await self.has_all()

        decided = await came_true(is_decided, DONE_WITHIN / 2)
        return len(await self.pod.lines()) if decided and await self.desk.holds() else 0

    async def repeated(self) -> int:
        """Count the lines that came although the collector had them."""
        return sum(row["times"] - 1 for row in await self.pod.lines())

    async def has_all(self) -> bool:
        there = await self.pod.collected()
        return self.acknowledged <= there.keys() and there["gift"] >= self.gifts

    async def until_arrived(self) -> None:
        """Wait until nothing that was acknowledged is missing, for as long as more and more comes."""
        agent, before = self.pod.stack.instance("agent-1"), -1
        ends = time.monotonic() + HAPPENS_WITHIN
        while time.monotonic() < ends and not await came_true(self.has_all, STILL):
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
        sentence = "the log began new files while the agent was dead, and no line of them is missing"
        self.judge_missing(missing & self.unseen, self.unseen, sentence, line=3)
        self.judge_missing(missing, self.acknowledged, "a line arrives for each order that was acknowledged", line=1)
        twice = [order for order, count in there.items() if count > 1 and order != "gift"]
        lines = [f"{order}: {there[order]} times" for order in twice[:3]]
        words, look = f"{len(twice)} lines are", "collector.ship"
        self.judge.claim(not twice, "no line arrives twice", words, evidence=lines, look=look, line=2)
        sentence = "lines that read alike are not taken for one: there is one for each gift"
        words = f"{there['gift']} lines for {self.gifts} gifts"
        self.judge.claim(there["gift"] == self.gifts, sentence, words, look=look, line=2)
        sentence = f"an agent that comes back ships again what it had in hand, {self.in_hand} lines, and no more"
        words = f"it shipped {self.again} lines again"
        self.judge.claim(self.again <= self.in_hand, sentence, words, look="notes", line=4)

    def judge_missing(self, missing: set[str], of: set[str], sentence: str, *, line: int) -> None:
        words = f"{len(missing)} of {len(of)} are missing"
        evidence = list(self._where(missing))[-8:]
        self.judge.claim(not missing, sentence, words, evidence=evidence, line=line)
