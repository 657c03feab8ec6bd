"""Letters that the post cannot print, what becomes of them, and how they come back once the printer is mended."""

from __future__ import annotations

import asyncio
import json
from itertools import pairwise
from typing import Any

import httpx
from lab10_stack import accepted, said
from nats.js.api import DiscardPolicy

from capsize.check import Judge
from capsize.errors import CapsizeError
from workbench.customers import Customers
from workbench.labs.messaging_control import Quayside
from workbench.polling import PATIENCE, until

TRIES, PAUSE, LETTERS, BAD = 3, 1.2, 30, (5, 9, 13)
BLOCKED = 100  # calls for bad letters: who makes so many before the others are sent blocks them
FEW = 2  # calls that come ahead of a letter that is given back at once
ONCE = (1, 2)  # calls of the post that fail although nothing is wrong with their letter


class Letters:
    """Thirty orders, three of them for a ship's bell, whose apostrophe stops the post's printer."""

    def __init__(self, judge: Judge, quay: Quayside) -> None:
        self.judge, self.quay = judge, quay
        self.good: set[str] = set()
        self.bad: set[str] = set()
        self.killed = 0  # calls of the post until the worker was killed
        self.then: list[int] = []  # tries of each bad letter by then

    async def place_another(self, customers: Customers) -> None:
        """Have the printer stop once more at a bell, and wait until its letter is set aside."""
        self.judge.done("the printer stopped at one more letter, and it was redriven while the stream took no message")
        await self.quay.tell("post")
        self.bad = {order["id"] for order in await accepted(self.judge, customers, [{"ships-bell": 1}])}
        await self.quay.until_read("letters")

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
        await until(self.has_met_a_bad_one)
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

        await until(is_decided, PATIENCE / 2)
        sent = await all_sent()
        given_up = self.good & set(await self.set_aside())
        self.judge.expect(
            not given_up,
            expected="a letter that failed once gets another try",
            got=said(len(given_up), "is set aside", "are set aside", "it did"),
            look=self.judge.place("async def failed"),
        )
        missing = self.good - (await self.quay.deeds("post")).keys()
        calls = await self.quay.calls("post")
        self.judge.expect(
            sent,
            expected=f"a bad message never blocks the rest: the other {len(self.good)} letters are sent",
            got=said(len(missing), "is missing", "are missing", "they are"),
            evidence=[f"the post was called {len(calls)} times, {self.about_bad(calls)} of them for a bad letter"],
            look=self.judge.place("async def failed"),
        )

    def about_bad(self, calls: list[Any]) -> int:
        return sum(call["order"] in self.bad for call in calls)

    async def judge_tries(self) -> None:
        """Judge how often a bad letter was tried, and what happened between."""

        async def is_decided() -> bool:
            tries = await self.tries()
            return not await self.quay.unread("ORDERS", "letters") or max(map(len, tries.values())) > TRIES

        await until(is_decided)
        calls, tries = await self.quay.calls("post"), await self.tries()
        most = max(map(len, tries.values()))
        # whose worker is killed in the last try rightly comes once more
        if max(self.then) >= TRIES and most in (TRIES, TRIES + 1):
            raise CapsizeError(
                "this machine is too busy with something else to kill the worker between two tries of a letter",
                next="close what else is running, and check again",
            )
        self.judge.expect(
            most == TRIES,
            expected=f"a letter that cannot be printed is tried TRIES, {TRIES}, times in all",
            got="it is" if most == TRIES else f"tried {most} times{' and more' if most > TRIES else ''}",
            look=self.judge.place("async def failed"),
        )
        gaps = [b["at"] - a["at"] for own in tries.values() for a, b in pairwise(own)]
        self.judge.expect(
            min(gaps) > 0.8 * PAUSE,
            expected=f"the tries are PAUSE, {PAUSE:g} s, apart",
            got="they are" if min(gaps) > 0.8 * PAUSE else f"{min(gaps):.2f} s between two of them",
            look=self.judge.place("async def failed"),
        )
        waited = [self.has_blocked(calls[first : second + 1]) for first, second in self.waits(calls)]
        passed = not waited or not all(waited)
        self.judge.expect(
            passed,
            expected="while a letter waits for its next try, others are sent",
            got="they are" if passed else "none was",
            look=self.judge.place("async def failed"),
        )

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
        self.judge.expect(
            found == self.bad,
            expected=words,
            got=f"it holds {len(found & self.bad)} of them"
            + (f", and {len(found - self.bad)} that could be sent" if found - self.bad else ""),
            look=self.judge.place(function),
        )

    async def judge_idle(self) -> None:
        idle = await self.quay.until_read("letters")
        left = await self.quay.unread("ORDERS", "letters")
        self.judge.expect(
            idle,
            expected="what is sent or set aside does not come again",
            got=said(left, "message is still open", "messages are still open", "none does"),
            look=self.judge.place("async def failed"),
        )

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

        await until(is_ready)
        return await door.post("/redrive")

    async def judge_redrive(self, door: httpx.AsyncClient) -> None:
        """Judge that everything comes back once the reason is gone."""
        self.judge.done("mended the printer, and redrove")
        await self.quay.tell("post", mended=True)
        answer = await self.redrive(door)
        self.judge.expect(answer.is_success, expected="the redrive ends well", got=answer.status_code, evidence=answer)
        await self.quay.until_read("letters")
        missing = (self.good | self.bad) - (await self.quay.deeds("post")).keys()
        left = await self.set_aside()
        self.judge.expect(
            not missing and not left,
            expected="redriven, every letter is sent, and nothing is set aside any more",
            got=f"{len(missing)} were not sent, {len(left)} are still set aside" if missing or left else "so it is",
            look=self.judge.place("async def redrive"),
        )
