"""Exercise 5.1: copies that renew their leases or fall silent, and watchers who want to hear of each change at once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from typing import Any

import httpx
from lab05_leases import Beaten, Look, Names

from capsize.check import Judge
from capsize.check.kit import too_busy, until
from capsize.session.running import RunningStack

LEASE, BEAT = 2.5, 0.4  # seconds
LATE = 1.0  # seconds that a registry may take to notice
SOON = 10.0  # seconds within which the platform's copies do what they do, on a busy machine too
LOOK = 0.04  # seconds between two looks at a list
SETTLED_WITHIN = 20.0  # seconds in which the platform's own copies are listed, on a busy machine too
WATCHERS = 12
PATIENCE = 6.0  # seconds that a watcher waits for news: no lease ends by itself as late as that


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

    async def watch(self, service: str, known: Names, seconds: float = PATIENCE) -> Look:
        sent, body = time.monotonic(), {"copies": known, "seconds": seconds}
        told = await self.call("POST", f"/services/{service}/watch", json=body)
        return Look(sent, time.monotonic(), {name: one["address"] for name, one in told.items()})

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
            await until(lambda copy=copy: copy.taken > copy.sent, "a renewal is answered", within=PATIENCE)

    # line 1

    async def judge_silence(self) -> None:
        """Judge when those who fall silent are gone, and that nobody else is."""
        self.judge.point(line=1, look="def renew")
        await asyncio.sleep(LEASE)  # so that a lease that counts from the first word is over
        mine, other = self.services
        silent = self.judge.draw.sample(self.of(mine), self.judge.draw.count(1, 2))
        self.judge.done(
            f"registered {len(self.copies)} copies of two services, and had {len(silent)} of them fall silent"
        )
        await self.fall_silent(silent)
        over = max(copy.taken for copy in silent) + LEASE + LATE
        seen: list[Look] = []
        while time.monotonic() < over + 2 * LOOK:
            seen.append(await self.look(mine))
            self.claim_others(await self.look(other), other)
            await asyncio.sleep(LOOK)
            self.still_well()
        for copy in silent:
            self.claim_end(copy, seen)

    def claim_others(self, look: Look, service: str) -> None:
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
        for look in seen:
            missing = sorted(look.sure - look.copies.keys())
            self.judge.claim(not missing, "nobody else is gone with it", ", ".join(missing), look="def copies")

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
            copy.address, copy.silent, copy.renewed = self.address(), False, 0.0
            await self.renew(copy)
            listed = (await self.look(copy.service)).copies
            words = f"{copy.name} is at {copy.address}, and listed at {listed.get(copy.name, 'no address')}"
            self.judge.claim(
                listed.get(copy.name) == copy.address, "a copy is listed where it said last that it is", words
            )
        self.still_well()

    # line 4

    async def judge_patience(self) -> None:
        """Judge that watchers without news are answered when their time is over, and hold up nobody."""
        self.judge.point(line=4, look="def watch")
        service, seconds = self.services[1], self.judge.draw.uniform(1.6, 1.9)
        self.judge.done(f"had {WATCHERS} watchers wait for news while nothing changed, and copies renewed their leases")
        known = self.expected(service)
        watching = asyncio.gather(*(self.watch(service, known, seconds) for _ in range(WATCHERS)))
        slowest = await self.slowest_until(watching)
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
        self.judge.claim(all(a.copies == known for a in answers), "it is told the copies that there are", "others")

    def refuse_if_lapsed(self) -> None:
        """Raise CapsizeError where renewals were so late that a right registry has forgotten a copy."""
        if self.lapsed:
            raise too_busy(f"renewals of {', '.join(sorted(set(self.lapsed)))} were later than a lease of {LEASE:g} s")

    async def slowest_until(self, done: asyncio.Future[Any]) -> float:
        """Look at the lists until something is done; return the seconds of the slowest look: how busy all are."""
        slowest = 0.0
        while not done.done():
            look = await self.look(self.services[0])
            slowest = max(slowest, look.heard - look.sent)
            await asyncio.sleep(LOOK)
        self.still_well()
        return slowest

    # line 3

    async def judge_news(self) -> None:
        """Judge that watchers hear at once when a copy comes, moves, says goodbye, and when its lease ends."""
        self.judge.point(line=3, look="def watch")
        service = self.judge.draw.victim(self.services)
        self.judge.done("watched while a copy came, one moved, one said goodbye, and one fell silent")
        new = Beaten(service, self.judge.draw.names(1)[0] + "-new", self.address())
        moved, left, silent = self.judge.draw.sample([c for c in self.of(service) if not c.silent], 3)

        async def come() -> None:
            self.copies.append(new)
            await self.renew(new)
            self.beating.append(asyncio.create_task(self.keep_beating(new)))

        async def move() -> None:
            moved.address = self.address()
            await self.renew(moved)

        async def leave() -> None:
            await self.fall_silent([left])
            await self.call("DELETE", left.path)

        for act, what in ((come, "a copy comes"), (move, "a copy moves"), (leave, "a copy says goodbye")):
            told, happened, slowest = await self.news(service, act)
            self.claim_news(told, happened + slowest, service, what)
        told, _, slowest = await self.news(service, lambda: self.fall_silent([silent]))
        self.claim_news(told, silent.taken + LEASE + slowest, service, "a lease ends")
        sentence = "a watcher does not hear of the end of a lease before it ends"
        words = f"it heard {told.heard - silent.taken:.1f} s after the last renewal"
        self.judge.claim(told.heard > silent.sent + LEASE, sentence, words)

    async def news(self, service: str, act: Any) -> tuple[Look, float, float]:
        """Watch, then act; return what the slowest watcher was told, when it happened, and the slowest look."""
        known = self.expected(service)
        watching = [asyncio.create_task(self.watch(service, known)) for _ in range(3)]
        await asyncio.sleep(self.judge.draw.uniform(0.2, 0.5))
        await act()
        happened = time.monotonic()
        answers = asyncio.gather(*watching)
        slowest = await self.slowest_until(answers)
        self.refuse_if_lapsed()
        return max(await answers, key=lambda one: one.heard), happened, slowest

    def claim_news(self, told: Look, happened: float, service: str, what: str) -> None:
        late = told.heard - happened
        sentence = f"a watcher hears at once when {what}"
        self.judge.claim(late < LATE, sentence, f"after {late:.1f} s")
        expected = self.expected(service)
        words = f"it was told {told.copies}, and there are {expected}"
        self.judge.claim(told.copies == expected, "what it hears is what there is now", words)
