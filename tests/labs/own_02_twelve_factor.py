"""The check of lab 02's task on your own: an office of another kind, in two copies beside each other."""

from __future__ import annotations

import asyncio
import json
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import httpx
from lab02_deploys import Deploys, ask, deploys, together
from lab02_running import LEAVES_WITHIN, SLACK, event_in

from capsize.audit import outside, tree
from capsize.audit.bench import Config
from capsize.audit.deploy import Deploy
from capsize.audit.resources import Attachment
from capsize.check import Judge, exercise
from capsize.waiting import came_true

REDIS = Attachment("REDIS_URL", "redis", "redis")
AT_ONCE = 16  # ships that ask for one berth
FEW, WANTED = 4, 3  # berths that are reserved one by one, and that many ships want
BEGUN = 0.2  # seconds in which a request that is on its way begins


@exercise("2.own", deadline=120)
async def test_an_office_runs_anywhere(judge: Judge):
    """Copies share their berths, lose no request and no event, and keep nothing on a disk."""
    async with deploys(judge, "own") as made:
        office = Office(made)
        await office.begin()
        await office.judge_berths()
        await office.judge_race()
        await office.judge_words()
        await office.judge_farewell()


@asynccontextmanager
async def idle(copy: Deploy) -> AsyncIterator[None]:
    """Keep two connections of a copy open for a block: one on which it has answered, and one that says nothing."""
    async with httpx.AsyncClient(base_url=f"http://localhost:{copy.serves_at}", trust_env=False) as kept:
        await kept.get("/berths")
        async with await anyio.connect_tcp("localhost", copy.serves_at):
            yield


