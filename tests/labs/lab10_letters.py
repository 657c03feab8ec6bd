"""Letters that the post cannot print: how often and when they are tried, and how their messages are set aside."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from lab10_stack import DECIDED_WITHIN, accepted, counted
from nats.js.api import ConsumerConfig

from capsize.check import Judge
from capsize.check.draw import Draw, seed_of
from capsize.check.kit import until
from capsize.waiting import came_true
from workbench.customers import Customers
from workbench.labs.messaging_control import Quayside

LOT = Draw(seed_of(), "the settings of 10.2")
TRIES, PAUSE = LOT.count(3, 4), LOT.count(90, 115) / 100
ACK_WAIT = 2.6  # seconds: who waits for it instead of PAUSE is seen
PATIENCE = TRIES * PAUSE  # seconds that all the tries of a letter take, and more
BLOCKED = 100  # calls for bad letters: who makes so many before the others are sent blocks them
LATE = 1.7  # times PAUSE that a next try comes at the latest: at 2 a pause grows
EVENTS = "$JS.EVENT.*.CONSUMER.*.ORDERS.letters"  # the server's own events: what was acknowledged, and what terminated
OVER = ("io.nats.jetstream.metric.v1.consumer_ack", "io.nats.jetstream.advisory.v1.terminated")


class Letters:
    """Orders, some of them for a ship's bell, whose apostrophe stops the post's printer."""

    def __init__(self, judge: Judge, quay: Quayside) -> None:
        self.judge, self.quay, self.draw = judge, quay, judge.draw
        judge.point(look="async def failed", line=1)
        self.good: set[str] = set()
        self.bad: set[str] = set()
        self.killed = 0  # calls of the post until the worker was killed
        self.then: list[int] = []  # tries of each bad letter by then
        self.over: dict[int, datetime] = {}  # when the server was told that it may forget a message, by its number

    async def place(self, customers: Customers) -> None:
        """Order while no worker is there, and have some calls fail although nothing is wrong with their letters."""
        count, few = self.draw.count(24, 34), self.draw.count(3, 4)
        bad = self.draw.sample(range(count - 3), few)
        once = self.draw.sample([place for place in range(count - 3) if place not in bad], 2)
        await self.quay.tell("post", fail=[place + 1 for place in once])
        items = [self.draw.choice(("shackle", "ensign", "oakum")) for _ in range(count)]
        carts = [{"ships-bell" if place in bad else item: self.draw.count(1, 4)} for place, item in enumerate(items)]
        orders = await accepted(self.judge, customers, carts)
        self.bad = {orders[place]["id"] for place in bad}
        self.good = {order["id"] for order in orders} - self.bad
        self.judge.done(
            f"placed {count} orders, and started the worker; the letters of {few} of them cannot be printed, two others"
            f" fail once (TRIES={TRIES}, PAUSE={PAUSE:g})"
        )

    async def start(self) -> None:
        """Start the worker, under a bookmark; the server says when one of its messages is acknowledged.

        It comes late: its first message is older by then than all the tries of a letter take.
        """
        config = ConsumerConfig(
            durable_name="letters", filter_subject="orders.placed", ack_wait=ACK_WAIT, sample_freq="100"
        )
        await self.quay.js.add_consumer("ORDERS", config)
        await self.quay.server.subscribe(EVENTS, cb=self.hear)
        oldest = (await self.quay.messages("ORDERS"))[0].at
        await asyncio.sleep(PATIENCE - (datetime.now(UTC) - oldest).total_seconds())
        await asyncio.to_thread(self.quay.stack.service("letters").scale, 1)

    async def hear(self, message: Any) -> None:
        """Note an event of the server's."""
        told = json.loads(message.data)
        if told["type"] in OVER:
            self.over[told["stream_seq"]] = datetime.fromisoformat(told["timestamp"])

    async def judge_the_rest(self) -> None:
        """Judge that everybody else has a letter, whatever the bad ones do."""

        async def all_sent() -> bool:
            return (await self.quay.deeds("post")).keys() >= self.good

        async def is_decided() -> bool:
            is_blocked = self.about_bad(await self.quay.calls("post")) > BLOCKED
            return is_blocked or await all_sent() or not await self.quay.unread("ORDERS", "letters")

        is_over = await came_true(is_decided, DECIDED_WITHIN)
        sent = await all_sent()
        given_up = self.good & {message.order for message in await self.quay.dead_letters()}
        words = counted(len(given_up), "is set aside", "are set aside")
        self.judge.claim(not given_up, "a letter that failed once gets another try", words, line=3)
        missing = self.good - (await self.quay.deeds("post")).keys()
        calls = await self.quay.calls("post")
        self.judge.claim(
            is_over and sent,
            f"a bad message never blocks the rest: the other {len(self.good)} letters are sent",
            counted(len(missing), "is missing", "are missing"),
            evidence=[f"the post was called {len(calls)} times, {self.about_bad(calls)} of them for a bad letter"],
        )
        pauses = self.pauses(calls)
        sentence = "while a letter waits for its next try, others are sent"
        words = f"after a try that failed, the worker did nothing for {min(pauses, default=0):.2f} s or longer"
        self.judge.claim(not pauses or min(pauses) < 0.8 * PAUSE, sentence, words)

    def about_bad(self, calls: list[Any]) -> int:
        return sum(call["order"] in self.bad for call in calls)

    def pauses(self, calls: list[Any]) -> list[float]:
        """List the seconds from each first try of a bad letter to the next call, where others were still to be sent."""
        called = [call["order"] for call in calls]
        firsts = [called.index(order) for order in self.bad if order in called]
        open_ones = [place for place in firsts if place + 1 < len(calls) and not self.good <= set(called[:place])]
        calm = [place for place in open_ones if place + 1 != self.killed]  # another worker has made the next call
        return [calls[place + 1]["at"] - calls[place]["at"] for place in calm]

    async def kill(self) -> None:
        """Kill the worker while a bad letter waits for its next try."""
        await until(self.has_met_a_bad_one, "the worker comes to a bad letter", within=DECIDED_WITHIN, line=1)
        fault = await asyncio.to_thread(self.quay.stack.instance("letters-1").kill)
        self.killed = len(await self.quay.calls("post"))
        self.then = [len(own) for own in (await self.tries()).values()]
        await asyncio.to_thread(fault.heal)
        self.judge.done("killed the worker while a letter waited for its next try, and started it, and later another")

    async def has_met_a_bad_one(self) -> bool:
        return any(call["order"] in self.bad for call in await self.quay.calls("post"))

    async def judge_tries(self) -> None:
        """Judge how often a bad letter was tried by two workers, and what happened between."""
        await asyncio.to_thread(self.quay.stack.service("letters").scale, 2)

        async def is_decided() -> bool:
            tries = await self.tries()
            return not await self.quay.unread("ORDERS", "letters") or max(map(len, tries.values())) > TRIES

        is_over = await came_true(is_decided, DECIDED_WITHIN)
        calls = await self.quay.calls("post")
        self.judge_pauses(calls)
        counts = sorted(len(own) for own in (await self.tries()).values())
        # a delivery of one letter may have died with the worker, before the post was called or in the last try
        few = counts[1] if counts[0] == TRIES - 1 else counts[0]
        most = counts[-2] if counts[-1] == TRIES + 1 and max(self.then) >= TRIES else counts[-1]
        tried = most if most > TRIES else few
        words = f"tried {tried} times{' and more' if tried > TRIES else ''}"
        sentence = f"a letter that cannot be printed is tried TRIES, {TRIES}, times in all"
        self.judge.claim(is_over and tried == TRIES, sentence, words, line=2)

    def judge_pauses(self, calls: list[Any]) -> None:
        """Judge that the tries are neither too early nor too late; the quickest of several letters is not late."""
        places = {order: [place for place, one in enumerate(calls) if one["order"] == order] for order in self.bad}
        sentence = f"the tries are PAUSE, {PAUSE:g} s, apart"
        between = [calls[b]["at"] - calls[a]["at"] for own in places.values() for a, b in pairwise(own)]
        words = f"{min(between, default=0):.2f} s between two of them"
        self.judge.claim(min(between, default=PAUSE) > 0.8 * PAUSE, sentence, words, line=2)
        for number in range(TRIES - 1):
            pairs = [own[number : number + 2] for own in places.values() if len(own) > number + 1]
            calm = [calls[b]["at"] - calls[a]["at"] for a, b in pairs if not a < self.killed <= b]
            words = f"{min(calm, default=0):.2f} s and more before try {number + 2}"
            self.judge.claim(min(calm, default=0) < LATE * PAUSE, sentence, words, line=2)

    async def tries(self) -> dict[str, list[Any]]:
        """List the post's calls for each of the bad letters."""
        calls = await self.quay.calls("post")
        return {order: [call for call in calls if call["order"] == order] for order in self.bad}

    async def judge_set_aside(self) -> None:
        """Judge that the messages of the bad ones are in the dead-letter queue, each once, and nobody else's is."""
        found = [message.order for message in await self.quay.dead_letters()]
        others = f", and {len(set(found) - self.bad)} that could be sent" if set(found) - self.bad else ""
        words = f"it holds {len(set(found) & self.bad)} of them{others}"
        sentence = f"what failed {TRIES} times is set aside, and nothing else"
        self.judge.claim(set(found) == self.bad, sentence, words, line=3)
        words = f"{len(found)} messages are there"
        self.judge.claim(len(found) == len(self.bad), "each is set aside once", words, line=3)
        copied = {message.order: message for message in await self.quay.dead_letters()}
        early = [number for number, order in (await self.numbers()).items() if self.is_early(number, copied[order])]
        sentence = "the copy is on dead.letters before its message is acknowledged: a death in between loses nothing"
        words = counted(len(early), "message was acknowledged", "messages were acknowledged") + " first"
        self.judge.claim(not early, sentence, words, look="message.ack", line=3)

    async def numbers(self) -> dict[int, str]:
        """Return the orders of the bad letters, by the numbers of their messages."""
        placed = await self.quay.messages("ORDERS")
        return {message.number: message.order for message in placed if message.order in self.bad}

    def is_early(self, number: int, copy: Any) -> bool:
        return number in self.over and self.over[number] < copy.at

    async def judge_idle(self) -> None:
        """Judge that what is done is acknowledged."""
        idle = await self.quay.until_read("letters", seconds=DECIDED_WITHIN)
        left = await self.quay.unread("ORDERS", "letters")
        words = counted(left, "message is still open", "messages are still open")
        self.judge.claim(idle, "what is sent or set aside does not come again", words, line=3)
