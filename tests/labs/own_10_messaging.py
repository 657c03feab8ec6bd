"""The check of lab 10's task on your own: work that the machine holds, a death, a jam, and a machine that is stuck."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from itertools import pairwise
from typing import Any
from uuid import UUID

from capsize.check import Judge, exercise
from capsize.check.kit import only
from capsize.session.running import RunningStack
from capsize.waiting import came_true
from workbench.harbour_control import Harbourside
from workbench.nats_server import connected

WORKERS, ORDERS, KILLED = 4, 3, 2  # one worker is free, and would take what it is given
ACK_WAIT, LONGEST = 1.5, 8.4  # seconds; the second is no multiple of the first
AT_WORK = 2.7 * ACK_WAIT  # seconds for which the machine holds an order, and nothing else may happen
SLACK = 4.0  # seconds, for a busy machine
WITHIN = 2 * ACK_WAIT + SLACK
EARLY = 0.5  # seconds by which a call may reach the yard after its worker has begun to count
JAMS = 4  # of one order: pauses that grow with each try are seen after so many
LOOP = "async for message"


class Workshop(Harbourside):
    """The yard with the engraving machine, and the queue that the engravers read."""

    server: Any

    async def take_hold(self) -> None:
        """Open the harbour's side, and the queue's."""
        await super().take_hold()
        self.server = await connected(self.stack, "engravers")
        self.opened.push_async_callback(self.server.close)

    async def place(self, orders: list[str]) -> None:
        """Put orders into the queue."""
        for order in orders:
            await self.server.jetstream().publish("orders.placed", json.dumps({"id": order}).encode())

    async def unread(self) -> int:
        """Count what is in the queue, what is being worked on included."""
        state = await self.server.jetstream().consumer_info("ORDERS", "engravers")
        return int(state.num_pending + state.num_ack_pending)

    async def begun(self) -> Counter[str]:
        """Count how often each order was begun."""
        return Counter(call["order"] for call in await self.calls("yard"))

    async def has_begun(self, count: int) -> bool:
        return len(await self.calls("yard")) >= count


@exercise(
    "10.own",
    deadline=120,
    changed=only("nats", "harbour", "harbour-db", workers={"engravers": WORKERS}, ACK_WAIT=ACK_WAIT, LONGEST=LONGEST),
)
async def test_an_order_belongs_to_whom_is_at_it(stack: RunningStack, judge: Judge):
    """While the machine works, nobody else gets the order; a death, a jam and a stuck machine give it back."""
    judge.point(look=LOOP, evidence=lambda: judge.story(stack, "engravers"))
    async with Workshop(stack) as shop:
        first, then = new_orders(judge, ORDERS), new_orders(judge, judge.draw.count(3, 6))
        await shop.tell("yard", hold=dict.fromkeys(range(1, ORDERS + 1), "before"))
        await shop.place(first)
        await judge_long(judge, shop)
        await judge_death(judge, shop)
        await judge_stuck(judge, shop)
        more = await judge_free(judge, shop)
        await judge_jam(judge, shop, [*first, *more], then)
        await judge_jams(judge, shop)


def new_orders(judge: Judge, count: int) -> list[str]:
    return [str(UUID(int=judge.draw.getrandbits(128), version=4)) for _ in range(count)]


async def judge_long(judge: Judge, shop: Workshop) -> None:
    """Judge that orders stay with their workers while the machine works on them."""
    judge.done(
        f"placed {ORDERS} orders, at each of which the machine is longer than {AT_WORK:g} s; {WORKERS} engravers"
    )
    await judge.eventually(lambda: shop.has_begun(ORDERS), f"{ORDERS} orders are begun", within=WITHIN, line=1)
    is_more = await came_true(lambda: shop.has_begun(ORDERS + 1), AT_WORK)
    words = f"{(await shop.begun()).total()} times, with ACK_WAIT = {ACK_WAIT} s"
    sentence = f"the free worker gets none of them: in {AT_WORK:g} s they are begun {ORDERS} times"
    judge.claim(not is_more, sentence, words, line=1)


async def judge_death(judge: Judge, shop: Workshop) -> None:
    """Judge that the order of a worker that was killed is begun again, and soon; one of them or more had one."""
    victims = judge.draw.sample([f"engravers-{number}" for number in range(1, WORKERS + 1)], KILLED)
    judge.done(f"killed {' and '.join(victims)} while the machine was at the orders")
    before = await shop.begun()
    await asyncio.gather(*(asyncio.to_thread(shop.stack.instance(victim).kill) for victim in victims))
    is_again = await came_true(lambda: has_again(shop, before), WITHIN)
    sentence = "the order of a worker that was killed is begun again within twice ACK_WAIT"
    judge.claim(is_again, sentence, f"not within {WITHIN:g} s", line=2)


async def has_again(shop: Workshop, before: Counter[str]) -> bool:
    """Say whether one of the orders that were under way has been begun once more."""
    begun = await shop.begun()
    return any(begun[order] > before[order] for order in before)


async def judge_jam(judge: Judge, shop: Workshop, first: list[str], then: list[str]) -> None:
    """Judge that orders come again when the machine jams, and that all are engraved once in the end."""
    jams = judge.draw.instants(2, 1, len(then))
    judge.done(f"placed {len(then)} more, and had the machine jam for two of them")
    ended = ends(shop)
    await shop.tell("yard", fail=jams)
    await shop.release()
    await shop.place(then)
    is_done = await came_true(lambda: is_over(shop, [*first, *then]), WITHIN)
    plates = await shop.deeds("yard")
    left = [order for order in [*first, *then] if not plates[order]]
    judge.claim(not left, "what the machine jammed at is begun again", f"{len(left)} are not engraved", line=3)
    judge.claim(ends(shop) == ended, "a jam ends no worker", f"{ends(shop) - ended} ended", line=3)
    judge.claim(is_done, "what is engraved is acknowledged", f"{await shop.unread()} messages are left", line=1)
    twice = {order: count for order, count in plates.items() if count > 1}
    judge.claim(not twice, "each order is engraved once", f"{len(twice)} were engraved again", line=1)


async def judge_jams(judge: Judge, shop: Workshop) -> None:
    """Judge an order at which the machine jams again and again: the pauses between its tries do not grow."""
    [order] = new_orders(judge, 1)
    judge.done(f"placed one more, at which the machine jammed {JAMS} times")
    await shop.tell("yard", fail=[*range(1, JAMS + 1)])
    await shop.place([order])
    is_done = await came_true(lambda: is_over(shop, [order]), JAMS * 2 * ACK_WAIT + SLACK)
    times = [call["at"] for call in await shop.calls("yard") if call["order"] == order]
    pauses = [later - earlier for earlier, later in pairwise(times)]
    sentence = "an order at which the machine jams again is begun again, as often as it takes"
    judge.claim(is_done, sentence, f"it was begun {len(times)} times", line=3)
    grows = pauses[-1] > 2 * ACK_WAIT + EARLY and pauses[-1] > pauses[0] + ACK_WAIT * (JAMS - 2)
    words = f"{', '.join(f'{pause:.1f}' for pause in pauses)} s between its tries, with ACK_WAIT = {ACK_WAIT} s"
    sentence = "each time it is begun again within twice ACK_WAIT"
    judge.claim(not grows, sentence, words, line=3)


async def is_over(shop: Workshop, orders: list[str]) -> bool:
    return not await shop.unread() and (await shop.deeds("yard")).keys() >= {*orders}


def ends(shop: Workshop) -> int:
    """Count the workers that ended by themselves."""
    return len(shop.stack.timeline.told("crashed", "engravers"))


async def judge_stuck(judge: Judge, shop: Workshop) -> None:
    """Judge that workers give up on what the machine is stuck with, in time, and not too early."""
    judge.done(f"left the machine stuck with the orders of the other workers; LONGEST was {LONGEST} s")
    is_again = await came_true(lambda: all_again(shop), LONGEST + WITHIN)
    sentence = "an order that takes longer than LONGEST is begun again within twice ACK_WAIT"
    judge.claim(is_again, sentence, f"not within {LONGEST + WITHIN:g} s", line=4)
    early = [gap for gap in await gaps(shop) if gap < LONGEST - EARLY]
    words = f"{len(early)} orders were begun again earlier, and {KILLED} workers were killed"
    judge.claim(len(early) <= KILLED, "nobody gives up before LONGEST", words, line=4)


async def judge_free(judge: Judge, shop: Workshop) -> list[str]:
    """Judge that a worker which gave up is free: each of them begins another order. Return these orders."""
    more = new_orders(judge, WORKERS)
    judge.done(f"placed {WORKERS} more, one for each engraver")
    await shop.tell("yard", hold=dict.fromkeys(range(1, WORKERS + 1), "before"))
    before = (await shop.begun()).total()
    await shop.place(more)
    are_free = await came_true(lambda: shop.has_begun(before + WORKERS), WITHIN)
    free = (await shop.begun()).total() - before
    sentence = "a worker that gave up on an order is free for another one"
    judge.claim(are_free, sentence, f"{free} of {WORKERS} began one", line=4)
    return more


async def all_again(shop: Workshop) -> bool:
    """Say whether each order that was under way has been begun twice."""
    return min((await shop.begun()).values()) >= 2


async def gaps(shop: Workshop) -> list[float]:
    """List the seconds between the first two times that each order was begun."""
    times: dict[str, list[float]] = {}
    for call in await shop.calls("yard"):
        times.setdefault(call["order"], []).append(call["at"])
    return [second - first for first, second, *_ in times.values()]
