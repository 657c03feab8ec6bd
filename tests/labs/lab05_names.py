"""Exercise 5.3: names whose answers change, names that are not there, and a name server that is away in each form."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass

import httpx

from capsize.check import Judge
from capsize.check.kit import account, forms, until
from capsize.check.kit.forms import Form
from capsize.session.running import RunningStack
from workbench.customers import Answer, Customers

LOOK = 0.05  # seconds between two questions for a name
SLACK = 0.4  # seconds that an answer may take from the zone to the customer
NAMES = 40  # more than are used, for none is used twice
KNOWN, BACK_WITHIN = 3, 2.0  # seconds: a TTL, and when a server that is back is asked again, on a busy machine too
SERVFAIL = Form("answers SERVFAIL", [])
HEARD_WITHIN = 15.0  # seconds until each name has had an answer, on a busy machine too


@dataclass(frozen=True)
class Heard:
    """Where a name led for a customer, and between which moments."""

    sent: float
    heard: float
    addresses: list[str]


@dataclass(frozen=True)
class Case:
    """A form in which the name server is away, and names: one with addresses, one that is not there, a new one."""

    form: Form
    known: str
    missing: str
    strange: str
    before: list[str]


class Names:
    """The zone, which the check writes, and customers who ask the shop where its names lead."""

    def __init__(self, stack: RunningStack, judge: Judge, zone: httpx.AsyncClient, customers: Customers) -> None:
        self.stack, self.judge, self.zone, self.customers = stack, judge, zone, customers
        self.edge = stack.edge("shop", "endpoints")
        self.looking: list[asyncio.Task[None]] = []
        self.unused = iter(judge.draw.names(NAMES))

    def names(self, count: int) -> list[str]:
        return [f"{next(self.unused)}.shop.test" for _ in range(count)]

    def addresses(self) -> list[str]:
        ports = self.judge.draw.sample(range(20_000, 60_000), self.judge.draw.count(1, 3))
        return sorted(f"127.0.0.1:{port}" for port in ports)

    async def say(self, name: str, **entry: object) -> None:
        (await self.zone.put(f"/zone/{name}", json=entry)).raise_for_status()

    async def asked(self, name: str) -> int:
        return int((await self.zone.get("/asked")).raise_for_status().json().get(name, 0))

    async def look(self, name: str) -> Answer:
        return await self.customers.read(f"/names/{name}")

    async def begin_looking(self, names: Iterable[str]) -> dict[str, list[Heard]]:
        """Have customers ask for names again and again, and go on when each has had an answer."""
        heard: dict[str, list[Heard]] = {name: [] for name in names}
        self.looking = [asyncio.create_task(self.keep_looking(name, heard[name])) for name in heard]
        told = "every question for a name is answered"
        await until(lambda: self.is_over() or all(heard.values()), told, within=HEARD_WITHIN, line=self.judge.line)
        return heard

    async def keep_looking(self, name: str, heard: list[Heard]) -> None:
        """Ask for a name again and again; every answer has to be 200."""
        while True:
            sent = time.monotonic()
            answer = await self.look(name)
            account(self.judge, [answer], expected={"200"}, sentence="every question for a name is answered (200)")
            heard.append(Heard(sent, time.monotonic(), sorted(answer.body)))
            await asyncio.sleep(LOOK)

    def is_over(self) -> bool:
        """Return whether a customer was refused an answer, which ends the asking."""
        return any(task.done() for task in self.looking)

    async def end_looking(self, seconds: float) -> None:
        """Let customers ask for so many seconds more. Raise the Refusal that one of them has met."""
        await asyncio.wait(self.looking, timeout=seconds, return_when=asyncio.FIRST_EXCEPTION)
        for task in self.looking:
            if task.done():
                task.result()
            task.cancel()
        await asyncio.gather(*self.looking, return_exceptions=True)

    # line 1

    async def judge_ttl(self) -> None:
        """Judge how often names are asked for, and how long an old answer is used after a change."""
        self.judge.point(line=1, look="async def resolve")
        ttls = self.judge.draw.sample([0, 1, 2, 3], 4)
        names = dict(zip(self.names(4), ttls, strict=True))
        self.judge.done(f"asked for four names again and again, with TTLs of {', '.join(map(str, sorted(ttls)))} s")
        before = {name: self.addresses() for name in names}
        for name, ttl in names.items():
            await self.say(name, addresses=before[name], ttl=ttl)
        answers = await self.begin_looking(names)
        await asyncio.sleep(self.judge.draw.uniform(0.3, 0.9))
        after, changed = {name: self.addresses() for name in names}, {}
        for name, ttl in names.items():
            await self.say(name, addresses=after[name], ttl=ttl)
            changed[name] = time.monotonic()
        await self.end_looking(max(ttls) + SLACK + 3 * LOOK)
        for name, ttl in names.items():
            known, heard = (before[name], after[name]), answers[name]
            wrong = [one.addresses for one in heard if one.addresses not in known]
            self.judge.claim(not wrong, "an answer is what the zone says, or said", f"{wrong[:1]} and not {known}")
            if ttl:
                self.claim_fresh(name, ttl, [one for one in heard if one.addresses == before[name]], changed[name])
        for name, ttl in names.items():
            await self.claim_asked(name, ttl, answers[name])

    def claim_fresh(self, name: str, ttl: int, old: list[Heard], changed: float) -> None:
        late = max((one.sent - changed for one in old), default=0.0)
        sentence = "when a name leads elsewhere, callers follow within its TTL"
        self.judge.claim(late <= ttl + SLACK, sentence, f"{name}, TTL {ttl} s: the old answer after {late:.1f} s")

    async def claim_asked(self, name: str, ttl: int, heard: list[Heard]) -> None:
        asked, seconds = await self.asked(name), heard[-1].heard - heard[0].sent
        if ttl == 0:
            sentence = "an answer with a TTL of 0 is used once"
            words = f"{name}: {len(heard)} questions, and the name server was asked {asked} times"
            self.judge.claim(asked >= len(heard), sentence, words)
            return
        most = int(seconds / ttl) + 1
        words = f"{name}, TTL {ttl} s: asked {asked} times in {seconds:.1f} s"
        self.judge.claim(asked <= most, "while the TTL lasts, the name server is not asked again", words)

    # line 2

    async def judge_missing(self) -> None:
        """Judge names that are not there: asked for as seldom as the zone allows, and found when they come."""
        self.judge.point(line=2, look="soa_minimum")
        first, second, gone = self.names(3)
        small, big = 1, self.judge.draw.count(6, 9)
        times = {first: (small, big), second: (big, small)}
        self.judge.done("asked for two names that did not exist, and made them, and for one that was taken away")
        for name, (ttl, minimum) in times.items():
            await self.say(name, soa_ttl=ttl, soa_minimum=minimum)
        await self.say(gone, addresses=self.addresses(), ttl=small)
        answers = await self.begin_looking([*times, gone])
        await asyncio.sleep(self.judge.draw.uniform(1.3, 1.8))
        mine, made, asked = {name: self.addresses() for name in times}, {}, {}
        for name in times:
            asked[name] = await self.asked(name)
            await self.say(name, addresses=mine[name], ttl=60)
            made[name] = time.monotonic()
        await self.say(gone, soa_ttl=big, soa_minimum=big)
        taken = time.monotonic()
        await self.end_looking(small + SLACK + 1)
        for name, (ttl, minimum) in times.items():
            heard = answers[name]
            about = f"{name}, SOA's TTL {ttl} s, minimum {minimum} s"
            odd = [one.addresses for one in heard if one.addresses not in ([], mine[name])]
            self.judge.claim(not odd, "a name that is not there has no address", f"{about}: {odd[:1]}")
            most = int((made[name] - heard[0].sent) / small) + 1
            sentence = '"no such name" is remembered for the smaller of the two times'
            self.judge.claim(asked[name] <= most, sentence, f"{about}: asked {asked[name]} times")
            late = max((one.sent - made[name] for one in heard if not one.addresses), default=0.0)
            sentence = "a new name is found when that time is over"
            self.judge.claim(late <= small + SLACK, sentence, f"{about}: still not there after {late:.1f} s")
        late = max((one.sent - taken for one in answers[gone] if one.addresses), default=0.0)
        sentence = '"no such name" takes the place of addresses whose TTL is over'
        self.judge.claim(late <= small + SLACK, sentence, f"{gone}: still there after {late:.1f} s")

    # line 3

    async def judge_away(self) -> None:
        """Judge that what was known goes on being used while the name server is away, and that nothing is made up."""
        self.judge.done("took the name server away in each form, with one name known and another one not")
        cases = [Case(form, *self.names(3), self.addresses()) for form in (*forms(self.edge), SERVFAIL)]
        for case in cases:
            await self.say(case.known, addresses=case.before, ttl=KNOWN)
            await self.say(case.missing, soa_ttl=KNOWN, soa_minimum=KNOWN)
            for name in (case.known, case.missing):
                account(self.judge, [await self.look(name)], expected={"200"})
        await asyncio.sleep(KNOWN + 0.1)
        for case in cases:
            await self.judge_form(case)

    async def judge_form(self, case: Case) -> None:
        self.judge.point(line=3, look="async def resolve")
        form, known, missing, strange = case.form, case.known, case.missing, case.strange
        after, own = self.addresses(), self.addresses()
        fails = {"fails": True} if form is SERVFAIL else {}
        for name in (known, missing, strange):
            await self.say(name, addresses=own, ttl=60, **fails)
        async with form:
            sentence = f"while the name server {form.name}, nobody is told that a name is not there (503)"
            account(self.judge, [await self.look(strange)], expected={"503"}, sentence=sentence)
            told = [await self.look(name) for name in (known, missing, known)]
            sentence = f"while the name server {form.name}, the last answer is used"
            account(self.judge, told, expected={"200"}, sentence=sentence)
            self.claim_all(told, (case.before, [], case.before), sentence)
            if form is SERVFAIL:
                await self.claim_nothing_kept(known, strange)
        await self.say(strange, addresses=own, ttl=60)
        await self.say(known, addresses=after, ttl=1)
        sentence = "when the name server is back, it is asked again"
        await self.judge.eventually(lambda: self.lead(known, after), sentence, "old answers", within=BACK_WITHIN)
        await self.judge.eventually(lambda: self.lead(strange, own), sentence, "no answer", within=BACK_WITHIN)

    async def claim_nothing_kept(self, known: str, strange: str) -> None:
        """Claim that a failure is not remembered: it hears each question, and fails."""
        for name, line in ((known, 1), (strange, 3)):
            before, looks = await self.asked(name), self.judge.draw.count(2, 4)
            for _ in range(looks):
                await self.look(name)
            asked = await self.asked(name) - before
            sentence = "a name server that fails is asked again with the next question"
            words = f"{name}: {looks} questions, and it was asked {asked} times"
            self.judge.claim(asked >= looks, sentence, words, line=line)

    def claim_all(self, told: Iterable[Answer], expected: Iterable[list[str]], sentence: str) -> None:
        for answer, addresses in zip(told, expected, strict=True):
            self.judge.claim(sorted(answer.body) == addresses, sentence, f"{answer.body} and not {addresses}")

    async def lead(self, name: str, addresses: list[str]) -> bool:
        answer = await self.look(name)
        return answer.kind == "200" and sorted(answer.body) == addresses
