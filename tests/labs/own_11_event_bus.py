"""The check of lab 11's task on your own: a third team subscribes, its program fails, and the others notice nothing."""

from __future__ import annotations

import asyncio
import itertools
import json
import re
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import httpx

from capsize.check import Judge, exercise
from capsize.check.kit import browser, until
from capsize.session.running import RunningStack
from shop import cloud
from workbench.labs.events_control import BusSide, placed, told_of

OWN, OTHERS, FAILS = 1, 2, 3  # the acceptance lines
LIMIT, TRIES = 50_000, 3  # cents, and tries of an order that the program fails at
LETTERS = "insurers-dead-letters"
SOON, LATE = 0.5, 4.5  # seconds between two tries: a second or so, on a busy machine too
WITHIN = 20.0  # seconds in which the program has read its queue, and has tried three times, on a busy machine too
Event = dict[str, Any]


@exercise("11.own", deadline=120)
async def test_a_third_team_disturbs_nobody(stack: RunningStack, judge: Judge):
    """The insurers get what they need once, what they fail at is set aside, and the other teams have all of theirs."""
    async with browser(stack, "insurers") as door:
        team = Team(judge, BusSide(stack), door)
        await team.judge_others_rules()
        await team.judge_orders()
        await team.judge_mistake()
        await team.judge_restart()


