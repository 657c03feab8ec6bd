"""A quick yard and slow customs, and what is expected of two who hear of the same orders."""

from __future__ import annotations

import asyncio
from collections import Counter

from lab10_stack import DECIDED_WITHIN, accepted, counted, programming_error

from capsize.check import Judge
from capsize.check.kit import until
from capsize.waiting import came_true
from workbench.customers import Customers
from workbench.labs.messaging_control import Quayside

ACK_WAIT = 2.5  # seconds until a message comes again
HELD = 1.5  # seconds for which the customs keep their first order, or until the yard is through
AGAIN_WITHIN = ACK_WAIT + 9  # seconds in which what was in hand comes again, on a busy machine too
INTERRUPTED = 4  # calls that a kill and a stop may cut off, and that are rightly repeated
OFFICES = ("yard", "customs")


class Hearers:
    """Orders, the two who hear of them, and a process that dies in the midst of it."""

    def __init__(self, judge: Judge, quay: Quayside) -> None:
        self.judge, self.quay, self.draw = judge, quay, judge.draw
        self.placed: set[str] = set()
        self.first, self.slow = self.draw.count(17, 22), self.draw.count(200, 250)  # orders, and milliseconds
        self.failed = Counter[str]()  # calls of an office that failed
        judge.point(look="async def subscribe", line=2)

    async def place(self, customers: Customers, count: int) -> None:
        carts = [{self.draw.choice(("shackle", "ensign", "oakum")): self.draw.count(1, 3)} for _ in range(count)]
        orders = await accepted(self.judge, customers, carts)
        self.placed |= {order["id"] for order in orders}

    async def listen(self, processes: int) -> None:
        """Have so many processes that listen."""
        await asyncio.to_thread(self.quay.stack.service("hearers").scale, processes)

    async def heard(self, office: str) -> int:
        return len((await self.quay.deeds(office)).keys() & self.placed)

    async def judge_pace(self, customers: Customers) -> None:
        """Judge that the yard is through while the customs have just begun."""
        self.judge.done(
            f"placed {self.first} orders before anybody had ever listened; the customs keep the first for {HELD:g} s,"
            f" or until the yard is through, and take {self.slow} ms for each other"
        )
        await self.quay.tell("customs", ms=self.slow, hold={1: "after"})
        await self.place(customers, self.first)
        await self.listen(1)

        async def packed() -> bool:
            return await self.heard("yard") == self.first

        async def is_decided() -> bool:
            return await packed() or await self.is_idle()

        is_quick = await came_true(packed, HELD)
        await self.quay.tell("customs", ms=self.slow)  # a first call that comes later is not held any more
        await self.quay.release()
        is_over = is_quick or await came_true(is_decided, DECIDED_WITHIN)
        yard, customs = await self.heard("yard"), await self.heard("customs")
        why = {} if is_over and yard else programming_error(self.judge, self.quay.stack)
        self.judge.claim(
            is_over and yard == self.first,
            f"the yard hears of every order: {self.first} are packed",
            f"{yard} are",
            **{"evidence": [f"the customs cleared {customs}"], **why},
        )
        self.judge_delay(customs <= self.first / 2, customs)

    def judge_delay(self, is_well: bool, customs: int) -> None:
        """Judge that the yard was through when the customs were not."""
        self.judge.claim(
            is_well,
            "the slow one delays nobody: when the yard is through, the customs have most of it before them",
            f"the yard was through when the customs had cleared {customs}",
            look="harbour.clear",
            line=1,
        )

    async def judge_what_is_placed_meanwhile(self, customers: Customers) -> None:
        """Judge that the yard packs at once what is placed while the customs are at work."""
        few = self.draw.count(3, 5)
        self.judge.done(f"placed {few} more while the customs were at work")
        await self.place(customers, few)

        async def is_decided() -> bool:
            return await self.heard("yard") == len(self.placed) or await self.heard("customs") == len(self.placed)

        is_over = await came_true(is_decided, DECIDED_WITHIN)
        customs = await self.heard("customs")
        self.judge_delay(is_over and customs < self.first, customs)

    async def judge_what_was_in_hand(self, customers: Customers) -> None:
        """Kill the process while both have an order in hand, order while nobody listens, and judge what comes again."""
        few, more = self.draw.count(2, 3), self.draw.count(3, 6)
        self.judge.done(
            f"killed the hearers while both had an order in hand, and placed {more} more while nobody was listening"
        )
        await self.quay.tell("yard", hold={1: "before"})
        await self.quay.tell("customs", ms=self.slow, hold={1: "before"})
        await self.place(customers, few)
        held = await self.both_in_hand()
        await asyncio.to_thread(self.quay.stack.instance("hearers-1").kill)
        await self.listen(0)
        before = {office: (await self.calls_of(office))[held[office]] for office in OFFICES}
        await self.quay.release()
        await self.place(customers, more)
        await self.listen(1)
        for office in OFFICES:
            await self.judge_again(office, held[office], before[office])

    async def both_in_hand(self) -> dict[str, str]:
        """Wait until both offices hold a call; return the orders by the names of the offices."""

        async def both() -> dict[str, str] | None:
            held = {one["office"]: one["order_id"] for one in await self.quay.holds()}
            return held if set(OFFICES) <= held.keys() else None

        found: dict[str, str] = await until(both, "both have an order in hand", within=DECIDED_WITHIN, line=2)
        return found

    async def judge_what_failed(self, customers: Customers) -> None:
        """Have one office fail for a call, and then the other: one that goes on hides that the first has ended."""
        offices = self.draw.sample(OFFICES, 2)
        self.judge.done(f"had the {offices[0]} fail for one call, and when all was heard, the {offices[1]}")
        for office in offices:
            await self.quay.tell(office, ms=self.slow if office == "customs" else 0, fail=[self.draw.count(1, 3)])
            self.failed[office] += 1
            await self.place(customers, self.draw.count(3, 6))
            await self.settle()
            heard = await self.heard(office)
            self.judge.claim(
                heard == len(self.placed),
                f"after a call for which the {office} failed, that order comes again, and all others come",
                f"{len(self.placed) - heard} of {len(self.placed)} did not",
                look="harbour.pack" if office == "yard" else "harbour.clear",
                line=3,
            )

    async def calls_of(self, office: str) -> Counter[str]:
        """Count an office's calls by order."""
        return Counter(call["order"] for call in await self.quay.calls(office))

    async def judge_again(self, office: str, order: str, before: int) -> None:
        """Judge that an order that was in hand when the process died comes again in time."""

        async def is_again() -> bool:
            return (await self.calls_of(office))[order] > before

        await self.judge.eventually(
            is_again,
            f"an order that is in hand when the process dies comes again after ack_wait, {ACK_WAIT:g} s",
            f"nothing of it at the {office} within {AGAIN_WITHIN:g} s",
            within=AGAIN_WITHIN,
            look="harbour.pack" if office == "yard" else "harbour.clear",
            line=3,
        )

    async def judge_all(self) -> None:
        """Judge that in the end both have heard of everything, and neither of anything twice without a reason."""
        await self.settle()
        counts = {office: await self.heard(office) for office in OFFICES}
        missing = {office for office, count in counts.items() if count < len(self.placed)}
        self.judge.claim(
            not missing,
            f"each of the two hears of every order, {len(self.placed)}, whenever it was placed",
            ", ".join(f"{office} {count}" for office, count in counts.items()),
        )
        for office, look in (("customs", "harbour.clear"), ("yard", "harbour.pack")):
            await self.judge_repeats(office, look)
        is_idle = await came_true(self.is_idle, DECIDED_WITHIN)
        self.judge.claim(is_idle, "what is done is acknowledged", "some of it is not", look="message.ack", line=3)

    async def settle(self) -> None:
        """Wait until both have heard of everything, for as long as more and more is done."""
        before = -1
        while (now := sum([await self.heard(office) for office in OFFICES])) > before:
            before = now
            if await came_true(self.is_through, ACK_WAIT + 2):
                return

    async def is_through(self) -> bool:
        return all([await self.heard(office) == len(self.placed) for office in OFFICES])

    async def judge_repeats(self, office: str, look: str) -> None:
        """Judge that an office is not asked again for what it has done, or is doing."""
        rightly = INTERRUPTED + self.failed[office]

        async def repeated() -> bool:
            return len(await self.quay.calls(office)) - len(self.placed) > rightly

        # what was sent twice is also done twice, after the first was acknowledged
        again = await came_true(repeated, ACK_WAIT if await self.sent_again() > INTERRUPTED + 2 else 0)
        calls = len(await self.quay.calls(office))
        self.judge.claim(
            not again,
            f"the {office} {'are' if office == 'customs' else 'is'} not asked again for what is done, or in hand",
            f"{counted(calls, 'call', 'calls')} for {len(self.placed)} orders",
            evidence=[f"a message that waits in flight for more than {ACK_WAIT} s is taken for lost, and comes again"],
            look=look,
            line=3,
        )

    async def sent_again(self) -> int:
        """Count what the server sent more than once, for any of them."""
        sent = [one.delivered for one in await self.quay.js.consumers_info("ORDERS")]
        return sum(one.consumer_seq - one.stream_seq for one in sent)

    async def is_idle(self) -> bool:
        bookmarks = await self.quay.js.consumers_info("ORDERS")
        return bool(bookmarks) and not any(one.num_pending + one.num_ack_pending for one in bookmarks)
