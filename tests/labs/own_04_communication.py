"""The check of lab 04's task on your own: a display that goes on showing what it knows, and says how old that is."""

from __future__ import annotations

import asyncio
import time
from functools import partial
from typing import Any

from capsize.check import Judge, exercise
from capsize.check.kit import account, during, forms, only
from capsize.session.running import RunningStack
from workbench.customers import Answer, Customers, anonymous
from workbench.labs.communication_shop import Backstage

TOGETHER, KNOWN, FRESH = 1, 2, 3  # the acceptance lines
PART_SECONDS, LATE = 1.0, 3.0  # and seconds after it, on a busy machine
SLOW, LONGER = 400, 1.6  # milliseconds; times as long as one slow part
SHOWN = ("brass-lantern", "storm-lantern", "foghorn", "life-ring", "oilskin")  # the things whose pieces are shown
HARBOUR = "customer-0"
PARTS = ("tides", "on_hand", "orders")
SERVICES = {"tides": "tides", "on_hand": "stock", "orders": "orders"}
AGED = 1.0  # seconds that a part is out of date
SLACK = 0.5  # seconds within which a check knows when something came
ENDED_WITHIN = 5.0


class InTheRain:
    """The display, and what there is to show."""

    def __init__(self, stack: RunningStack, judge: Judge, backstage: Backstage, look: Customers) -> None:
        self.stack, self.judge, self.backstage, self.looks = stack, judge, backstage, look
        self.pieces, self.tides, self.changed = dict[str, int](), "", 0

    async def change(self) -> None:
        """Have something else to show in each part."""
        self.changed += 1
        self.pieces = {sku: self.judge.draw.count(1, 9999) for sku in SHOWN}
        self.tides = f"{self.changed:02}:{self.judge.draw.count(10, 59)}"
        await self.backstage.put_all(self.pieces)
        await self.backstage.write_tides([self.tides])
        await self.backstage.write_order(self.order, [("oakum", 1)], HARBOUR)

    @property
    def order(self) -> str:
        return f"{self.judge.seed}-{self.changed}"

    async def look(self) -> Answer:
        """Look at the display."""
        asked = asyncio.ensure_future(self.looks.read("/display"))
        done, _ = await asyncio.wait([asked], timeout=PART_SECONDS + LATE)
        if not done:
            asked.cancel()
        sentence = f"the page comes soon after PART_SECONDS, {PART_SECONDS:g} s"
        self.judge.claim(done, sentence, f"none after {PART_SECONDS + LATE:g} s", line=TOGETHER)
        page = asked.result()
        account(self.judge, [page], expected={"200"}, sentence="the page is shown (200)", line=TOGETHER)
        self.judge.claim(isinstance(page.body, dict), "the page has its parts by name", str(page.body), line=TOGETHER)
        return page

    def shows(self, page: Answer, part: str) -> Any:
        """Return what of a part's value tells one state of things from another; None where there is no value."""
        value = _part(page, part).get("value")
        if not value:
            return None
        try:
            return self._told(part, value)
        except (TypeError, LookupError, AttributeError):
            return f"{value}, which is not what ask returns"

    def _told(self, part: str, value: Any) -> Any:
        if part == "orders":
            return max((one["number"] for one in value if one["number"].startswith(f"{self.judge.seed}-")), default="")
        return {sku: value.get(sku) for sku in SHOWN} if part == "on_hand" else value[0]

    def now(self) -> dict[str, Any]:
        return {"tides": self.tides, "on_hand": self.pieces, "orders": self.order}

    def judge_new(self, page: Answer, parts: tuple[str, ...], line: int) -> None:
        """Judge that some parts show what is, and say that it has just come."""
        for part in parts:
            got, age = self.shows(page, part), _age(page, part)
            sentence = "a part that comes shows what its service says"
            self.judge.claim(got == self.now()[part], sentence, f"{part}: {got}", line=line)
            sentence = "a part that has just come has an age of less than a second"
            self.judge.claim(0 <= age < 1, sentence, f"{part}: {age}", line=line)

    async def judge_never(self) -> None:
        """Judge the first looks, in which a part has never come."""
        part = self.judge.draw.victim(PARTS)
        self.judge.done(f"looked while {part} had never come, and then came")
        async with during(self.stack.edge("phone", SERVICES[part]).cut):
            page = await self.look()
            sentence = "a part that has never come is null"
            self.judge.claim(page.body.get(part) is None, sentence, f"{part}: {page.body.get(part)}", line=KNOWN)
            self.judge_new(page, tuple(one for one in PARTS if one != part), FRESH)
        await self._judge_back()

    async def judge_empty(self) -> None:
        """Judge a part that comes, and is empty."""
        self.judge.done("had an empty list of tides come, and then another")
        await self.backstage.write_tides([])
        page = await self.look()
        got, age = page.body.get("tides"), _age(page, "tides")
        sentence = "an empty list that has just come is shown, with an age of less than a second"
        holds = isinstance(got, dict) and got.get("value") == [] and 0 <= age < 1
        self.judge.claim(holds, sentence, f"tides: {got}", line=FRESH)
        await self._judge_back()

    async def _judge_back(self) -> None:
        """Judge that everything is new again, as soon as the caller's connections are."""
        await self.change()

        async def is_new() -> bool:
            page = await self.look()
            return all(self.shows(page, part) == right for part, right in self.now().items())

        await self.judge.eventually(
            is_new, "after an outage each part shows what is", "one does not", within=4, line=FRESH
        )
        self.judge_new(await self.look(), PARTS, FRESH)

    async def judge_outages(self) -> None:
        """Judge each part while its service fails, in a form that is drawn, and what is known gets older."""
        for part, service in SERVICES.items():
            form = self.judge.draw.choice(forms(self.stack.edge("phone", service)))
            self.judge.done(f"looked twice while the service of {part}: {form.name}")
            await self.look()
            came, before = time.monotonic(), self.now()[part]
            async with form:
                await self.change()
                for _ in range(2):
                    await asyncio.sleep(AGED / 2)
                    page = await self.look()
                    self._judge_old(page, part, before, time.monotonic() - came)
                    self.judge_new(page, tuple(one for one in PARTS if one != part), FRESH)
            await self._judge_back()

    def _judge_old(self, page: Answer, part: str, before: Any, age: float) -> None:
        got, told = self.shows(page, part), _age(page, part)
        sentence = "a part that does not come shows what came last"
        self.judge.claim(got == before, sentence, f"{part}: {got}", line=KNOWN)
        sentence = "its age is the seconds since it came"
        got = f"{told:.1f}, {age:.1f} s after it came"
        self.judge.claim(age - SLACK < told < age + 2 * SLACK, sentence, got, line=KNOWN)

    async def judge_together(self) -> None:
        """Judge how long a page takes while one part is slow, and while all are; and what a hanging one leaves."""
        self.judge.done(f"slowed one part by {SLOW} ms, and then all three; then two hung")
        edges = [self.stack.edge("phone", service) for service in SERVICES.values()]
        async with during(partial(self.judge.draw.victim(edges).delay, SLOW)):
            one = [await self.look() for _ in range(3)]
        async with during(*(partial(edge.delay, SLOW) for edge in edges)):
            all_three = [await self.look() for _ in range(3)]
        alone, together = (min(page.seconds for page in pages) for pages in (one, all_three))
        sentence = "a page of three slow parts takes about as long as a page of one"
        got = f"{together:.2f} s, where one slow part takes {alone:.2f} s"
        self.judge.claim(together < LONGER * alone, sentence, got, line=TOGETHER)
        async with during(*(partial(edge.delay, 60_000) for edge in self.judge.draw.sample(edges, 2))):
            await self.look()
            await self.judge.eventually(
                lambda: self.backstage.under_way("phone", *SERVICES.values()) == 0,
                "a page that is shown leaves no call behind",
                lambda: f"{self.backstage.under_way('phone', *SERVICES.values())} are under way",
                within=ENDED_WITHIN,
                line=TOGETHER,
            )


def _part(page: Answer, part: str) -> dict[str, Any]:
    found = page.body.get(part)
    return found if isinstance(found, dict) else {}


def _age(page: Answer, part: str) -> float:
    """Return the age that a part has on a page, and -1 where it has none."""
    age = _part(page, part).get("age")
    return age if isinstance(age, int | float) else -1.0


@exercise("4.own", deadline=90, changed=only("phone", "orders", "tides", "stock", PART_SECONDS=PART_SECONDS))
async def test_a_display_shows_what_it_knows(stack: RunningStack, judge: Judge):
    """Each look shows what is, or what was known last and how old that is, and takes no longer than it may."""
    async with Backstage(stack) as backstage, anonymous(stack.url("phone"), at_once=5) as look:
        display = InTheRain(stack, judge, backstage, look)
        judge.point(look="async def page")
        await display.change()
        await display.judge_never()
        await display.judge_together()
        await display.judge_outages()
        await display.judge_empty()