class Office:
    """Two copies of the office, with one server for their register."""

    def __init__(self, made: Deploys) -> None:
        self.made, self.judge, self.draw = made, made.judge, made.judge.draw
        names = self.draw.names(2 * FEW + WANTED + AT_ONCE + 1)
        self.berths, names = dict(zip(names[:FEW], names[FEW : 2 * FEW], strict=True)), names[2 * FEW :]
        self.wanted, self.ships, self.strange = names[:WANTED], names[WANTED:-1], f"/{names[-1]}"

    async def begin(self) -> None:
        """Start two copies, and look where they listen."""
        self.judge.point(line=1, look="def main")
        config = Config({"PYTHONUNBUFFERED": ""}, {REDIS: await self.made.place.resource("redis")})
        said = "a copy starts and answers"
        self.judge.done("started two copies, with one REDIS_URL and a disk for each")
        self.copies = await together(*(self.made.up(name, config, said) for name in ("one", "two")))
        for copy in self.copies:
            own = [address for address, port in tree.listeners(copy.pid) if port == copy.port]
            reached = own and not all(map(tree.is_loopback, own))
            bad = f"at {own[0]} alone" if own else "at another port than PORT says"
            self.judge.claim(reached, "a copy listens at PORT, at an address that others reach", bad)

    async def judge_berths(self) -> None:
        """Judge what each copy shows, also after a death."""
        self.judge.point(line=1, look="def do_POST")
        self.judge.done("reserved berths at both copies in turn, and killed one")
        for number, (berth, ship) in enumerate(self.berths.items()):
            answer = await ask(self.copies[number % 2], f"POST /berths?berth={berth}&ship={ship}")
            self.judge.claim(answer.status == 201, "a free berth is given to who asks", f"POST gave {answer}", line=2)
        await self._claim_shown("each copy shows all berths")
        dying = self.draw.victim(self.copies)
        await dying.end()
        await self.made.start(dying, "a copy starts again where it was killed")
        await self._claim_shown("a copy that was killed shows all berths again")

    async def _claim_shown(self, sentence: str) -> None:
        shown = [await ask(copy, "/berths") for copy in self.copies]
        wrong = [answer for answer in shown if not answer.good or json.loads(answer.text) != self.berths]
        evidence = [f"reserved: {json.dumps(self.berths)}", *(f"shown: {answer.text[:200]}" for answer in wrong)]
        self.judge.claim(not wrong, sentence, "other berths", evidence=evidence)

    async def judge_race(self) -> None:
        """Judge a berth that many ships want at the same moment."""
        self.judge.point(line=2, look="def do_POST")
        self.judge.done(f"had {AT_ONCE} ships ask for one berth at once, at both copies, for {WANTED} berths")
        for berth in self.wanted:
            lines = [f"POST /berths?berth={berth}&ship={ship}" for ship in self.ships]
            answers = await together(*(ask(self.copies[n % 2], line) for n, line in enumerate(lines)))
            found = Counter(answer.status for answer in answers)
            bad = ", ".join(f"{count} times {status or 'no answer'}" for status, count in sorted(found.items()))
            self.judge.claim(found == {201: 1, 409: AT_ONCE - 1}, "a berth is given to one ship", bad)
            shown = json.loads((await ask(self.copies[0], "/berths")).text).get(berth)
            winner = next(ship for ship, answer in zip(self.ships, answers, strict=True) if answer.status == 201)
            self.judge.claim(shown == winner, "who is told 201 has the berth", "another ship has it")

    async def judge_words(self) -> None:
        """Judge what a copy says of requests, and what is on its disk."""
        self.judge.point(line=4, look="def log_request")
        copy, strange = self.copies[0], self.strange
        self.judge.done("asked for a path that is not there, in three ways, and looked in the output and on the disk")
        for method in ("GET", "PUT", "DELETE"):
            path = f"{strange}-{method.lower()}"
            answer = await ask(copy, f"{method} {path}?ship=1")
            await self._claim_told(copy, path, answer.status)
        text = [line for line in copy.stdout if event_in(line) is None]
        self.judge.claim(not text, "each line is JSON", lambda: f"{len(text)} lines are not", evidence=text[:3])
        written = [name.removeprefix("release/") for name in copy.changed()] + outside.written(copy)
        self.judge.claim(not written, "nothing is written to a disk", lambda: f"it wrote {', '.join(written)}")

    async def _claim_told(self, copy: Deploy, path: str, status: int) -> None:
        def told() -> int:
            events = (event_in(line) or {} for line in copy.stdout)
            return sum((event.get("path"), event.get("status")) == (path, status) for event in events)

        sentence = "a request is a line of JSON on the standard output, with its path and its status"
        bad = f"no line has {path} and {status}"
        await self.judge.eventually(told, sentence, bad, within=1.0, evidence=lambda: copy.stdout[-3:])
        self.judge.claim(told() == 1, "it is one line", lambda: f"{told()} lines")

    async def judge_farewell(self) -> None:
        """Judge SIGTERM while inspections are under way."""
        self.judge.point(line=3, look="def main")
        copy = self.copies[1]
        lengths = [self.draw.count(8, 10) / 10, self.draw.count(16, 22) / 10]
        self.judge.done(f"sent SIGTERM while inspections of {' and '.join(map(str, lengths))} s were under way")
        self.judge.done("kept two connections open meanwhile: one after an answer, and one without a word")
        asking = asyncio.gather(*(ask(copy, f"/inspection?seconds={seconds}") for seconds in lengths))
        begun = await came_true(lambda: tree.taken(copy.pid, copy.serves_at) == len(lengths), SLACK)
        self.judge.claim(begun, "inspections begin", "they are not under way")
        await anyio.sleep(BEGUN)
        async with idle(copy):
            assert copy.child
            copy.child.signal(signal.SIGTERM)
            answers = await asking
            lost = [str(answer) for answer in answers if not answer.good]
            bad = f"{len(lost)} of {len(answers)} were lost"
            self.judge.claim(not lost, "inspections that have begun are answered", bad, evidence=lost)
            await self._claim_ended(copy)

    async def _claim_ended(self, copy: Deploy) -> None:
        began = time.monotonic()
        within = LEAVES_WITHIN + SLACK
        await self.judge.eventually(lambda: copy.ended, "the process ends then", "it is still there", within=within)
        self.judge.claim(time.monotonic() - began < within, "it ends soon", "it took longer")
