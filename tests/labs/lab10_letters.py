"""Letters that the post cannot print, what becomes of them, and how they come back once the printer works again."""

from __future__ import annotations

import asyncio
import json
from itertools import pairwise
from typing import Any

import httpx
from lab10_stack import DECIDED_WITHIN, accepted, counted
from nats.js.api import DiscardPolicy

from capsize.check import Judge
from capsize.check.kit import too_busy, until
from capsize.waiting import came_true
from workbench.customers import Customers
from workbench.harbour_control import DONE_WITHIN
from workbench.labs.messaging_control import Quayside

TRIES, PAUSE, LETTERS, BAD = 3, 1.2, 30, (5, 9, 13)
BLOCKED = 100  # calls for bad letters: who makes so many before the others are sent blocks them
FEW = 2  # calls that come ahead of a letter that is given back at once
ONCE = (1, 2)  # calls of the post that fail although nothing is wrong with their letter


class Letters:
    """Thirty orders, three of them for a ship's bell, whose apostrophe stops the post's printer."""

    def __init__(self, judge: Judge, quay: Quayside) -> None:
        self.judge, self.quay = judge, quay
        judge.point(look="async def failed")
        self.good: set[str] = set()
        self.bad: set[str] = set()
        self.killed = 0  # calls of the post until the worker was killed
        self.then: list[int] = []  # tries of each bad letter by then

    async def place_another(self, customers: Customers) -> None:
        """Have the printer stop once more at a bell, and wait until its letter is set aside."""
        self.judge.done("the printer stopped at one more letter, and it was redriven while the stream took no message")
        await self.quay.tell("post")
        self.bad = {order["id"] for order in await accepted(self.judge, customers, [{"ships-bell": 1}])}
        is_read = await self.quay.until_read("letters")
        self.judge.claim(is_read, "one more letter is set aside", "its message is still open")

    async def place(self, customers: Customers) -> None:
        """Order, and kill the letters' worker once it has met a bad one."""
        await self.quay.tell("post", fail=ONCE)
        self.judge.done(
            f"placed {LETTERS} orders; the letters of {len(BAD)} of them cannot be printed, two others fail once; a"
            " letter that fails is delivered to a worker that was killed and started again meanwhile"
        )
        carts = [{"ships-bell" if number in BAD else "shackle": 1} for number in range(LETTERS)]
        orders = await accepted(self.judge, customers, carts)
        self.bad = {orders[number]["id"] for number in BAD}
        self.good = {order["id"] for order in orders} - self.bad
        await until(self.has_met_a_bad_one, "the worker comes to a letter that cannot be printed", within=DONE_WITHIN)
        fault = await asyncio.to_thread(self.quay.stack.instance("letters-1").kill)
        self.killed = len(await self.quay.calls("post"))
        self.then = [len(own) for own in (await self.tries()).values()]
        await asyncio.to_thread(fault.heal)

    async def has_met_a_bad_one(self) -> bool:
        return any(call["order"] in self.bad for call in await self.quay.calls("post"))

    async def judge_the_rest(self) -> None:
        """Judge that everybody else has a letter, whatever the bad ones do."""

        async def all_sent() -> bool:
            return (await self.quay.deeds("post")).keys() >= self.good

        async def is_decided() -> bool:
            is_blocked = self.about_bad(await self.quay.calls("post")) > BLOCKED
            return is_blocked or await all_sent() or not await self.quay.unread("ORDERS", "letters")

        is_over = await came_true(is_decided, DECIDED_WITHIN)
        sent = await all_sent()
        given_up = self.good & set(await self.set_aside())
        words = counted(len(given_up), "is set aside", "are set aside")
        self.judge.claim(not given_up, "a letter that failed once gets another try", words)
        missing = self.good - (await self.quay.deeds("post")).keys()
        calls = await self.quay.calls("post")
        self.judge.claim(
            is_over and sent,
            f"a bad message never blocks the rest: the other {len(self.good)} letters are sent",
            counted(len(missing), "is missing", "are missing"),
            evidence=[f"the post was called {len(calls)} times, {self.about_bad(calls)} of them for a bad letter"],
        )

    def about_bad(self, calls: list[Any]) -> int:
        return sum(call["order"] in self.bad for call in calls)

    async def judge_tries(self) -> None:
        """Judge how often a bad letter was tried, and what happened between."""

        async def is_decided() -> bool:
            tries = await self.tries()
            return not await self.quay.unread("ORDERS", "letters") or max(map(len, tries.values())) > TRIES

        is_over = await came_true(is_decided, DONE_WITHIN)
        calls, tries = await self.quay.calls("post"), await self.tries()
        most = max(map(len, tries.values()))
        # whose worker is killed in the last try rightly comes once more
        if max(self.then) >= TRIES and most in (TRIES, TRIES + 1):
            raise too_busy("the worker was to be killed between two tries of a letter")
        words = f"tried {most} times{' and more' if most > TRIES else ''}"
        sentence = f"a letter that cannot be printed is tried TRIES, {TRIES}, times in all"
        self.judge.claim(is_over and most == TRIES, sentence, words)
        least = min(b["at"] - a["at"] for own in tries.values() for a, b in pairwise(own))
        words = f"{least:.2f} s between two of them"
        self.judge.claim(least > 0.8 * PAUSE, f"the tries are PAUSE, {PAUSE:g} s, apart", words)
        waited = [self.has_blocked(calls[first : second + 1]) for first, second in self.waits(calls)]
        sentence = "while a letter waits for its next try, others are sent"
        self.judge.claim(not waited or not all(waited), sentence, "none was")

    def waits(self, calls: list[Any]) -> list[tuple[int, int]]:
        """List the first two tries of bad letters, where no kill came between and others were still to be sent."""
        called = [call["order"] for call in calls]
        places = [[place for place, one in enumerate(called) if one == order][:2] for order in self.bad]
        return [
            (first, second)
            for first, second in (pair for pair in places if len(pair) == 2)
            if not self.good <= set(called[:first]) and not first < self.killed <= second
        ]

    def has_blocked(self, calls: list[Any]) -> bool:
        """Say whether a letter kept the others waiting, of the calls from its first try to its second."""
        return len(calls) - 2 <= FEW and calls[1]["at"] - calls[0]["at"] > 0.8 * PAUSE

    async def tries(self) -> dict[str, list[Any]]:
        """List the post's calls for each of the bad letters."""
        calls = await self.quay.calls("post")
        return {order: [call for call in calls if call["order"] == order] for order in self.bad}

    async def set_aside(self) -> list[str]:
        """List the orders of the messages in DEAD."""
        state = (await self.quay.js.stream_info("DEAD")).state
        messages = []
        for number in range(state.first_seq, state.last_seq + 1 if state.messages else state.first_seq):
            messages.append(await self.quay.js.get_msg("DEAD", number))
        return [json.loads(message.data)["id"] for message in messages]

    async def judge_set_aside(self, words: str, function: str) -> None:
        """Judge that the bad ones are in the dead-letter queue, and nobody else is."""
        found = set(await self.set_aside())
        others = f", and {len(found - self.bad)} that could be sent" if found - self.bad else ""
        self.judge.claim(found == self.bad, words, f"it holds {len(found & self.bad)} of them{others}", look=function)

    async def judge_idle(self) -> None:
        idle = await self.quay.until_read("letters")
        left = await self.quay.unread("ORDERS", "letters")
        words = counted(left, "message is still open", "messages are still open")
        self.judge.claim(idle, "what is sent or set aside does not come again", words)

    async def judge_a_full_queue(self, door: httpx.AsyncClient) -> None:
        """Judge that a redrive that fails loses nothing."""
        info = await self.quay.js.stream_info("ORDERS")
        limits = {"max_msgs": info.state.messages, "discard": DiscardPolicy.NEW}
        await self.quay.js.update_stream(info.config.evolve(**limits))
        await self.redrive(door)
        await self.quay.js.update_stream(info.config.evolve(max_msgs=-1))
        await self.judge_set_aside("a redrive that fails loses nothing: all are still set aside", "async def redrive")

    async def redrive(self, door: httpx.AsyncClient) -> httpx.Response:
        """Ask the worker for a redrive, once it is in rotation."""

        async def is_ready() -> bool:
            return (await door.get("/ready")).is_success

        await until(is_ready, "the worker is ready", within=DONE_WITHIN)
        return await door.post("/redrive")

    async def judge_redrive(self, door: httpx.AsyncClient) -> None:
        """Judge that everything comes back once the reason is gone."""
        self.judge.done("fixed the printer, and redrove")
        await self.quay.tell("post", repaired=True)
        answer = await self.redrive(door)
        self.judge.claim(answer.is_success, "the redrive succeeds", answer.status_code, evidence=answer, look="")
        is_read = await self.quay.until_read("letters")
        missing = (self.good | self.bad) - (await self.quay.deeds("post")).keys()
        left = await self.set_aside()
        self.judge.claim(
            is_read and not missing and not left,
            "redriven, every letter is sent, and nothing is set aside any more",
            f"{len(missing)} were not sent, {len(left)} are still set aside",
            look="async def redrive",
        )
