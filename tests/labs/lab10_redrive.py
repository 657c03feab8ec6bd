"""A redrive of what was set aside: of many messages, while one more comes, and one that fails half-way."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from uuid import UUID

import httpx
from lab10_letters import TRIES, Letters
from lab10_stack import DECIDED_WITHIN
from nats.js.api import DiscardPolicy

from capsize.check import Judge
from capsize.check.kit import until
from capsize.waiting import came_true
from workbench.harbour_control import DONE_WITHIN
from workbench.labs.messaging_control import Quayside

AGAIN = 2  # tries more: each of two workers may have died in one
ENDS_WITHIN = 12.0  # seconds in which a redrive comes to its end, on a busy machine too


class Redrives:
    """What was set aside, by the letters' worker and by others, and how it is brought back."""

    def __init__(self, judge: Judge, quay: Quayside, door: httpx.AsyncClient) -> None:
        self.judge, self.quay, self.door, self.draw = judge, quay, door, judge.draw
        self.expected: set[str] = set()  # the orders whose letters have to be sent in the end
        judge.point(look="async def redrive", line=4)

    async def redrive(self) -> httpx.Response | None:
        """Ask the worker for a redrive, once it is in rotation; None if no answer came."""

        async def is_ready() -> bool:
            return (await self.door.get("/ready")).is_success

        await until(is_ready, "the worker is ready", within=DONE_WITHIN, line=4)
        try:
            return await self.door.post("/redrive", timeout=ENDS_WITHIN)
        except httpx.TimeoutException:
            return None

    async def judge_too_early(self, letters: Letters) -> None:
        """Judge a redrive before the printer works again: what fails once more is set aside once more."""
        self.judge.done("redrove before the printer was fixed, and killed the workers in the last try of a letter")
        before, most = len(await self.quay.calls("post")), TRIES * len(letters.bad) + AGAIN
        await self.quay.tell("post", hold={TRIES * len(letters.bad): "before"})
        self.judge_answer(await self.redrive(), {len(letters.bad)})

        async def tries() -> int:
            return len(await self.quay.calls("post")) - before

        async def is_decided() -> bool:
            return await tries() > most or not await self.quay.unread("ORDERS", "letters")

        await self.quay.strike("letters", 1, unless=is_decided)
        is_over = await came_true(is_decided, DECIDED_WITHIN)
        sentence, tried = "a letter is set aside after its last try, also if the worker died in that one", await tries()
        words = f"{len(letters.bad)} letters were tried {tried} times, with TRIES={TRIES}"
        self.judge.claim(tried <= most, sentence, words, look="async def failed", line=3)
        there = {message.order for message in await self.quay.dead_letters()}
        sentence = "a letter that fails again after a redrive is set aside again"
        self.judge.claim(
            is_over and there == letters.bad, sentence, f"{len(letters.bad - there)} of {len(letters.bad)} are not"
        )

    async def judge_redrive(self, expected: Iterable[str]) -> None:
        """Judge that everything comes back once the reason is gone."""
        self.judge.done("fixed the printer, and redrove")
        self.expected |= set(expected)
        await self.quay.tell("post", repaired=True)
        there = len(await self.quay.dead_letters())
        answer = await self.redrive()
        self.judge_answer(answer, {there})
        await self.judge_sent()

    def judge_answer(self, answer: httpx.Response | None, counts: set[int]) -> None:
        """Judge what a redrive says at its end."""
        self.judge.claim(answer is not None, "a redrive comes to its end", f"not within {ENDS_WITHIN:g} s")
        assert answer is not None
        sentence = "the redrive succeeds"
        self.judge.claim(answer.is_success, sentence, answer.status_code, evidence=answer, look="")
        count = answer.json()["redriven"]
        sentence = "the redrive returns how many messages it brought back"
        self.judge.claim(count in counts, sentence, f"it returned {count} of {max(counts)}", look="return")

    async def judge_sent(self) -> None:
        """Judge that every letter is sent, and nothing is set aside any more."""

        async def is_done() -> bool:
            return (await self.quay.deeds("post")).keys() >= self.expected and not await self.quay.dead_letters()

        is_read = await self.quay.until_read("letters", seconds=DECIDED_WITHIN)
        is_sent = is_read and await is_done()
        missing = self.expected - (await self.quay.deeds("post")).keys()
        left = await self.quay.dead_letters()
        self.judge.claim(
            is_sent,
            "redriven, every letter is sent, and nothing is set aside any more",
            f"{len(missing)} were not sent, {len(left)} are still set aside",
        )

    async def set_aside(self, count: int) -> None:
        """Put messages of other orders on the dead-letter queue, as another worker would."""
        for _ in range(count):
            order = str(UUID(int=self.draw.getrandbits(128)))
            told = {"id": order, "status": "pending", "total_cents": self.draw.amount(500, 9000), "lines": {}}
            data = json.dumps({**told, "text": f"{self.draw.count(1, 9)} Bow shackle"}).encode()
            await self.quay.js.publish("dead.letters", data, headers={"Reason": "the printer was away"})
            self.expected.add(order)

    async def judge_many(self) -> None:
        """Judge a redrive of more than a batch, while one more message is set aside."""
        many, more = self.draw.count(105, 125), self.draw.count(1, 3)
        self.judge.done(f"set {many} messages aside, and {more} more while they were redriven")
        await self.set_aside(many)
        before = (await self.quay.js.stream_info("ORDERS")).state.messages
        redriving = asyncio.create_task(self.redrive())

        async def has_begun() -> bool:
            now = (await self.quay.js.stream_info("ORDERS")).state.messages
            return redriving.done() or now > before

        begun = await came_true(has_begun, ENDS_WITHIN)
        self.judge.claim(begun, "a redrive brings back what was set aside", f"nothing within {ENDS_WITHIN:g} s")
        await self.set_aside(more)
        self.judge_answer(await redriving, set(range(many, many + more + 1)))
        await self.judge_none_lost("what is set aside during a redrive is not lost")
        if await self.quay.dead_letters():
            self.judge_answer(await self.redrive(), set(range(1, more + 1)))
        await self.judge_sent()

    async def judge_a_full_queue(self) -> None:
        """Judge that a redrive that fails half-way loses nothing."""
        self.judge.done("set some more aside, and redrove while the stream took no message after the first few")
        count = self.draw.count(4, 7)
        await self.set_aside(count)
        info = await self.quay.js.stream_info("ORDERS")
        room = info.state.messages + self.draw.count(1, count - 2)
        await self.quay.js.update_stream(info.config.evolve(max_msgs=room, discard=DiscardPolicy.NEW))
        await self.redrive()  # however it ends: it could not succeed
        await self.quay.js.update_stream(info.config.evolve(max_msgs=-1))
        await self.judge_none_lost("a redrive that fails loses nothing: what is not back is still set aside")

    async def judge_none_lost(self, sentence: str) -> None:
        """Judge that each message is in one of the two places."""
        dead = {message.order for message in await self.quay.dead_letters()}
        back = {message.order for message in await self.quay.messages("ORDERS")}
        lost = self.expected - dead - back
        self.judge.claim(not lost, sentence, f"{len(lost)} are in neither place")
