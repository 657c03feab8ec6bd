"""Letters that the post cannot print, what becomes of them, and how they come back once the printer is mended."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import httpx
from lab10_stack import accepted, said
from nats.js.api import DiscardPolicy

from capsize.check import Judge
from shop.customers import Customers
from shop.quayside import PATIENCE, Quayside, until

TRIES, PAUSE, LETTERS, BAD = 4, 0.7, 30, (5, 9, 13)
BLOCKED = 100  # calls for bad letters: who makes so many before the others are sent blocks them
ONCE = (1, 2)  # calls of the post that fail although nothing is wrong with their letter


class Letters:
    """Thirty orders, three of them for a ship's bell, whose apostrophe stops the post's printer."""

    def __init__(self, judge: Judge, quay: Quayside) -> None:
        self.judge, self.quay = judge, quay
        self.good: set[str] = set()
        self.bad: set[str] = set()

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
        await self.quay.kill("letters")

    async def has_met_a_bad_one(self) -> bool:
        return any(call["order"] in self.bad for call in await self.quay.calls("post"))

    async def judge_the_rest(self) -> None:
        """Judge that everybody else has a letter, whatever the bad ones do."""

        async def all_sent() -> bool:
            return (await self.quay.deeds("post")).keys() >= self.good

        async def is_decided() -> bool:
            return await all_sent() or self.about_bad(await self.quay.calls("post")) > BLOCKED

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
        self.judge.expect(
            most <= TRIES,
            expected=f"a letter is tried no more than TRIES, {TRIES}, times",
            got=f"tried {most} times" if most > TRIES else "no more",
            look=self.judge.place("async def failed"),
        )
        gaps = [b["at"] - a["at"] for own in tries.values() for a, b in pairwise(own)]
        self.judge.expect(
            min(gaps) > 0.8 * PAUSE,
            expected=f"the tries are PAUSE, {PAUSE:g} s, apart",
            got="they are" if min(gaps) > 0.8 * PAUSE else f"{min(gaps):.2f} s between two of them",
            look=self.judge.place("async def failed"),
        )
        good = [call["at"] for call in calls if call["order"] in self.good]
        passed = any(own[0]["at"] < at < own[0]["at"] + 0.8 * PAUSE for own in tries.values() for at in good)
        self.judge.expect(
            passed,
            expected="while a letter waits for its next try, others are sent",
            got="they are" if passed else "none was",
            look=self.judge.place("async def failed"),
        )

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
        await door.post("/redrive")
        await self.quay.js.update_stream(info.config.evolve(max_msgs=-1))
        await self.judge_set_aside("a redrive that fails loses nothing: all are still set aside", "async def redrive")

    async def judge_redrive(self, door: httpx.AsyncClient) -> None:
        """Judge that everything comes back once the reason is gone."""
        self.judge.done("mended the printer, and redrove")
        await self.quay.tell("post", mended=True)
        answer = await door.post("/redrive")
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
