"""Exercise 8.2: a database that is away, flaps and is back, and what customers meet who are sent to the copies.

Copies may leave, or stay and show the shelf from memory. Who is sent to a copy is served, in either case.
"""

from __future__ import annotations

import asyncio
import time

from lab08_stack import PLATFORM_ACTS_WITHIN, listed

from capsize.check import Judge
from capsize.check.kit import browser, database, during, until
from capsize.runtime.control.edges import FRESH
from capsize.session.running import RunningStack
from workbench.customers import Answer, anonymous, tally, unusual

ASKS_EVERY = 0.4  # seconds between two questions that a copy asks its database
SHORT = 0.5  # seconds of an absence or a return: one question or two fall into it
FLAPS = 2  # of each kind that count
TRIES = 12  # on a machine that is so busy that a flap may get too long to count
SETTLED_WITHIN = 1.0  # seconds in which the platform has seen what a copy says, and told the wires
CUSTOMERS = 20
ANSWERED_WITHIN, SLACK = 2.0, 1.0  # seconds: the second for a busy machine
DEAR = "UPDATE inventory.items SET price_cents = $1 WHERE sku = $2"


class Watch:
    """What the platform and the wires make of the copies while the database comes and goes."""

    def __init__(self, stack: RunningStack, judge: Judge) -> None:
        self.stack, self.judge = stack, judge
        self.copies = stack.service("shop").instances
        self.cut = stack.edge("shop", "db").cut
        self.shelf: list[dict[str, object]] = []  # as it is in the database
        self.stays = False  # whether copies stay in the rotation without the database
        judge.point(evidence=lambda: judge.story(stack, "shop"), look="def heard")

    def names(self, *, ready: bool) -> list[str]:
        return [copy.name for copy in self.copies if copy.ready is ready]

    def changed(self, what: str) -> list[str]:
        """List which copies the platform has found ready, or not ready, until now."""
        return [event.who for event in self.stack.timeline.told(what, "shop")]

    async def judge_flaps(self) -> None:
        """Judge that an absence of one or two answers takes nobody out."""
        self.judge.done(f"had the database fail one question or two, {FLAPS} times")
        before, lasted = len(self.changed("not ready")), []
        for _ in range(TRIES):
            began = time.monotonic()
            async with during(self.cut):
                await asyncio.sleep(SHORT)
            lasted.append(time.monotonic() - began)
            await asyncio.sleep(SETTLED_WITHIN)
            if self._count(lasted) == FLAPS or self.names(ready=False):
                break
        self._judge_flaps(lasted, self.changed("not ready")[before:], "fail take no copy out")

    async def judge_doubt(self) -> None:
        """Judge that a return of one or two answers brings nobody back."""
        self.judge.done(f"gave the database back for one question or two, {FLAPS} times")
        before, lasted = len(self.changed("ready")), []
        for _ in range(TRIES):
            began = time.monotonic()
            await asyncio.to_thread(self.stack.edge("shop", "db").heal)
            await asyncio.sleep(SHORT)
            await asyncio.to_thread(self.cut)
            lasted.append(time.monotonic() - began)
            await asyncio.sleep(SETTLED_WITHIN)
            if self._count(lasted) == FLAPS or self.names(ready=True):
                break
        self._judge_flaps(lasted, self.changed("ready")[before:], "succeed bring no copy back")

    @staticmethod
    def _count(lasted: list[float]) -> int:
        """Count the flaps that are too short for three questions."""
        return sum(seconds < 2 * ASKS_EVERY for seconds in lasted)

    def _judge_flaps(self, lasted: list[float], moved: list[str], words: str) -> None:
        if self._count(lasted) == len(lasted):  # one that took longer may have been three answers
            self.judge.claim(not moved, f"one answer or two that {words}", f"{listed(moved)} changed", line=3)

    async def change_a_price(self) -> None:
        """Have something cost a price that was drawn, and keep what customers are to see now."""
        async with database(self.stack) as db:
            sku = self.judge.draw.choice(await db.fetch("SELECT sku FROM inventory.items ORDER BY sku"))["sku"]
            await db.execute(DEAR, self.judge.draw.amount(100_000, 900_000), sku)
            rows = await db.fetch("SELECT sku, price_cents, on_hand FROM inventory.items ORDER BY sku")
        self.shelf = [dict(row) for row in rows]

    async def until_seen(self) -> None:
        """Wait until every copy has shown the shelf as it is in the database."""
        names = {copy.name for copy in self.copies}

        async def is_seen() -> bool:
            return {answer.by for answer in await self._visits() if self._is_right(answer)} == names

        what = "every copy shows the shelf as it is in the database"
        await until(is_seen, what, within=PLATFORM_ACTS_WITHIN, line=2)

    async def judge_absence(self) -> None:
        """Judge that who is sent to a copy is served: every copy leaves, or shows the shelf as it last was."""
        self.judge.done("cut the database off")
        self.judge.point(line=1)
        said: list[Answer] = []

        async def is_settled() -> bool:
            said[:] = await self._visits(1)
            return not self.names(ready=True) or self._is_right(said[0])

        await self.judge.eventually(
            is_settled,
            "no customer meets a copy that cannot serve",
            lambda: f"{listed(self.names(ready=True))} stayed in the rotation, and customers got {tally(said)}",
            within=PLATFORM_ACTS_WITHIN,
        )
        await asyncio.to_thread(self.stack.service("shop").rotation)
        self.stays = bool(self.names(ready=True))
        await self._judge_visits()

    async def _judge_visits(self) -> None:
        before = await self._turned_away()
        answers = await self._visits()
        turned_away = await self._turned_away() - before
        wrong = [one for one in answers if not self._is_right(one) and one.kind != "503"]
        served = sum(map(self._is_right, answers))
        self.judge.claim(
            not wrong and served + turned_away == CUSTOMERS,
            f"each of {CUSTOMERS} customers is turned away by the wires (503), or sees the shelf as it last was",
            lambda: f"{turned_away} were turned away, {served} saw it, and the answers are {tally(answers)}",
            evidence=unusual(wrong),
        )
        slow = max(answer.seconds for answer in answers)
        sentence = f"none of them waits for longer than {ANSWERED_WITHIN:g} s"
        self.judge.claim(slow < ANSWERED_WITHIN + SLACK, sentence, f"one waited for {slow:.1f} s")

    def _is_right(self, answer: Answer) -> bool:
        return answer.kind == "200" and answer.body == self.shelf

    async def _turned_away(self) -> int:
        """Count the requests for which the wires found nobody who is ready."""
        await asyncio.sleep(FRESH)
        stats = await asyncio.to_thread(self.stack.edge("outside", "shop").stats)
        return stats.errors.get("nobody ready", 0)

    async def _visits(self, count: int = CUSTOMERS) -> list[Answer]:
        async with anonymous(self.stack.url("shop")) as customer:
            return [await customer.read("/items") for _ in range(count)]

    async def judge_return(self) -> None:
        """Judge that every copy is back, by the platform's word, by the wires, and for customers."""
        self.judge.done("changed a price, and gave the database back for good")
        self.judge.point(line=2)
        await self.judge.eventually(
            lambda: not self.names(ready=False),
            "every copy is back in the rotation when the database is back",
            lambda: f"{listed(self.names(ready=False))} stayed out",
            within=PLATFORM_ACTS_WITHIN,
        )
        await asyncio.to_thread(self.stack.service("shop").rotation)
        answers = await self._visits()
        served, everybody = listed(answer.by for answer in answers), listed(copy.name for copy in self.copies)
        self.judge.claim(tally(answers) == {"200": CUSTOMERS}, "every customer is served (200)", tally(answers))
        old = [one for one in answers if not self._is_right(one)]
        self.judge.claim(not old, "they see the shelf as it is in the database", f"{len(old)} see another one")
        self.judge.claim(served == everybody, "customers are sent to all of them", served)


