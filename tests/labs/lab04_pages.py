"""Exercise 4.1: pages of drawn lengths, products that come, change and go, and calls that ask for too much."""

from __future__ import annotations

from typing import Any

from capsize.check import Judge
from capsize.check.kit import account
from workbench.customers import Answer, Customers
from workbench.labs.communication_shop import Backstage

CALLS, RIGHT, LIMIT = 1, 2, 3  # the acceptance lines
MOST = 20  # products in one call, as the exercise says
LONG = (2 * MOST + 1, 3 * MOST - 1)  # different products of a long page


class Pages:
    """Customers of the shop who look at orders, and the catalogue from which their products come."""

    def __init__(self, judge: Judge, backstage: Backstage, customers: Customers, outside: Customers) -> None:
        self.judge, self.backstage, self.customers, self.outside = judge, backstage, customers, outside
        self.prices: dict[str, int] = {}
        self.looked = self.asked = 0  # pages, and calls of the catalogue

    async def sell(self, count: int) -> list[str]:
        """Sell so many products more, each at a price of its own."""
        names = self.judge.draw.names(count)
        for name in names:
            await self.price(name)
        return names

    async def price(self, sku: str) -> None:
        self.prices[sku] = self.judge.draw.amount(100, 90_000)
        await self.backstage.sell(sku, name=f"{sku}, new", price_cents=self.prices[sku])

    async def look(self, skus: list[str]) -> tuple[Answer, list[tuple[str, int]]]:
        """Write an order down and look at its page; return what came, and the order's lines."""
        self.looked += 1
        lines = [(sku, self.judge.draw.count(1, 9)) for sku in skus]
        number = f"{self.judge.draw.names(1)[0]}-{self.looked}"
        await self.backstage.write_order(number, lines)
        return await self.customers.read(f"/pages/batch/{number}"), lines

    def judge_page(self, page: Answer, lines: list[tuple[str, int]]) -> None:
        """Judge that each line shows its own product."""
        self.judge.point(look="async def find")
        account(self.judge, [page], expected={"200"}, sentence="a page is shown (200)", line=RIGHT)
        shown, expected = page.body["lines"], [self.line(*line) for line in lines]
        wrong = [words for words in map(_differs, shown, expected) if words]
        sentence = "each line shows its own product, as it is at that moment"
        got = f"{len(wrong)} of {len(lines)} lines do not" if wrong else f"{len(shown)} lines of {len(lines)}"
        self.judge.claim(not wrong and len(shown) == len(lines), sentence, got, evidence=wrong[:3], line=RIGHT)

    def line(self, sku: str, pieces: int) -> dict[str, Any]:
        price = self.prices.get(sku)
        return {"pieces": pieces, "name": f"{sku}, new" if price else None, "price_cents": price}

    async def judge_lengths(self) -> None:
        """Judge how often pages of several lengths ask the catalogue."""
        skus = await self.sell(self.judge.draw.count(*LONG))
        few = self.judge.draw.count(3, MOST - 2)
        pages = [
            (f"{few} different products", skus[:few], 1),
            (f"{MOST} different products", skus[:MOST], 1),
            (f"{len(skus)} different products", skus, 3),
            (f"{few} products on {4 * few} lines", self.judge.draw.sample(skus[:few] * 4, 4 * few), 1),
            ("no lines", [], 0),
        ]
        self.asked = (await self.backstage.carried("shop", "catalogue"))["catalogue"]
        for words, page, calls in pages:
            await self.judge_length(words, page, calls)

    async def judge_length(self, words: str, skus: list[str], calls: int) -> None:
        self.judge.done(f"looked at a page with {words}")
        page, lines = await self.look(skus)
        asked, self.asked = -self.asked, (await self.backstage.carried("shop", "catalogue"))["catalogue"]
        asked += self.asked
        self.judge_page(page, lines)
        sentence = f"calls of the catalogue for a page with {words}: {calls}"
        self.judge.claim(asked == calls, sentence, f"{asked} calls", look="async def find", line=CALLS)

    async def judge_changes(self) -> None:
        """Judge a page after prices have changed, and after products are gone."""
        skus = await self.sell(self.judge.draw.count(6, 12))
        self.judge_page(*await self.look(skus))
        self.judge.done("changed a price, and looked again")
        await self.price(self.judge.draw.victim(skus))
        self.judge_page(*await self.look(skus))
        gone = self.judge.draw.sample(skus, 2)
        self.judge.done(f"took {len(gone)} products out of the catalogue, and looked again")
        for sku in gone:
            await self.backstage.withdraw(sku)
            del self.prices[sku]
        self.judge_page(*await self.look(skus))
        self.judge_page(*await self.look(gone))

    async def judge_limit(self) -> None:
        """Judge what the catalogue answers to calls of its own customers."""
        self.judge.point(look="def answer", line=LIMIT)
        skus = [*self.prices, *self.judge.draw.names(3)]
        self.judge.draw.shuffle(skus)
        self.judge.done(f"asked the catalogue itself for {MOST} products, and for one more")
        full, over = skus[:MOST], skus[: MOST + 1]
        answer = await self.ask(full)
        account(self.judge, [answer], expected={"200"}, sentence=f"a call for {MOST} products is answered (200)")
        told = sorted(one.get("sku", "") for one in answer.body or () if isinstance(one, dict))
        sentence = "a call is answered with all of its products that are sold"
        self.judge.claim(told == sorted(sku for sku in full if sku in self.prices), sentence, f"{len(told)} of them")
        refused = await self.ask(over)
        account(self.judge, [refused], expected={"413"}, sentence=f"a call for {MOST + 1} products is refused (413)")

    async def ask(self, skus: list[str]) -> Answer:
        return await self.outside.read("/products?" + "&".join(f"sku={sku}" for sku in skus))


def _differs(shown: dict[str, Any], expected: dict[str, Any]) -> str:
    own = {name: shown.get(name) for name in expected}
    return "" if own == expected else f"{own}, where {expected} is right"
