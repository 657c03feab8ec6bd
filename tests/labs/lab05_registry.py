"""Exercise 5.1: copies that renew their leases, fall silent, say goodbye and come back, and lists that say so."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from typing import Any

import httpx
from lab05_leases import Beaten, Look, Names

from capsize.check import Judge
from capsize.check.kit import until
from capsize.session.running import RunningStack

LEASE, BEAT = 2.5, 0.4  # seconds
LATE = 1.0  # seconds that a registry may take to notice
SHORT = 0.4  # seconds for which a copy is gone at most that says goodbye and comes back
SOON = 10.0  # seconds within which the platform's copies do what they do, on a busy machine too
LOOK = 0.04  # seconds between two looks at a list
SETTLED_WITHIN = 20.0  # seconds in which the platform's own copies are listed, on a busy machine too
HEARD_WITHIN = 6.0  # seconds within which the registry takes a renewal, on a busy machine too


class Leaseholders:
    """Copies of two services, with the same names in both, at the learner's registry."""

    def __init__(self, stack: RunningStack, judge: Judge, client: httpx.AsyncClient) -> None:
        self.stack, self.judge, self.client = stack, judge, client
        self.services = judge.draw.names(2)
        names = judge.draw.names(judge.draw.count(3, 5))
        self.copies = [Beaten(service, name, self.address()) for service in self.services for name in names]
        self.beating: list[asyncio.Task[None]] = []
        self.lapsed: list[str] = []  # whose leases ended because this machine was slow

    def address(self) -> str:
        return f"127.0.0.1:{self.judge.draw.randint(20_000, 60_000)}"

    def of(self, service: str) -> list[Beaten]:
        return [copy for copy in self.copies if copy.service == service]

    def expected(self, service: str) -> Names:
        return {copy.name: copy.address for copy in self.of(service) if not copy.silent}

    async def call(self, method: str, path: str, **more: Any) -> Any:
        """Call the registry, which has to answer 200; the answer's JSON."""
        try:
            answer = await self.client.request(method, path, **more)
        except httpx.TimeoutException as error:
            sentence, got = (
                "the registry answers every call",
                f"{method} {path}: nothing for {error.request.extensions['timeout']['read']:g} s",
            )
            self.judge.claim(False, sentence, got)
            raise
        if answer.status_code != 200:
            self.judge.claim(False, "the registry answers every call (200)", answer.status_code, evidence=answer)
        return answer.json()

    async def renew(self, copy: Beaten) -> None:
        async with copy.speaking:
            copy.sent = time.monotonic()
            await self.call("PUT", copy.path, json={"address": copy.address})
            copy.taken = time.monotonic()
            if copy.renewed and copy.taken > copy.renewed + LEASE:
                self.lapsed.append(copy.name)
            copy.renewed = copy.sent

    async def look(self, service: str) -> Look:
        sent = time.monotonic()
        told = await self.call("GET", f"/services/{service}")
        heard = time.monotonic()
        sure = {one.name for one in self.of(service) if not one.silent and one.renewed + LEASE > heard}
        return Look(sent, heard, {name: one["address"] for name, one in told.items()}, frozenset(sure))

    async def begin(self) -> None:
        """Register all copies, and have each renew its lease again and again."""
        await asyncio.gather(*map(self.renew, self.copies))
        self.beating = [asyncio.create_task(self.keep_beating(copy)) for copy in self.copies]

    async def keep_beating(self, copy: Beaten) -> None:
        while True:
            await asyncio.sleep(BEAT)
            if not copy.silent:
                await self.renew(copy)

    def still_well(self) -> None:
        """Raise what a heartbeat has met."""
        for task in self.beating:
            if task.done():
                task.result()

    async def end(self) -> None:
        for task in self.beating:
            task.cancel()
        await asyncio.gather(*self.beating, return_exceptions=True)

    async def fall_silent(self, copies: Iterable[Beaten]) -> None:
        """Have copies beat no more, and wait until the last renewal of each was answered."""
        for copy in copies:
            copy.silent = True
        await asyncio.sleep(2 * LOOK)
        for copy in copies:
            await until(lambda copy=copy: copy.taken > copy.sent, "a renewal is answered", within=HEARD_WITHIN)

    async def say_goodbye(self, copy: Beaten) -> None:
        await self.fall_silent([copy])
        await self.call("DELETE", copy.path)

    async def speak(self, copy: Beaten, address: str) -> None:
        """Have a copy be heard from some address, and go on beating."""
        copy.address, copy.silent, copy.renewed = address, False, 0.0
        await self.renew(copy)

    # line 1

    async def judge_silence(self) -> None:
        """Judge when those who fall silent are gone, and that nobody else is."""
        self.judge.point(line=1, look="def renew")
        await asyncio.sleep(3 * BEAT)  # so that a lease which counts from the first word ends before the last word's
        mine, other = self.services
        silent = self.judge.draw.sample(self.of(mine), self.judge.draw.count(1, 2))
        self.judge.done(
            f"registered {len(self.copies)} copies of two services, and had {len(silent)} of them fall silent"
        )
        leaving = [copy for copy in self.of(mine) if copy not in silent][:2] + self.judge.draw.sample(self.of(other), 2)
        await self.come_back(leaving)
        await self.fall_silent(silent)
        over = max(copy.taken for copy in silent) + LEASE + LATE
        seen: list[Look] = []
        while time.monotonic() < over + 2 * LOOK:
            seen.append(await self.look(mine))
            self.claim_lasting(seen[-1], mine)
            self.claim_lasting(await self.look(other), other)
            await asyncio.sleep(LOOK)
            self.still_well()
        for copy in silent:
            self.claim_end(copy, seen)

    async def come_back(self, copies: list[Beaten]) -> None:
        """Have copies say goodbye and come back, while what they said before would still count."""
        self.judge.done(f"meanwhile {len(copies)} others said goodbye and came back")
        draw = self.judge.draw
        plans = [(copy, draw.uniform(0, SHORT), draw.choice([copy.address, self.address()])) for copy in copies]

        async def one(copy: Beaten, pause: float, address: str) -> None:
            await self.say_goodbye(copy)
            await asyncio.sleep(pause)
            await self.speak(copy, address)

        await asyncio.gather(*(one(*plan) for plan in plans))

    def claim_lasting(self, look: Look, service: str) -> None:
        listed, expected = look.copies, self.expected(service)
        wrong = sorted(f"{name} is not at {expected[name]}" for name in look.sure if listed.get(name) != expected[name])
        extra = sorted(f"{name} is listed" for name in listed.keys() - {copy.name for copy in self.of(service)})
        sentence = "a copy that goes on renewing its lease stays listed"
        self.judge.claim(not wrong and not extra, sentence, lambda: "; ".join([*wrong, *extra])[:200])

    def claim_end(self, copy: Beaten, seen: list[Look]) -> None:
        """Judge that a copy was listed until its lease ended, and then no more. Both moments are only known roughly."""
        early = [look for look in seen if copy.name not in look.copies and look.heard < copy.sent + LEASE]
        late = [look for look in seen if copy.name in look.copies and look.sent > copy.taken + LEASE + LATE]
        still = f"{copy.name} was gone {early[0].heard - copy.taken:.1f} s after its last renewal" if early else ""
        sentence = f"a silent copy stays listed until its lease of {LEASE:g} s ends"
        self.judge.claim(not early, sentence, still, look="def copies")
        gone = f"{copy.name} was listed {late[-1].sent - copy.taken:.1f} s after its last renewal" if late else ""
        sentence = f"a silent copy is not listed {LATE:g} s after its lease has ended"
        self.judge.claim(not late, sentence, gone, look="def copies")

    async def judge_platform(self) -> None:
        """Kill one of the platform's own copies and freeze another: they fall silent like any other."""
        self.judge.point(line=1, look="def copies", evidence=lambda: self.judge.story(self.stack, "orders"))
        self.judge.done("killed one copy of orders, froze another, and let it go on")
        instances = self.stack.service("orders").instances
        everybody = {one.name for one in instances}

        async def listed() -> set[str]:
            return set((await self.look("orders")).copies)

        async def are_listed(names: set[str]) -> bool:
            return await listed() == names

        await until(lambda: are_listed(everybody), "the copies of orders are listed", within=SETTLED_WITHIN, line=1)
        killed, frozen = self.judge.draw.sample(instances, 2)
        await asyncio.to_thread(killed.kill)
        await asyncio.to_thread(frozen.pause)
        left = everybody - {killed.name, frozen.name}
        sentence = "a copy that is killed and one that hangs are gone when their leases end"
        await self.judge.eventually(lambda: are_listed(left), sentence, "they are still listed", within=SOON)
        await asyncio.to_thread(frozen.resume)
        self.judge.point(line=2)
        sentence = "a copy that is heard again is listed again"
        await self.judge.eventually(
            lambda: are_listed(left | {frozen.name}), sentence, f"{frozen.name} is not listed", within=SOON
        )
        self.judge.point(evidence=())

    # line 2

    async def judge_return(self) -> None:
        """Judge that a copy which comes back, and one that moves, are listed at their new addresses."""
        self.judge.point(line=2, look="def renew")
        self.judge.done("had the silent copies come back and another one move, all to new addresses")
        back = [copy for copy in self.copies if copy.silent]
        moved = self.judge.draw.victim([copy for copy in self.copies if not copy.silent])
        for copy in (*back, moved):
            await self.speak(copy, self.address())
            listed = (await self.look(copy.service)).copies
            words = f"{copy.name} is at {copy.address}, and listed at {listed.get(copy.name, 'no address')}"
            self.judge.claim(
                listed.get(copy.name) == copy.address, "a copy is listed where it said last that it is", words
            )
        self.still_well()