SURE = 8  # answers before the first doubt: a copy that begins not ready is ready by then
MOST = 6  # answers in a row with which a copy has changed
# Doubts: how many answers against what a copy says, and how many for it then, again and again; none is a change.
DOUBTS = (((2, 1), (2, 1), (2, 1)), ((1, 1), (1, 1), (1, 1), (1, 1)), ((2, 2), (1, 2)), ((1, 5), (2, 1)))
FEW = 2  # answers in a row that change nothing
EARLY = {
    True: "one answer or two that succeed bring no copy back",
    False: "one answer or two that fail take no copy out",
}  # by what the answers are
LATE = {
    True: "the sixth answer in a row that succeeds brings a copy back, if none did before",
    False: "the sixth answer in a row that fails takes a copy out, if none did before",
}


class Rehearsal:
    """Rows of answers, drawn, and what the learner's file says after each answer.

    A file by which copies ``stay`` without the database may say at any time that its copy is ready.
    """

    def __init__(self, stack: RunningStack, judge: Judge, *, stays: bool) -> None:
        self.stack, self.judge, self.stays, draw = stack, judge, stays, judge.draw
        self.answers, ready = [True] * SURE, True
        for doubts in (draw.sample(DOUBTS, len(DOUBTS)), draw.sample(DOUBTS, len(DOUBTS))):
            for doubt in doubts:
                for _ in (True, False):  # the same doubt of a copy that is ready and of one that is not
                    for against, agreed in doubt:
                        self.answers += [not ready] * against + [ready] * agreed
                    self.answers += [not ready] * draw.count(MOST, MOST + 2)
                    ready = not ready
        self.asked = [draw.count(1, 4) for _ in self.answers]

    async def judge_rows(self) -> None:
        """Judge that short rows change nothing, and long ones do, however often it asks."""
        self.judge.done(f"had readiness.py alone hear {len(self.answers)} answers, in short rows and long ones")
        async with browser(self.stack, "rehearsal", timeout=PLATFORM_ACTS_WITHIN) as client:
            answer = await client.post("/rehearsal", json={"answers": self.answers, "asked": self.asked})
        sentence = "it can be asked at any time, before the first answer too"
        self.judge.claim(answer.status_code == 200, sentence, answer.status_code, evidence=answer, line=3)
        said: list[list[bool]] = answer.json()
        row = 0
        for number, came in enumerate(self.answers):
            row = row + 1 if number and came == self.answers[number - 1] else 1
            if number >= SURE:
                self.judge_one(number, row, said)

    def judge_one(self, number: int, row: int, said: list[list[bool]]) -> None:
        """Judge what is said after one answer, which is so many in a row."""
        before, now, came = said[number - 1][-1], said[number], self.answers[number]
        is_sure = row >= MOST and not (self.stays and not came)
        allowed = {before} if row <= FEW else {came} if is_sure else {before, came}
        sentence = (EARLY if row <= FEW else LATE)[came]
        is_one = len(set(now)) == 1  # to ask changes nothing
        self.judge.claim(is_one and now[0] in allowed, sentence, words(now), evidence=self.told(number), line=3)

    def told(self, number: int) -> str:
        """Write the last answers up to one: ✓✓✗✗✗."""
        last = self.answers[max(0, number - 8) : number + 1]
        return f"it has heard {''.join('✓' if came else '✗' for came in last)}"


def words(said: list[bool]) -> str:
    return "it says " + " and then ".join(dict.fromkeys("ready" if one else "not ready" for one in said))
