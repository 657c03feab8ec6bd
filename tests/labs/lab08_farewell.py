"""Exercise 8.4: every copy is replaced under load, and who asks it meanwhile hears how it leaves."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from itertools import dropwhile, islice, takewhile

import httpx
from lab08_stack import PLATFORM_ACTS_WITHIN, direct, listed, names_of

from capsize.check import Judge
from capsize.check.draw import Draw
from capsize.check.kit import SEED, browser, only, until
from capsize.runtime.control.supervisor import ENDPOINT_LAG
from capsize.runtime.control.timeline import Event
from capsize.runtime.tracebacks import own_line
from capsize.session.handles import InstanceHandle
from capsize.session.running import RunningStack
from capsize.stack.model import Stack
from workbench.raw_http import knock

PACE, STOCKTAKES, LATE = 60, 9, 8  # light requests a second, slow ones at any time, and slow ones while a copy leaves
LONG = Draw(SEED, "8.4").choice((1.7, 1.8, 1.9, 2.0))  # seconds that a slow one takes; they begin one after the other
CROWD = 16  # customers who come at once, again and again while the wires lead to a copy that has been told to leave
LOOK_EVERY = 0.01  # seconds
HEARD_WITHIN = 0.3  # seconds from "Terminating" until a copy has its signal
STRIKES = (0.08, 0.14, 0.2)  # seconds after it, within the wires' lag, at which customers come to a quiet copy
REGULARS, APART = 2, 0.9  # customers who come straight to a copy that leaves, and the seconds between them
LINES, FAILED = 200, "the farewell failed"


def slow_stocktakes(stack: Stack) -> Stack:
    """Have a stocktake take as long as was drawn."""
    kept = only("db", "shop")(stack)
    shop = kept.services["shop"]
    environment = {**shop.environment, "COUNTING_SECONDS": str(LONG)}
    return replace(kept, services={**kept.services, "shop": replace(shop, environment=environment)})


def failure(lines: list[str]) -> list[str]:
    """Return the farewell's failure and its traceback, up to the log's next entry; nothing where it did not fail."""
    rest = dropwhile(lambda line: FAILED not in line, lines)
    return [*islice(rest, 1), *takewhile(lambda line: not line[:1].isdigit(), rest)]


class Farewell:
    """Customers who look around and take stock, and a witness at each copy, while all copies are replaced."""

    def __init__(self, stack: RunningStack, judge: Judge) -> None:
        self.stack, self.judge = stack, judge
        self.copies = stack.service("shop").instances
        self.answers, self.lies = Counter[str](), Counter[str]()
        self.looks = self.counts = 0  # sent
        self.enough = asyncio.Event()
        judge.point(look="def leave", evidence=lambda: judge.story(stack, "shop"), line=1)

    async def judge_roll(self) -> None:
        """Judge a rolling restart under load."""
        self.judge.done(
            f"replaced every copy by a rolling restart, under {PACE} requests a second and {STOCKTAKES} stocktakes"
        )
        async with self._customers(), asyncio.TaskGroup() as witnesses:
            for copy in self.copies:
                witnesses.create_task(self._witness(copy))
                for number in range(REGULARS):
                    witnesses.create_task(self._come_straight(copy, number * APART))
            await until(self._has_begun, "the load begins", within=PLATFORM_ACTS_WITHIN)
            await asyncio.to_thread(self.stack.service("shop").roll)
            self.enough.set()
        self._judge_failures()
        self._judge_ends()
        self._judge_answers()
        self._judge_words()

    async def judge_quiet(self) -> None:
        """Judge a copy that is taken away while nobody is there, with customers who come right afterwards."""
        self.judge.done("took one copy away in a quiet moment, with customers who came right afterwards")
        self.answers.clear()
        before = len(self._terminating())
        scaling = asyncio.create_task(asyncio.to_thread(self.stack.service("shop").scale, len(self.copies) - 1))
        await until(lambda: len(self._terminating()) > before, "a copy is told to leave", within=PLATFORM_ACTS_WITHIN)
        told = self.stack.timeline.began + self._terminating()[-1].at
        for strike in STRIKES:
            await asyncio.sleep(told + strike - time.monotonic())
            await self._knock()
        await scaling
        self._judge_failures()
        self._judge_ends()
        self._judge_answers()

    def _terminating(self, *who: str) -> list[Event]:
        return self.stack.timeline.told("Terminating", *who or ("shop",))

    def _has_begun(self) -> bool:
        return self.looks >= PACE / 2 and self.counts >= STOCKTAKES

    @asynccontextmanager
    async def _customers(self) -> AsyncIterator[None]:
        """Have customers come while the block lasts, and wait for the answers of all."""
        async with browser(self.stack, "shop") as customer, asyncio.TaskGroup() as load:
            load.create_task(self._look_around(customer, load))
            load.create_task(self._rush(customer, load))
            for number in range(STOCKTAKES):
                load.create_task(self._take_stock(customer, number * LONG / STOCKTAKES))
            yield

    async def _look_around(self, customer: httpx.AsyncClient, load: asyncio.TaskGroup) -> None:
        """Ask for the items at a steady pace, whether answers come or not."""
        start = time.monotonic()
        while not self.enough.is_set():
            load.create_task(self._ask(customer, "/items"))
            self.looks += 1
            await asyncio.sleep(start + self.looks / PACE - time.monotonic())

    async def _rush(self, customer: httpx.AsyncClient, load: asyncio.TaskGroup) -> None:
        """Send a crowd whenever a copy has been told to leave, for as long as the wires may lead to it."""
        seen = 0
        while not self.enough.is_set():
            await asyncio.sleep(LOOK_EVERY)
            seen, before = len(self._terminating()), seen
            over = time.monotonic() + ENDPOINT_LAG
            for _ in range(LATE if seen > before else 0):  # they are at the copy when it closes its door
                load.create_task(self._ask(customer, "/stocktake"))
            while seen > before and time.monotonic() < over:
                await self._knock()

    async def _knock(self) -> None:
        for (status, _), count in (await knock(self.stack.url("shop"), "/items", CROWD)).items():
            self.answers[f"/items {status}"] += count

    async def _come_straight(self, copy: InstanceHandle, begins: float) -> None:
        """Take stock at a copy that leaves, by its own address and not by the wires, until its door is closed."""
        while not self._terminating(copy.name) and not self.enough.is_set():
            await asyncio.sleep(LOOK_EVERY)
        await asyncio.sleep(begins)
        with suppress(httpx.HTTPError):  # who does not ask the wires may be turned away
            while copy.state != "stopped":
                async with httpx.AsyncClient(trust_env=False, timeout=PLATFORM_ACTS_WITHIN) as regular:
                    await regular.get(direct(copy, "/stocktake"))

    async def _take_stock(self, customer: httpx.AsyncClient, begins: float) -> None:
        await asyncio.sleep(begins)
        while not self.enough.is_set():
            self.counts += 1
            await self._ask(customer, "/stocktake")

    async def _ask(self, customer: httpx.AsyncClient, path: str) -> None:
        try:
            said = str((await customer.get(path)).status_code)
        except httpx.HTTPError as error:
            said = type(error).__name__
        self.answers[f"{path} {said}"] += 1

    async def _witness(self, copy: InstanceHandle) -> None:
        """Count how often a copy calls itself ready to whom asks it after its SIGTERM."""
        async with httpx.AsyncClient(trust_env=False, timeout=2) as witness:
            while not self.enough.is_set() and copy.state != "stopped":
                asked, told = self.stack.timeline.seconds, self._terminating(copy.name)
                with suppress(httpx.HTTPError):
                    says = (await witness.get(direct(copy, "/ready"))).status_code
                    self.lies[copy.name] += bool(told and asked > told[0].at + HEARD_WITHIN and says == 200)
                await asyncio.sleep(5 * LOOK_EVERY)

    def _judge_failures(self) -> None:
        """Judge that no farewell raised; the log of a copy that is gone is still there."""
        logs = (copy.logs(LINES).splitlines() for copy in self.copies)
        said = next(filter(None, map(failure, logs)), [])
        place = own_line(said, self.judge.code)
        raised = [line for line in said[1:] if line and not line.startswith((" ", "Traceback"))]
        self.judge.claim(
            not said,
            "the farewell runs to its end",
            lambda: f"it raised {raised[-1]}" if raised else "it did",
            evidence=said[-12:],
            at=f"{place.file.name}:{place.line}" if place else None,
        )

    def _judge_ends(self) -> None:
        forced = names_of(self.stack, "killed", "shop")
        sentence = "every copy exits by itself, before its grace period is over"
        self.judge.claim(not forced, sentence, f"{listed(forced)} had to be killed", line=3)

    def _judge_answers(self) -> None:
        failed = {kind: count for kind, count in sorted(self.answers.items()) if not kind.endswith(" 200")}
        words = ", ".join(f"{count} x {kind}" for kind, count in failed.items())
        self.judge.claim(not failed, "no request fails", words)

    def _judge_words(self) -> None:
        liars = [name for name, count in self.lies.items() if count]
        sentence = "a copy that was sent SIGTERM does not call itself ready"
        self.judge.claim(not liars, sentence, f"{listed(liars)} did", line=2)
