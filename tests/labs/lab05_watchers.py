"""Exercise 5.1: watchers who want to hear of each change at once, and of nothing else before their time is over."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from lab05_leases import Beaten, Look, Names
from lab05_registry import LATE, LEASE, LOOK, Leaseholders

from capsize.check.kit import during, too_busy

WATCHERS = 12
PATIENCE = 6.0  # seconds that a watcher waits for news: no lease ends by itself as late as that
QUIET = 0.6  # seconds before the end of a lease from which on nobody calls the registry

Act = Callable[[], Awaitable[None]]


class Watchers:
    """Those who wait for news of the services whose copies the leaseholders play."""

    def __init__(self, holders: Leaseholders) -> None:
        self.holders, self.judge = holders, holders.judge

    async def watch(self, service: str, known: Names, seconds: float = PATIENCE) -> Look:
        sent, body = time.monotonic(), {"copies": known, "seconds": seconds}
        told = await self.holders.call("POST", f"/services/{service}/watch", json=body)
        return Look(sent, time.monotonic(), {name: one["address"] for name, one in told.items()})

    # line 4

    async def judge_patience(self) -> None:
        """Judge that watchers without news are answered when their time is over, and hold up nobody."""
        self.judge.point(line=4, look="def watch")
        service, seconds = self.holders.services[1], self.judge.draw.uniform(1.6, 1.9)
        self.judge.done(f"had {WATCHERS} watchers wait for news while nothing changed, and copies renewed their leases")
        known = self.holders.expected(service)
        nobody = self.judge.draw.names(1)[0] + "-nobody"  # a service that has no copies is watched, too
        watched = [(service, known)] * WATCHERS + [(nobody, {})]
        watching = asyncio.gather(*(self.watch(name, copies, seconds) for name, copies in watched))
        slowest = await self.slowest_until(watching, f"/services/{self.holders.services[0]}")
        answers = await watching
        words = f"a call took {slowest:.1f} s, while watchers waited for {seconds:.1f} s"
        self.judge.claim(slowest < 0.8 * seconds, "watchers hold up nobody", words)
        self.refuse_if_lapsed()
        waited = sorted(answer.heard - answer.sent for answer in answers)
        sentence = "a watcher who knows the newest is not answered before the time is over that it waits"
        self.judge.claim(waited[0] > seconds - 0.1, sentence, f"after {waited[0]:.2f} s of {seconds:.2f} s")
        sentence = "it is answered when that time is over"
        self.judge.claim(
            waited[-1] < seconds + LATE + slowest, sentence, f"after {waited[-1]:.2f} s of {seconds:.2f} s"
        )
        told = [answer.copies for answer in answers]
        are_right = told == [copies for _, copies in watched]
        self.judge.claim(are_right, "it is told the copies that there are", "others")

    def refuse_if_lapsed(self) -> None:
        """Raise CapsizeError where renewals were so late that a right registry has forgotten a copy."""
        if late := sorted(set(self.holders.lapsed)):
            raise too_busy(f"renewals of {', '.join(late)} were later than a lease of {LEASE:g} s")

    async def slowest_until(self, done: asyncio.Future[Any], path: str) -> float:
        """Call the registry until something is done; return the seconds of the slowest call: how busy all are."""
        slowest = 0.0
        while not done.done():
            sent = time.monotonic()
            await self.holders.call("GET", path)
            slowest = max(slowest, time.monotonic() - sent)
            await asyncio.sleep(LOOK)
        self.holders.still_well()
        return slowest

    # line 3

    async def judge_news(self) -> None:
        """Judge that watchers hear at once when a copy comes, moves, says goodbye, and when its lease ends."""
        self.judge.point(line=3, look="def watch")
        holders, service = self.holders, self.judge.draw.victim(self.holders.services)
        self.judge.done("watched while a copy came, one moved, one said goodbye, and one fell silent")
        new = Beaten(service, self.judge.draw.names(1)[0] + "-new", holders.address())
        moved, left, silent = self.judge.draw.sample(holders.of(service), 3)

        async def come() -> None:
            holders.copies.append(new)
            await holders.renew(new)
            holders.beating.append(asyncio.create_task(holders.keep_beating(new)))

        acts: dict[str, Act] = {
            "a copy comes": come,
            "a copy moves": lambda: holders.speak(moved, holders.address()),
            "a copy says goodbye": lambda: holders.say_goodbye(left),
        }
        for what, act in acts.items():
            told, happened, slowest = await self.news(service, act)
            self.claim_heard(told, happened + slowest, what)
            self.claim_told(told, holders.expected(service), holders.expected(service))
        async with during(holders.stack.edge("orders", "registry").cut):  # or else copies of orders call it, too
            await self.judge_end(service, silent)

    async def judge_end(self, service: str, silent: Beaten) -> None:
        """Judge that watchers hear of the end of a lease by itself: no call comes at that moment."""
        holders = self.holders
        others = [copy for copy in holders.copies if copy is not silent and not copy.silent]

        async def fall_silent() -> None:
            await holders.fall_silent([silent])
            await asyncio.sleep(silent.taken + LEASE - QUIET - time.monotonic())
            await holders.fall_silent(others)

        self.judge.done("the others fell silent, too, shortly before its lease ended")
        told, _, slowest = await self.news(service, fall_silent)
        self.claim_heard(told, silent.taken + LEASE + slowest, "a lease ends")
        sentence = "a watcher does not hear of the end of a lease before it ends"
        words = f"it heard {told.heard - silent.taken:.1f} s after the last renewal"
        self.judge.claim(told.heard > silent.sent + LEASE, sentence, words)
        left = [copy for copy in others if copy.service == service]
        lasting = {copy.name: copy.address for copy in left if copy.renewed + LEASE > told.heard}
        self.claim_told(told, lasting, {copy.name: copy.address for copy in left})

    async def news(self, service: str, act: Act) -> tuple[Look, float, float]:
        """Watch, then act; return what the slowest watcher was told, when it happened, and the slowest call.

        The calls ask for what has nothing to do with leases: nothing but news is to wake a watcher.
        """
        known = self.holders.expected(service)
        watching = [asyncio.create_task(self.watch(service, known)) for _ in range(3)]
        await asyncio.sleep(self.judge.draw.uniform(0.2, 0.5))
        await act()
        happened = time.monotonic()
        answers = asyncio.gather(*watching)
        slowest = await self.slowest_until(answers, "/healthz")
        self.refuse_if_lapsed()
        return max(await answers, key=lambda one: one.heard), happened, slowest

    def claim_heard(self, told: Look, happened: float, what: str) -> None:
        late = told.heard - happened
        self.judge.claim(late < LATE, f"a watcher hears at once when {what}", f"after {late:.1f} s")

    def claim_told(self, told: Look, least: Names, most: Names) -> None:
        is_right = least.items() <= told.copies.items() <= most.items()
        words = f"it was told {told.copies}, and there are {most}"
        self.judge.claim(is_right, "what it hears is what there is now", words)
