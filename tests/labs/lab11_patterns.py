"""Exercise 11.1: events of the shop and of others on one bus, and what each office should get of them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from capsize.check import Judge
from workbench.labs.events_control import BusSide, placed

ALL, NOTHING_ELSE, EDGE = 1, 2, 3  # the acceptance lines
AT_HOME, ABROAD = ("NL", "DE"), ("SE", "PT", "NO", "IE", "GR")
PLAIN, BRASS = ("shackle", "ensign", "oakum"), ("brass-bell", "brass-lamp", "brass-cleat")
LIMIT = 100_000  # cents
Event = dict[str, Any]


def is_placed(event: Event) -> bool:
    return (event["source"], event["detail-type"]) == ("shop.orders", "OrderPlaced")


OFFICES: dict[str, Callable[[Event], bool]] = {
    "auditors": lambda event: event["source"].startswith("shop."),
    "customs": lambda event: is_placed(event) and event["detail"].get("country", "NL") not in AT_HOME,
    "vault": lambda event: is_placed(event) and event["detail"]["total_cents"] >= LIMIT,
    "wrapping": lambda event: is_placed(event) and "gift" in event["detail"],
    "foundry": lambda event: is_placed(event) and event["detail"]["item"].startswith("brass-"),
}


class Post:
    """What is put on the bus, and what the offices' queues got."""

    def __init__(self, judge: Judge, side: BusSide) -> None:
        self.judge, self.side, self.draw = judge, side, judge.draw
        judge.point(look="PATTERNS")

    def order(self, **differs: Any) -> Event:
        """Draw an order that no office but the auditors wants, apart from what differs."""
        plain = {"country": self.draw.choice(AT_HOME), "item": self.draw.choice(PLAIN)}
        return placed(**plain, pieces=self.draw.count(1, 9), total_cents=self.draw.amount(900, 9000), **differs)

    def wanted(self) -> Event:
        """Draw an order that all of the offices want."""
        country, total = self.draw.choice(ABROAD), self.draw.amount(LIMIT, 9 * LIMIT)
        event = self.order(gift=self.draw.choice(["for ada", "for bo"]))
        event["detail"] |= {"country": country, "item": self.draw.choice(BRASS), "total_cents": total}
        return event

    async def judge_orders(self) -> None:
        """Judge orders that are placed: each wanted by one office, by all, or by none."""
        events = [self.order() for _ in range(self.draw.count(2, 4))] + [self.wanted()]
        for field, values in (("country", ABROAD), ("item", BRASS), ("gift", ("for cleo", "for dov"))):
            for value in self.draw.sample(values, 2):
                events.append(self.order())
                events[-1]["detail"][field] = value
        events.append(self.order())
        events[-1]["detail"]["total_cents"] = self.draw.amount(2 * LIMIT, 9 * LIMIT)
        self.judge.done(f"placed {len(events)} orders")
        await self.compare(self.draw.sample(events, len(events)), ALL, NOTHING_ELSE)

    async def judge_others(self) -> None:
        """Judge what else is on the bus: steps of the same orders, other parts of the shop, other companies."""
        new, partner = self.draw.names(2)
        named = [("shop.orders", "OrderCancelled"), ("shop.orders", "OrderPlacedAgain"), (f"shop.{new}", "OrderPlaced")]
        named += [("shop.stock", "StockLow"), (f"{partner}.orders", "OrderPlaced"), ("shop", "OrderPlaced")]
        named += [("shop.orders.test", "OrderPlaced"), ("shopping.orders", "OrderPlaced")]
        events = [{**self.wanted(), "source": source, "detail-type": kind} for source, kind in named]
        self.judge.done(
            f"put {len(events)} events with the same fields: of other parts of the shop, of other companies"
        )
        await self.compare(events, ALL, NOTHING_ELSE)

    async def judge_edges(self) -> None:
        """Judge the values at the edge of what an office wants."""
        exact, below, empty, nowhere, *others = (self.order() for _ in range(7))
        exact["detail"]["total_cents"], below["detail"]["total_cents"] = LIMIT, LIMIT - 1
        empty["detail"]["gift"] = ""
        for event, item in zip(others, ("brass", "old-brass-bell", "brasserie"), strict=True):
            event["detail"]["item"] = item
        del nowhere["detail"]["country"]
        self.judge.done("placed one for 1000.00, one for a cent less, one with an empty gift, one without a country")
        await self.compare([exact, below, empty, nowhere, *others], EDGE, EDGE)

    async def compare(self, events: list[Event], missing: int, extra: int) -> None:
        """Put events, and judge what each office got: nothing ``missing``, nothing ``extra``, by acceptance line."""
        await self.side.put(*events)
        got = {office: await self.side.take(office) for office in OFFICES}
        for office, wants in OFFICES.items():
            expected = Counter(_key(one) for one in events if wants(one))
            found = Counter(map(_key, got[office]))
            look = f'"{office}"'
            lost, more = _some(events, expected - found), _some(got[office], found - expected)
            sentence = f"{office} gets each event that its line describes"
            self.judge.claim(
                not lost, sentence, f"{len(lost)} did not arrive", evidence=lost[:1], look=look, line=missing
            )
            sentence = f"{office} gets nothing else"
            self.judge.claim(not more, sentence, f"{len(more)} came", evidence=more[:1], look=look, line=extra)


def _key(event: Event) -> tuple[str, str, str]:
    return event["source"], event["detail-type"], event["detail"]["id"]


def _some(events: Iterable[Event], keys: Counter[tuple[str, str, str]]) -> list[str]:
    """Write the events with these keys."""
    names = ("source", "detail-type", "detail")
    return [json.dumps({name: one[name] for name in names}) for one in events if keys[_key(one)] > 0]
