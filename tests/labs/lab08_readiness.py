"""Exercise 8.2: a database that is away, flaps and is back, and which copies the platform sends customers to."""

from __future__ import annotations

import asyncio
import time

from lab08_stack import PLATFORM_ACTS_WITHIN, listed

from capsize.check import Judge
from capsize.check.kit import browser, during
from capsize.runtime.control.edges import FRESH
from capsize.session.running import RunningStack
from workbench.customers import Answer, anonymous, tally

ASKS_EVERY = 0.4  # seconds between two questions that a copy asks its database
SHORT = 0.5  # seconds of an absence or a return: one question or two fall into it
FLAPS = 2  # of each kind that count
TRIES = 12  # on a machine that is so busy that a flap may get too long to count
SETTLED_WITHIN = 1.0  # seconds in which the platform has seen what a copy says, and told the wires
CUSTOMERS = 20


class Watch:
    """What the platform and the wires make of the copies while the database comes and goes."""

    def __init__(self, stack: RunningStack, judge: Judge) -> None:
        self.stack, self.judge = stack, judge
        self.copies = stack.service("shop").instances
        self.cut = stack.edge("shop", "db").cut
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

    async def judge_absence(self) -> None:
        """Judge that every copy leaves, by the platform's word and by the wires."""
        self.judge.done("cut the database off")
        await self.judge.eventually(
            lambda: not self.names(ready=True),
            "every copy leaves the rotation while the database is away",
            lambda: f"{listed(self.names(ready=True))} stayed",
            within=PLATFORM_ACTS_WITHIN,
            line=1,
        )
        await asyncio.to_thread(self.stack.service("shop").rotation)
        before = await self._turned_away()
        answers = await self._visits()
        turned_away = await self._turned_away() - before
        self.judge.claim(
            turned_away == CUSTOMERS and tally(answers) == {"503": CUSTOMERS},
            f"no request reaches a copy: the wires turn all {CUSTOMERS} away (503)",
            lambda: f"{turned_away} were turned away, and customers got {tally(answers)}",
            line=1,
        )

    async def _turned_away(self) -> int:
        """Count the requests for which the wires found nobody who is ready."""
        await asyncio.sleep(FRESH)
        stats = await asyncio.to_thread(self.stack.edge("outside", "shop").stats)
        return stats.errors.get("nobody ready", 0)

    async def _visits(self) -> list[Answer]:
        async with anonymous(self.stack.url("shop")) as customer:
            return [await customer.read("/items") for _ in range(CUSTOMERS)]

    async def judge_return(self) -> None:
        """Judge that every copy is back, by the platform's word, by the wires, and for customers."""
        self.judge.done("gave the database back for good")
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
        self.judge.claim(served == everybody, "customers are sent to all of them", served)


SURE = 5  # answers before the first doubt: whoever begins not ready is ready by then
IN_A_ROW = 3
# Doubts: how many answers against what a copy says, and how many for it then, again and again; none is a change.
DOUBTS = (((2, 1), (2, 1), (2, 1)), ((1, 1), (1, 1), (1, 1), (1, 1)), ((2, 2), (1, 2)), ((1, 5), (2, 1)))
SENTENCES = {
    (False, True): "one answer or two that succeed bring no copy back",
    (False, False): "one answer or two that fail take no copy out",
    (True, True): "the third answer in a row that succeeds brings a copy back",
    (True, False): "the third answer in a row that fails takes a copy out",
}  # by whether there are three in a row, and what they are


class Rehearsal:
    """Rows of answers, drawn, and what the learner's file says after each answer."""

    def __init__(self, stack: RunningStack, judge: Judge) -> None:
        self.stack, self.judge, draw = stack, judge, judge.draw
        self.answers, ready = [True] * SURE, True
        for doubts in (draw.sample(DOUBTS, len(DOUBTS)), draw.sample(DOUBTS, len(DOUBTS))):
            for doubt in doubts:
                for _ in (True, False):  # the same doubt of a copy that is ready and of one that is not
                    for against, agreed in doubt:
                        self.answers += [not ready] * against + [ready] * agreed
                    self.answers += [not ready] * draw.count(IN_A_ROW, IN_A_ROW + 2)
                    ready = not ready
        self.asked = [draw.count(1, 4) for _ in self.answers]

    async def judge_rows(self) -> None:
        """Judge that a change comes with the third answer in a row, neither before nor after, however often it asks."""
        self.judge.done(f"had readiness.py alone hear {len(self.answers)} answers, in short rows and long ones")
        async with browser(self.stack, "rehearsal", timeout=PLATFORM_ACTS_WITHIN) as client:
            answer = await client.post("/rehearsal", json={"answers": self.answers, "asked": self.asked})
        self.judge.claim(answer.status_code == 200, "it hears them all", answer.status_code, evidence=answer, line=3)
        said: list[list[bool]] = answer.json()
        for number, (is_right, sentence) in enumerate(self.expected()):
            if number >= SURE:
                got = lambda number=number: f"{self.told(number)}: it says {words(said[number])}"  # noqa: E731
                self.judge.claim(said[number] == [is_right] * self.asked[number], sentence, got, evidence=(), line=3)

    def expected(self):
        """Yield what to say after each answer, and the sentence of it."""
        ready, row = True, SURE
        for number, came in enumerate(self.answers):
            row = row + 1 if number and came == self.answers[number - 1] else 1
            ready = came if row >= IN_A_ROW else ready
            yield ready, SENTENCES[row >= IN_A_ROW, came]

    def told(self, number: int) -> str:
        """Write the last answers up to one: ✓✓✗✗✗."""
        return f"after {''.join('✓' if came else '✗' for came in self.answers[max(0, number - 8) : number + 1])}"


def words(said: list[bool]) -> str:
    return " and then ".join(dict.fromkeys("ready" if one else "not ready" for one in said))
