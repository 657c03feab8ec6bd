"""Exercise 2.3: what a copy says and where, and how it leaves, with requests under way and without."""

from __future__ import annotations

import asyncio
import json
import signal
import time
from collections.abc import Iterator
from typing import Any

import anyio
import httpx
from lab02_deploys import Deploys, ask, together

from capsize.audit import outside, tree
from capsize.audit.deploy import Deploy
from capsize.audit.visitor import Reply
from capsize.waiting import came_true

LEAVES_WITHIN = 2.0  # seconds after the last answer
SLACK = 3.0  # seconds that a busy machine may take more
BEGUN = 0.15  # seconds in which a request that is on its way begins
STARTS = "the shop starts and answers"


class Run:
    """One copy of the shop, from its start to its end and back."""

    def __init__(self, deploys: Deploys) -> None:
        self.deploys, self.judge = deploys, deploys.judge
        self.draw = self.judge.draw
        self.seen, name, self.secret, *self.items = self.draw.names(6)
        self.config = deploys.config(deploys.file(name), self.secret)

    async def begin(self) -> None:
        """Start a copy."""
        self.judge.point(line=3, look="def say")
        self.copy = await self.deploys.up("copy", self.config, STARTS)

    async def judge_words(self) -> None:
        """Judge the lines on its output: at once, in JSON, one for each request."""
        copy, asked = self.copy, [f"/{self.seen}-{n}" for n in range(self.draw.count(2, 4))] + ["/catalogue", "/orders"]
        self.judge.done("asked for what is there and for what is not, and read the standard output meanwhile")
        answers = await together(*(ask(copy, f"GET {path}") for path in asked))
        expected = {(path, answer.status) for path, answer in zip(asked, answers, strict=True)}

        def is_told() -> bool:
            return expected <= {(one.get("path"), one.get("status")) for one in events(copy)}

        def missing() -> str:
            found = {(one.get("path"), one.get("status")) for one in events(copy)}
            return f"{len(expected - found)} of {len(expected)} requests are not told"

        sentence = "each request is on the standard output, with its path and its status, when it is answered"
        await self.judge.eventually(is_told, sentence, missing, within=SLACK / 3, evidence=lambda: copy.stdout[-3:])
        text = [line for line in copy.stdout if event_in(line) is None]
        self.judge.claim(not text, "each line of it is JSON", lambda: f"{len(text)} lines are not", evidence=text[:3])
        told = [one for one in events(copy) if self.seen in str(one.get("path"))]
        own = {one.get("method") for one in told}
        self.judge.claim(own == {"GET"}, "a line says the method", lambda: f"it says {own}")
        twice = len(told) != len(asked) - 2
        self.judge.claim(not twice, "each request is one line", lambda: f"{len(asked) - 2} requests, {len(told)} lines")
        starts = [one.get("event") for one in events(copy)].count("started")
        self.judge.claim(starts == 1, "it says that it started", lambda: f"{starts} times")

    async def judge_disk(self) -> None:
        """Judge what it wrote: to its own disk, and elsewhere on the machine."""
        self.judge.point(line=4)
        databases = {path.rpartition("/")[2] for path in self.copy.tape.databases}
        here = [name for name in self.copy.changed() if not any(base in name for base in databases)]
        machine = f"{self.deploys.folder}/"
        there = [path for path in outside.written(self.copy) if not path.startswith(machine)]
        written = [*(name.removeprefix("release/") for name in here), *there]
        self.judge.claim(not written, "it writes nothing but its database", lambda: f"it wrote {', '.join(written)}")

    async def judge_farewell(self) -> None:
        """Judge SIGTERM while requests are under way, long ones and short ones, and a connection is idle."""
        self.judge.point(line=1, look="def life")
        pages = [self.draw.count(3, 4), self.draw.count(5, 6), self.draw.count(8, 10)]
        self.judge.done(f"sent SIGTERM while reports of {', '.join(map(str, pages))} pages were under way")
        async with httpx.AsyncClient(base_url=f"http://localhost:{self.copy.serves_at}", trust_env=False) as idle:
            await idle.get("/catalogue")
            reports = asyncio.gather(*(ask(self.copy, f"/report?pages={count}") for count in pages))
            all_of_them = 1 + len(pages)
            begun = await came_true(lambda: tree.taken(self.copy.pid, self.copy.serves_at) == all_of_them, SLACK)
            self.judge.claim(begun, "reports begin", "they are not under way")
            await anyio.sleep(BEGUN)
            self._signal()
            answers = await reports
            self._claim_answered(pages, answers)
            await self._claim_ended("when its last request is answered, and a connection is idle")
        self._claim_last_word()

    def _claim_answered(self, pages: list[int], answers: list[Reply]) -> None:
        lost = [f"{count} pages: {answer}" for count, answer in zip(pages, answers, strict=True) if not answer.good]
        sentence = "requests that have begun are answered in full"
        bad = f"{len(lost)} of {len(pages)} were lost"
        self.judge.claim(not lost, sentence, bad, evidence=[*lost, *self.copy.last_words])

    def _signal(self) -> None:
        assert self.copy.child
        self.copy.child.signal(signal.SIGTERM)

    async def _claim_ended(self, when: str) -> None:
        began = time.monotonic()
        sentence = f"the process ends {when}"
        await self.judge.eventually(
            lambda: self.copy.ended, sentence, "it is still there", within=LEAVES_WITHIN + SLACK, line=2
        )
        took = time.monotonic() - began
        self.judge.claim(took < LEAVES_WITHIN + SLACK, "it ends soon", f"{took:.0f} s later", line=2)

    def _claim_last_word(self) -> None:
        last = next((event_in(line) for line in reversed(self.copy.stdout)), None) or {}
        sentence = "its last event is that it stopped"
        bad = f"it is {last.get('event')}" if last else "its last line is not JSON"
        self.judge.claim(last.get("event") == "stopped", sentence, bad, line=3, look="def say")

    async def judge_deaths(self) -> None:
        """Judge a start after SIGKILL, and SIGTERM with nothing under way."""
        self.judge.point(line=2, look="def life")
        self.judge.done("started it again, killed it, started it again, and sent SIGTERM while it had nothing to do")
        await self.deploys.start(self.copy, "it starts again where it stopped")
        await self.copy.end()
        await self.deploys.start(self.copy, "it starts again where it was killed")
        self._signal()
        await self._claim_ended("when it had nothing to do")


def event_in(line: str) -> dict[str, Any] | None:
    """Read a line; None where it is not an event."""
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def events(copy: Deploy) -> list[dict[str, Any]]:
    """Read all events that a copy has told."""
    return list(_events(copy))


def _events(copy: Deploy) -> Iterator[dict[str, Any]]:
    yield from (event for line in copy.stdout if (event := event_in(line)) is not None)