class Team:
    """The insurers and the two teams that were there before."""

    def __init__(self, judge: Judge, side: BusSide, door: httpx.AsyncClient) -> None:
        self.judge, self.side, self.door, self.draw = judge, side, door, judge.draw
        judge.point(look="def subscribe")

    def events(self) -> tuple[list[Event], list[Event]]:
        """Draw some dear orders, and other events; at the edge too."""
        dear = [placed(total_cents=self.draw.amount(LIMIT, 9 * LIMIT)) for _ in range(self.draw.count(2, 4))]
        dear.append(placed(total_cents=LIMIT))
        cheap = [placed(total_cents=self.draw.amount(900, LIMIT - 1)), placed(total_cents=LIMIT - 1)]
        cancelled = {**placed(total_cents=2 * LIMIT), "detail-type": "OrderCancelled"}
        return dear, [*cheap, cancelled, {**placed(total_cents=2 * LIMIT), "source": f"{self.draw.names(1)[0]}.orders"}]

    async def put(self, dear: list[Event], other: list[Event]) -> None:
        """Put events in any order, and judge that the other teams got theirs."""
        events = self.draw.sample([*dear, *other], len(dear) + len(other))
        await self.side.put(*events)
        ours = [one for one in events if one["source"] == "shop.orders"]
        await self.got("letters", told_of(ours))
        await self.got("packers", told_of(one for one in ours if one["detail-type"] == "OrderPlaced"))

    async def got(self, queue: str, orders: list[str]) -> None:
        """Judge what a queue of the other teams got."""
        found = Counter(one.get("detail", {}).get("id") for one in await self.side.take(queue))
        words = f"{found.total()} of {len(orders)} events were there"
        self.judge.claim(found == Counter(orders), f"the queue {queue} gets what it got before", words, line=OTHERS)

    async def insured(self) -> Counter[str]:
        return Counter((await self.door.get("/insured")).raise_for_status().json())

    async def judge_insured(self, orders: list[str]) -> None:
        """Judge that these orders are insured once, and no other is."""

        async def are_all() -> bool:
            return (await self.insured()).keys() >= set(orders)

        sentence = "each order that was placed for 500.00 or more is insured"
        await self.judge.eventually(are_all, sentence, "some are missing", within=WITHIN, line=OWN)
        found = await self.insured()
        extra = found - Counter(orders)
        words = f"{extra.total()} more came"
        self.judge.claim(not extra, "the insurers get each of these once, and nothing else", words, line=OWN)

    async def judge_others_rules(self) -> None:
        """Judge that the rules, targets and queues of the other teams are as the shop made them."""
        self.judge.done("started the insurers, looked at the other teams' rules and queues, and put events on the bus")
        found = await asyncio.to_thread(self.look)
        sentence = "rules, targets and queues of the other teams are as before"
        odd = [name for name, one in found.items() if one != EXPECTED[name]]
        shown = [f"{name}: {json.dumps(found[name])}" for name in odd]
        self.judge.claim(not odd, sentence, f"{', '.join(odd)} changed", evidence=shown, line=OTHERS)

    def look(self) -> dict[str, Any]:
        """Describe the other teams' rules and queues."""
        named = {"EventBusName": cloud.BUS_NAME}
        found: dict[str, Any] = {}
        for name in ("packers", "letters"):
            rule = self.side.events.describe_rule(Name=name, **named)
            targets = self.side.events.list_targets_by_rule(Rule=name, **named)["Targets"]
            url = cloud.found_queue(self.side.sqs, name)
            queue = self.side.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
            own = [queue["VisibilityTimeout"], "RedrivePolicy" in queue]
            found[name] = [json.loads(rule["EventPattern"]), [(one["Id"], one["Arn"]) for one in targets], own]
        return found

    async def judge_orders(self) -> None:
        """Judge orders that nothing is wrong with."""
        dear, other = self.events()
        await self.put(dear, other)
        self.all = told_of(dear)
        await self.judge_insured(self.all)

    async def judge_mistake(self) -> None:
        """Judge orders at which the program fails."""
        dear, other = self.events()
        bad = self.draw.victim(told_of(dear))
        self.judge.done("had the program fail at an order")
        (await self.door.put("/mistake", json=[bad])).raise_for_status()
        await self.put(dear, other)
        self.all += [order for order in told_of(dear) if order != bad]
        await self.judge_insured(self.all)
        sentence = f"the order is set aside in {LETTERS}"
        await self.judge.eventually(self.is_set_aside, sentence, "it is not there", within=WITHIN, line=FAILS)
        letters = await self.side.take(LETTERS)
        words = f"{len(letters)} messages are there"
        self.judge.claim(
            told_of(letters) == [bad], "it is there once, with the event, and nothing else is", words, line=FAILS
        )
        self.judge_tries(bad)

    def judge_tries(self, bad: str) -> None:
        """Judge by the program's log when it tried this order."""
        told = re.findall(rf"(\d\d:\d\d:\d\d\.\d+) .*stops at order {bad}", self.side.stack.logs("insurers", 400))
        self.judge.claim(len(told) == TRIES, f"it is tried {TRIES} times", f"{len(told)} times", line=FAILS)
        tries = [datetime.strptime(one, "%H:%M:%S.%f") for one in told]
        apart = [(later - one) % timedelta(days=1) / timedelta(seconds=1) for one, later in itertools.pairwise(tries)]
        sentence, words = "its tries are a second or so apart", ", ".join(f"{one:.2f} s" for one in apart)
        self.judge.claim(min(apart) > SOON and max(apart) < LATE, sentence, words, line=FAILS)

    async def is_set_aside(self) -> bool:
        waiting = {one.name: one.waiting for one in await asyncio.to_thread(self.side.stack.queues)}
        return waiting.get(LETTERS, 0) > 0

    async def judge_restart(self) -> None:
        """Judge that the program may start again: what was there stays, and nothing comes twice."""
        self.judge.done("killed the program, and started it again")
        fault = await asyncio.to_thread(self.side.stack.instance("insurers-1").kill)
        dear, other = self.events()
        await self.put(dear, other)
        await asyncio.to_thread(fault.heal)
        await until(self.answers, "the insurers' program is there again", within=WITHIN)
        more, others = self.events()
        await self.put(more, others)
        await self.judge_insured([*told_of(dear), *told_of(more)])
        await self.judge_others_rules()

    async def answers(self) -> bool:
        try:
            return (await self.door.get("/insured")).status_code == 200
        except httpx.HTTPError:
            return False


def _expected(pattern: dict[str, Any], name: str) -> list[Any]:
    return [pattern, [(f"{name}-1", cloud.queue_arn(name))], ["30", False]]


EXPECTED = {
    "packers": _expected({"source": ["shop.orders"], "detail-type": ["OrderPlaced"]}, "packers"),
    "letters": _expected({"source": ["shop.orders"]}, "letters"),
}
