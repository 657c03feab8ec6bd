"""Exercise 4.4: a page of the phone while a service behind it is slow, hangs, or fails in each form."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Any

from capsize.check import Judge
from capsize.check.kit import Form, account, during, forms
from capsize.check.kit.forms import HANGS, LONGER_THAN_ANYBODY_WAITS
from capsize.session.running import RunningStack
from workbench.customers import Answer, Customers
from workbench.labs.communication_shop import Backstage

TOGETHER, MISSING, ORDER = 1, 2, 3  # the acceptance lines
PARTS = {"products": "catalogue", "on_hand": "stock", "tides": "tides"}
SLOW = 400  # milliseconds that each part may be slowed by: less than PART_SECONDS
PART_SECONDS = 1.0
LATE = 3.0  # seconds after PART_SECONDS, on a busy machine
LONGER = 1.6  # times as long as one slow part may take what is asked at the same time; one after another: 3
ENDED_WITHIN = BACK_WITHIN = 5.0


class Phone:
    """Customers with a phone, and the three parts of their page."""

    def __init__(self, stack: RunningStack, judge: Judge, backstage: Backstage, customers: Customers) -> None:
        self.stack, self.judge, self.backstage, self.customers = stack, judge, backstage, customers
        self.number, self.lines = judge.draw.names(1)[0], [(name, 1) for name in judge.draw.names(4)]
        self.right: dict[str, Any] = {}

    async def begin(self) -> None:
        """Write down an order of things that are sold from now on."""
        self.right = {"products": {}, "on_hand": {}, "tides": [f"{self.judge.draw.count(10, 19)}:30"]}
        for sku, _ in self.lines:
            price, pieces = self.judge.draw.amount(100, 9000), self.judge.draw.count(1, 99)
            await self.backstage.sell(sku, name=f"{sku}, new", price_cents=price)
            await self.backstage.put(sku, pieces)
            self.right["products"][sku] = {"name": f"{sku}, new", "price_cents": price}
            self.right["on_hand"][sku] = pieces
        await self.backstage.write_tides(self.right["tides"])
        await self.backstage.write_order(self.number, self.lines)
        self.judge_parts(await self.look(), ())

    async def look(self) -> Answer:
        """Look at the page; a page that does not arrive soon is not waited for."""
        asked = asyncio.ensure_future(self.customers.read(f"/home/{self.number}"))
        done, _ = await asyncio.wait([asked], timeout=PART_SECONDS + LATE)
        if not done:
            asked.cancel()
        sentence = f"a page comes soon after PART_SECONDS, {PART_SECONDS:g} s"
        self.judge.claim(done, sentence, f"none after {PART_SECONDS + LATE:g} s", line=MISSING)
        return asked.result()

    def judge_parts(self, page: Answer, missing: Sequence[str]) -> None:
        """Judge that the page has all of its parts but those that are missing."""
        self.judge.point(look="async def page", line=MISSING)
        account(self.judge, [page], expected={"200"}, sentence="the page is shown (200)")
        body, awaited = page.body, f"without an answer: {' and '.join(missing) or 'nothing'}"
        self.judge.claim(isinstance(body, dict), "the page has its parts by name", str(body))
        named = sorted(map(str, body.get("missing") or ()))
        sentence = "missing names what is not there, and nothing else"
        self.judge.claim(named == sorted(missing), sentence, f"missing is {named}", evidence=awaited)
        for part, right in self.right.items():
            got, expected = body.get(part), None if part in missing else right
            sentence, words = "a part is null without its service, and the others are there", _kind(got)
            self.judge.claim(got == expected, sentence, f"{part} is {words}", evidence=[awaited, f"{part}: {got}"])
        order = {"number": self.number, "lines": [{"sku": sku, "pieces": pieces} for sku, pieces in self.lines]}
        got = body.get("order")
        shown = {name: got.get(name) for name in order} if isinstance(got, dict) else got
        self.judge.claim(shown == order, "the order is on its page", str(shown))

    async def judge_together(self) -> None:
        """Judge how long a page takes of which one part is slow, and of which all three are."""
        self.judge.done(f"slowed one part by {SLOW} ms, and then all three")
        edges = [self.stack.edge("phone", service) for service in PARTS.values()]
        async with during(partial(self.judge.draw.victim(edges).delay, SLOW)):
            one = [await self.look() for _ in range(3)]
        async with during(*(partial(edge.delay, SLOW) for edge in edges)):
            all_three = [await self.look() for _ in range(3)]
        for page in (*one, *all_three):
            self.judge_parts(page, ())
        alone, together = (min(page.seconds for page in pages) for pages in (one, all_three))
        sentence = "a page of three slow parts takes about as long as a page of one"
        got = f"{together:.2f} s, where one slow part takes {alone:.2f} s"
        self.judge.claim(together < LONGER * alone, sentence, got, look="async def page", line=TOGETHER)

    async def judge_missing(self) -> None:
        """Judge the page while one part fails in each form, the others in two, and all of them while they hang."""
        every = self.judge.draw.victim(list(PARTS))
        for part, service in PARTS.items():
            found = forms(self.stack.edge("phone", service))
            for form in found if part == every else self.some(found):
                self.judge.done(f"looked at the page while the service of {part}: {form.name}")
                async with form:
                    self.judge_parts(await self.look(), (part,))
            await self._judge_back()
        await self._judge_hanging()

    async def _judge_hanging(self) -> None:
        """Judge the page while one part hangs, and while all of them do."""
        self.judge.done("looked at the page while one part hangs, and while all three do")
        edges = {part: self.stack.edge("phone", service) for part, service in PARTS.items()}
        one = self.judge.draw.victim(list(PARTS))
        async with during(partial(edges[one].delay, LONGER_THAN_ANYBODY_WAITS)):
            alone = await self.look()
        self.judge_parts(alone, [one])
        async with during(*(partial(edge.delay, LONGER_THAN_ANYBODY_WAITS) for edge in edges.values())):
            together = await self.look()
            self.judge_parts(together, list(PARTS))
            sentence = "a page of which all parts hang comes as soon as one of which one does"
            got = f"after {together.seconds:.2f} s, where one that hangs takes {alone.seconds:.2f} s"
            self.judge.claim(together.seconds < LONGER * alone.seconds, sentence, got, line=MISSING)
            await self.judge.eventually(
                lambda: self.backstage.under_way("phone", *PARTS.values()) == 0,
                "a page that is shown leaves no call behind",
                lambda: f"{self.backstage.under_way('phone', *PARTS.values())} are under way",
                within=ENDED_WITHIN,
                line=MISSING,
            )
        self.judge_parts(await self.look(), ())

    def some(self, found: list[Form]) -> list[Form]:
        """Choose two forms: one, and the one that hangs."""
        hangs, others = ([form for form in found if (form.name == HANGS) is is_hung] for is_hung in (True, False))
        return [self.judge.draw.choice(others), *hangs]

    async def _judge_back(self) -> None:
        """Judge that nothing is missing when all services are back; a channel of gRPC connects again by itself."""

        async def is_whole() -> bool:
            page = await self.look()
            return page.kind == "200" and not page.body.get("missing", PARTS)

        sentence = "a part is there again soon after its service"
        await self.judge.eventually(is_whole, sentence, "one is missing", within=BACK_WITHIN, line=MISSING)

    async def judge_order(self) -> None:
        """Judge what the phone is told without an order."""
        self.judge.done("looked at an order that does not exist, and at one while orders did not answer")
        unknown = [await self.customers.read(f"/home/{self.number}-no-such")]
        self.judge.point(look="async def page", line=ORDER)
        account(self.judge, unknown, expected={"404"}, sentence="an order that does not exist is not found (404)")
        edge = self.stack.edge("phone", "orders")
        told = []
        for form in self.some(forms(edge)):
            async with form:
                told.append(await self.customers.read(f"/home/{self.number}"))
        sentence = "while orders do not answer, the phone is told so (503 or 504)"
        account(self.judge, told, expected={"503", "504"}, sentence=sentence)


def _kind(got: Any) -> str:
    """Say in a word what a part of the page is."""
    return "null" if got is None else "there, and not what it should be" if got else "empty"
