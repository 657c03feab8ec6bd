"""A quick yard and slow customs, and what is expected of two who hear of the same orders."""

from __future__ import annotations

import asyncio

from lab10_stack import DECIDED_WITHIN, accepted

from capsize.check import Judge
from capsize.check.kit import until
from capsize.waiting import came_true
from workbench.customers import Customers
from workbench.harbour_control import DONE_WITHIN
from workbench.labs.messaging_control import Quayside

FIRST, LATER = 20, 5
SLOW, ACK_WAIT = 300, 3  # milliseconds that the customs take, and seconds until a message comes again
HELD = 1  # second for which the customs keep their first order, or until the yard is through
INTERRUPTED = 4  # calls that a kill and a stop may cut off, and that are rightly repeated


class Hearers:
    """Orders, the two who hear of them, and a process that dies in the midst of it."""

    def __init__(self, judge: Judge, quay: Quayside) -> None:
        self.judge, self.quay = judge, quay
        self.placed: set[str] = set()

    async def place(self, customers: Customers, count: int) -> None:
        orders = await accepted(self.judge, customers, [{"shackle": 1}] * count)
        self.placed |= {order["id"] for order in orders}

    async def listen(self, processes: int) -> None:
        """Have so many processes that listen."""
        await asyncio.to_thread(self.quay.stack.service("hearers").scale, processes)

    async def heard(self, office: str) -> int:
        return len((await self.quay.deeds(office)).keys() & self.placed)

    async def judge_pace(self, customers: Customers) -> None:
        """Judge that the yard is through while the customs have just begun."""
        self.judge.done(
            f"placed {FIRST} orders while nobody was listening; the customs keep the first for {HELD} s, or until the"
            f" yard is through, and take {SLOW} ms for each other"
        )
        await self.quay.tell("customs", ms=SLOW, hold={1: "after"})
        await self.listen(0)
        await self.place(customers, FIRST)
        await self.listen(1)

        async def packed() -> bool:
            return await self.heard("yard") == FIRST

        async def is_decided() -> bool:
            return await packed() or await self.is_idle()

        is_quick = await came_true(packed, HELD)
        await self.quay.release()
        is_over = is_quick or await came_true(is_decided, DECIDED_WITHIN)
        yard, customs = await self.heard("yard"), await self.heard("customs")
        self.judge.claim(
            is_over and yard == FIRST,
            f"the yard hears of every order: {FIRST} are packed",
            f"{yard} are",
            evidence=[f"the customs cleared {customs}"],
            look="async def subscribe",
        )
        self.judge.claim(
            customs <= FIRST / 2,
            "the slow one delays nobody: when the yard is through, the customs have most of it before them",
            f"the yard was through when the customs had cleared {customs}",
            look="harbour.clear",
        )

    async def kill_and_order(self, customers: Customers) -> None:
        """Kill the process while the customs have an order in hand, and order while nobody listens."""
        self.judge.done(f"killed the hearers over an order, and placed {LATER} more while nobody was listening")
        await self.quay.tell("customs", ms=SLOW, hold={1: "before"})
        await until(self.quay.holds, "the customs have an order in hand", within=DONE_WITHIN)
        await asyncio.to_thread(self.quay.stack.instance("hearers-1").kill)
        await self.listen(0)
        await self.quay.release()
        await self.quay.tell("customs", ms=SLOW)
        await self.place(customers, LATER)
        await self.listen(1)

    async def judge_all(self) -> None:
        """Judge that in the end both have heard of everything, and the customs not twice."""
        all_of_it = FIRST + LATER

        async def both() -> bool:
            return await self.heard("yard") == await self.heard("customs") == all_of_it

        async def is_decided() -> bool:
            return await both() or await self.is_idle()

        is_over = await came_true(is_decided, DONE_WITHIN)
        is_over = await came_true(both, ACK_WAIT) or is_over  # what was acknowledged too early may still be in hand
        counts = {office: await self.heard(office) for office in ("yard", "customs")}
        self.judge.claim(
            is_over and set(counts.values()) == {all_of_it},
            f"each of the two hears of every order, {all_of_it}, whichever copy died, and whenever it was placed",
            ", ".join(f"{office} {count}" for office, count in counts.items()),
            look="async def subscribe",
        )
        is_idle = await came_true(self.is_idle, DECIDED_WITHIN)

        async def repeated() -> bool:
            return len(await self.quay.calls("customs")) - all_of_it > INTERRUPTED

        # what was sent twice is also done twice, after the first was acknowledged
        again = await came_true(repeated, ACK_WAIT if await self.sent_again() > INTERRUPTED else 0)
        self.judge.claim(
            not again,
            "the customs are not asked again for what they have, or will have, in hand",
            f"{len(await self.quay.calls('customs'))} calls for {all_of_it} orders",
            evidence=[f"a message that waits in flight for more than {ACK_WAIT} s is taken for lost, and comes again"],
            look="harbour.clear",
        )
        self.judge.claim(is_idle, "what is done is acknowledged", "some of it is not", look="message.ack")

    async def sent_again(self) -> int:
        """Count what the server sent more than once, for any of them."""
        sent = [one.delivered for one in await self.quay.js.consumers_info("ORDERS")]
        return sum(one.consumer_seq - one.stream_seq for one in sent)

    async def is_idle(self) -> bool:
        bookmarks = await self.quay.js.consumers_info("ORDERS")
        return bool(bookmarks) and not any(one.num_pending + one.num_ack_pending for one in bookmarks)
