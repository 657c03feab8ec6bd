"""Exercise 11.4: orders that move, and a yard that is asked what to write on their parcels."""

from __future__ import annotations

import asyncio
import json
from functools import partial
from typing import Any
from uuid import uuid4

import httpx

from capsize.check import Judge
from capsize.check.kit import during
from capsize.runtime.control.edges import FRESH
from workbench.labs.events_control import BusSide

NO_CALLS, NEWEST, CARRIED = 1, 2, 3  # the acceptance lines
FIELDS = ("id", "version", "customer", "address", "item", "pieces")
EAR = "ear"  # a rule and a queue of the check's own, which gets all that the shop says
HEARD_WITHIN = 15.0  # seconds in which the yard has read its queue, on a busy machine too
Order = dict[str, Any]


class Parcels:
    """The shop's orders, and what the yard says of them."""

    def __init__(self, judge: Judge, side: BusSide, shop: httpx.AsyncClient, yard: httpx.AsyncClient) -> None:
        self.judge, self.side, self.shop, self.yard, self.draw = judge, side, shop, yard, judge.draw
        self.orders: dict[str, Order] = {}
        self.cards = [str(self.draw.randint(10**15, 10**16 - 1)) for _ in range(9)]

    async def place(self) -> Order:
        """Have a customer place an order."""
        name, street, item = self.draw.names(3)
        card = self.cards[len(self.orders)]
        same = {"customer": name, "address": f"{street} 1", "item": item, "pieces": self.draw.count(1, 9), "card": card}
        return self.taken(await self.shop.post("/orders", json=same))

    async def move(self, order: Order) -> Order:
        """Have an order go to another address."""
        path = f"/orders/{order['id']}/address"
        return self.taken(await self.shop.put(path, json={"address": f"{self.draw.names(1)[0]} 2"}))

    def taken(self, answer: httpx.Response) -> Order:
        sentence = "the shop takes orders and changes of them"
        self.judge.claim(answer.is_success, sentence, evidence=answer, look="def told", line=CARRIED)
        order: Order = answer.json()
        self.orders[order["id"]] = order
        return order

    async def wrong(self) -> list[str]:
        """Ask the yard about every order, and say where its answer is not the order as it is now."""
        found = []
        for order in self.orders.values():
            answer = await self.yard.get(f"/parcels/{order['id']}")
            expected = {name: order[name] for name in FIELDS}
            if answer.status_code != 200 or answer.json() != expected:
                found.append(f"{answer.status_code} {answer.text[:160]}, and the order is {json.dumps(expected)}")
        return found

    async def judge_parcels(self, sentence: str, line: int, look: str) -> None:
        """Wait until the yard has the orders as they are."""
        seen: list[str] = []

        async def are_right() -> bool:
            seen[:] = await self.wrong()
            return not seen

        refusal: dict[str, Any] = {"look": look, "line": line, "unless": self.has_heard}
        await self.judge.eventually(are_right, sentence, lambda: seen[0], within=HEARD_WITHIN, **refusal)

    async def has_heard(self) -> bool:
        """Say whether the yard is done with all that was said; it then answers as it will."""
        return await self.side.is_empty("parcels")

    async def calls(self) -> int:
        await asyncio.sleep(2 * FRESH)  # a reading of the wires serves for so long
        return int(self.side.stack.edge("yard", "shop").stats().requests or 0)

    async def judge_answers(self) -> None:
        """Judge the yard's answers while it cannot call the shop, and that it does not try."""
        await self.side.listen(EAR, {"source": ["shop.orders"]})
        self.judge.done("had orders placed, and asked the yard about them while the shop was cut off from it")
        for _ in range(self.draw.count(3, 4)):
            await self.place()
        before = await self.calls()
        async with during(partial(self.side.stack.edge("yard", "shop").cut)):
            sentence = "the yard answers for every order that it has heard of, while the shop is cut off"
            await self.judge_parcels(sentence, NO_CALLS, "async def parcel")
        await self.judge_parcels("the yard answers with the orders as they are", NO_CALLS, "async def parcel")
        made = await self.calls() - before
        sentence = "the yard does not call the shop"
        self.judge.claim(not made, sentence, f"{made} calls", look="async def parcel", line=NO_CALLS)

    async def judge_order(self) -> None:
        """Judge events that come twice, and older ones that come after newer ones."""
        self.judge.done("moved some more orders, had old events come again in another order, and one late")
        moved = self.draw.sample(list(self.orders.values()), 2)
        for order in moved:
            for _ in range(self.draw.count(2, 3)):
                await self.move(order)
        await self.judge_parcels("a change of an order reaches the yard", NEWEST, "def heard")
        said = await self.side.take(EAR)
        self.heard = said
        again = [one for one in said if one["detail"].get("id") in {order["id"] for order in moved}]
        await self.side.put(*self.draw.sample(again, len(again)), *again[:1], *self._overtaken(said[0]))
        last = await self.place()
        await self.judge_last(last)
        await self.judge_parcels("an older event that comes late changes nothing", NEWEST, "def heard")

    def _overtaken(self, event: dict[str, Any]) -> list[dict[str, Any]]:
        """Return two events of one more order: one that is news, and one before it, which comes late."""
        street, *_ = self.draw.names(1)
        detail = {**event["detail"], "id": str(uuid4())}
        newest = self.draw.count(10, 19)
        news, late = ({**detail, "version": v, "address": f"{street} {v}"} for v in (newest, self.draw.count(2, 9)))
        self.orders[detail["id"]] = news
        return [{**event, "detail": news}, {**event, "detail": late}]

    async def judge_last(self, order: Order) -> None:
        """Wait until the yard has heard of an order, and so of all events before it."""

        async def is_there() -> bool:
            return (await self.yard.get(f"/parcels/{order['id']}")).status_code == 200

        sentence = "the yard hears of an order that is placed after them"
        await self.judge.eventually(
            is_there, sentence, "it does not", within=HEARD_WITHIN, look="def heard", line=NEWEST
        )

    async def judge_events(self) -> None:
        """Judge what the events carried."""
        said = [*self.heard, *await self.side.take(EAR)]
        lacking = [one for one in said if not set(FIELDS) <= set(one["detail"])]
        sentence = "each event carries all that the yard answers with"
        shown = [json.dumps(one["detail"]) for one in lacking[:1]]
        self.judge.claim(not lacking, sentence, f"{len(lacking)} do not", evidence=shown, look="def told", line=CARRIED)
        told = json.dumps(said)
        shown_cards = [card for card in self.cards if card in told]
        sentence = "no event carries a customer's card"
        self.judge.claim(not shown_cards, sentence, f"{len(shown_cards)} do", look="def told", line=CARRIED)
