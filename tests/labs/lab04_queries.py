"""Exercise 4.3: queries of drawn breadth and depth, and a service behind them that does not answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from typing import Any

from capsize.check import Judge
from capsize.check.kit import account, during
from capsize.session.running import RunningStack
from workbench.customers import Customers
from workbench.labs.communication_shop import Backstage

CALLS, RIGHT, PARTIAL, LIMITS = 1, 2, 3, 4  # the acceptance lines
BEHIND = ("orders", "catalogue", "stock")
DEPTH, ALIASES = 6, 10
PAGE = "number lines { pieces sku onHand product { name priceCents } }"
PLAIN = "number lines { pieces product { name } }"
NEAR = "number lines { product { name goesWith { name } } }"


class Queries:
    """A client that speaks GraphQL, and the services behind."""

    def __init__(self, stack: RunningStack, judge: Judge, backstage: Backstage, client: Customers) -> None:
        self.stack, self.judge, self.backstage, self.client = stack, judge, backstage, client
        self.skus: list[str] = []
        self.known: dict[str, tuple[int, int]] = {}  # price and pieces
        self.customer, self.orders = judge.draw.names(1)[0], {}
        self.carried: Mapping[str, int] = dict.fromkeys(BEHIND, 0)

    async def begin(self) -> None:
        """Sell some products, and write some orders down that have most of them in common."""
        self.skus = self.judge.draw.names(self.judge.draw.count(9, 14))
        for number, sku in enumerate(self.skus):
            near = [self.skus[number - 1], self.skus[number - 2]]
            self.known[sku] = self.judge.draw.amount(100, 9000), self.judge.draw.count(1, 500)
            await self.backstage.sell(sku, name=f"{sku}, new", price_cents=self.known[sku][0], goes_with=near)
            await self.backstage.put(sku, self.known[sku][1])
        for number in range(self.judge.draw.count(3, 5)):
            lines = [(sku, self.judge.draw.count(1, 9)) for sku in self.judge.draw.sample(self.skus, 7)]
            self.orders[f"{self.customer}-{number}"] = lines
            await self.backstage.write_order(f"{self.customer}-{number}", lines, self.customer)

    async def ask(self, query: str) -> dict[str, Any]:
        """Send a query; its answer must be a 200, whatever is in it."""
        answer = await self.client.ask("POST", "/graphql", json={"query": query})
        account(self.judge, [answer], expected={"200"}, sentence="GraphQL answers 200", line=RIGHT)
        body: dict[str, Any] = answer.body
        return body

    def all_orders(self, fields: str) -> str:
        return f'{{ orders(customer: "{self.customer}") {{ {fields} }} }}'

    async def asked(self) -> dict[str, int]:
        """Count the calls of the services behind since the last look."""
        before, self.carried = self.carried, await self.backstage.carried("graph", *BEHIND)
        return {name: self.carried[name] - before[name] for name in BEHIND}

    async def judge_calls(self) -> None:
        """Judge how often queries of several shapes ask the services behind."""
        one = f'{{ order(number: "{self.customer}-0") {{ {PAGE} }} }}'
        cases = (
            ("the lines of one order", one, (1, 1, 1)),
            (f"the lines of {len(self.orders)} orders", self.all_orders(PAGE), (1, 1, 1)),
            ("orders, and nothing of stock", self.all_orders(PLAIN), (1, 1, 0)),
            ("products, and what goes with them", self.all_orders(NEAR), (1, 2, 0)),
        )
        await self.asked()
        for words, query, calls in cases:
            self.judge.done(f"asked for {words}")
            self.judge_shown(await self.ask(query), "onHand" in query)
            asked, expected = await self.asked(), dict(zip(BEHIND, calls, strict=True))
            if query.count("goesWith") and asked["catalogue"] == 1:
                expected["catalogue"] = 1  # all that goes with them was on the page
            sentence = f"calls behind a query for {words}: {_counted(expected)}"
            self.judge.claim(asked == expected, sentence, _counted(asked), look="class Loaders", line=CALLS)

    def judge_shown(self, body: dict[str, Any], with_stock: bool) -> None:
        """Judge that each line shows what belongs to it."""
        data = body.get("data") or {}
        orders = data.get("orders") or [data.get("order") or {}]
        wrong = [
            words
            for order in orders
            for words in map(partial(self._wrong, with_stock), order.get("lines", ()), self.orders[order["number"]])
            if words
        ]
        sentence = "each line has its own product and its own number of pieces, as they are at that moment"
        got = f"{len(wrong)} lines do not"
        self.judge.claim(not wrong, sentence, got, evidence=wrong[:3], look="class Loaders", line=RIGHT)

    def _wrong(self, with_stock: bool, line: dict[str, Any], written: tuple[str, int]) -> str:
        sku, product = written[0], line["product"]
        price, pieces = self.known.get(sku, (None, None))
        named = None if price is None else f"{sku}, new"
        if (product and product["name"]) != named:
            return f"{sku} shows the product {product}"
        if product and product.get("priceCents", price) != price:
            return f"{sku} costs {product['priceCents']}, where {price} is right"
        if with_stock and product and line["onHand"] != pieces:
            return f"{line['onHand']} of {sku} are on hand, where {pieces} is right"
        return ""

    async def judge_changes(self) -> None:
        """Judge the next query after prices, pieces and products have changed."""
        self.judge_shown(await self.ask(self.all_orders(PAGE)), True)
        self.judge.done("changed a price and a number of pieces, took a product out, and asked again")
        for sku in self.judge.draw.sample(self.skus, 5):
            self.known[sku] = self.judge.draw.amount(100, 9000), self.judge.draw.count(501, 900)
            await self.backstage.sell(sku, name=f"{sku}, new", price_cents=self.known[sku][0])
            await self.backstage.put(sku, self.known[sku][1])
        self.judge_shown(await self.ask(self.all_orders(PAGE)), True)
        gone = self.judge.draw.victim([sku for sku, _ in next(iter(self.orders.values()))])
        await self.backstage.withdraw(gone)
        del self.known[gone]
        self.judge_shown(await self.ask(self.all_orders(PAGE)), True)

    async def judge_outages(self) -> None:
        """Judge a query while a service behind it does not answer."""
        for service, field, other in (("catalogue", "product", "onHand"), ("stock", "onHand", "product")):
            edge = self.stack.edge("graph", service)
            fault = self.judge.draw.choice([edge.cut, edge.lose, partial(edge.fail, 503)])
            self.judge.done(f"asked while {service} gave no answer")
            async with during(fault):
                body = await self.ask(self.all_orders(PAGE))
            self._judge_partial(body, service, field, other)

    def _judge_partial(self, body: dict[str, Any], service: str, field: str, other: str) -> None:
        self.judge.point(look="class Loaders", line=PARTIAL)
        lines = [line for order in (body.get("data") or {}).get("orders") or [] for line in order["lines"]]
        sentence = f"without {service} each {field} is null, and everything else is there"
        got = f"{len(lines)} lines, {sum(line[field] is not None for line in lines)} with {field}"
        is_there = any(line[other] for line in lines)
        self.judge.claim(is_there and all(line[field] is None for line in lines), sentence, got)
        paths = [error.get("path") or [] for error in body.get("errors") or ()]
        sentence = f"without {service} there is an error at the path of each {field}"
        expected = sum(len(written) for written in self.orders.values())
        at = sum(path[-1:] == [field] for path in paths)
        self.judge.claim(at == expected, sentence, f"{at} errors for {expected} lines")

    async def judge_limits(self) -> None:
        """Judge queries that are just small enough, and too deep or too broad."""
        self.judge.point(look="LIMITS", line=LIMITS)
        deep, deeper, hidden = self._deep(DEPTH - 1), self._deep(DEPTH + 1), self._deep(DEPTH + 1, by_fragment=True)
        broad, broader = self._broad(ALIASES), self._broad(ALIASES + 1)
        await self.asked()
        refused = (("too deep", deeper), ("too deep by a fragment", hidden), ("of too many aliases", broader))
        for words, query in refused:
            self.judge.done(f"asked a query that is {words}")
            body = await self.ask(query)
            sentence = f"a query that is {words} is refused with an error"
            self.judge.claim(body.get("errors") and not body.get("data"), sentence, "it is answered")
        asked = await self.asked()
        sentence = "a query that is refused asks nobody behind"
        self.judge.claim(not any(asked.values()), sentence, _counted(asked))
        for words, query in (("that is not too deep", deep), ("of as many aliases as may be", broad)):
            body = await self.ask(query)
            self.judge.claim(not body.get("errors"), f"a query {words} is answered", json.dumps(body.get("errors")))

    def _deep(self, depth: int, *, by_fragment: bool = False) -> str:
        """Return a query whose fields are nested so deep, counted from zero, as strawberry does."""
        below = depth - 3
        near = " goesWith {" * below + " name " + "}" * below
        inner, more = ("...more", f" fragment more on Product {{ {near} }}") if by_fragment else (near, "")
        return f'{{ order(number: "{self.customer}-1") {{ lines {{ product {{ {inner} }} }} }} }}{more}'

    def _broad(self, count: int) -> str:
        order = f'order(number: "{self.customer}-1") {{ number }}'
        return "{ " + " ".join(f"a{number}: {order}" for number in range(count)) + " }"


def _counted(asked: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in asked.items())
